// Programs, by the templates of their arguments.
#include <signal.h>
#include <tenon/status.h>

#include "host/deputy.h"
#include "host/deputy_answer.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace broker = sandbox::broker;

namespace {

// Says the program; the request has the template, too.
base::Problem denied(const broker::RunProgram& order, const std::string& request) {
    base::Problem no = broker::denied(request);
    no.text = broker::denied("process:" + broker::shown(order.program)).text;
    return no;
}

}  // namespace

std::int32_t Deputy::run(const tenon_request& request, const Taker& taker, const broker::Patience& patience) {
    const broker::RunProgram order{text_of(request.subject), named_of(request.named),
                                   std::string(view_of(request.input))};
    if (!programs_.grants(order))
        if (const std::optional<std::string> missing = waiting_.allowing(order))
            return refuse(denied(order, *missing), taker);
    const base::Result<broker::Ran> ran = programs_.run(order, patience);
    if (!ran) return refuse(ran.problem(), taker);
    const broker::Ran& end = ran.value();
    NamedTexts texts;
    // Text crosses as UTF-8.
    if (!end.errors.empty())
        texts.emplace_back(
            "errors", broker::is_valid_utf8(end.errors) ? end.errors : broker::shown(end.errors, end.errors.size()));
    const std::vector<tenon_named> named = borrow(texts);
    tenon_answer answer = new_answer();
    answer.number = end.exited ? end.status : -end.status;
    answer.output = {end.output.data(), end.output.size()};
    answer.named = span_of(named);
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
