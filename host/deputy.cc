#include "host/deputy.h"

#include <fmt/format.h>
#include <tenon/status.h>

#include <utility>

#include "host/host.h"
#include "host/plugin.h"
#include "host/text.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace {

namespace broker = sandbox::broker;

tenon_answer no_answer() noexcept {
    tenon_answer answer{};
    answer.struct_size = sizeof answer;
    answer.descriptor = -1;
    return answer;
}

std::vector<broker::Glob> globs_of(const std::vector<std::string>& texts) {
    std::vector<broker::Glob> globs;
    for (const std::string& text : texts)
        if (base::Result<broker::Glob> glob = broker::Glob::parse(text)) globs.push_back(glob.take());
    return globs;
}

broker::FileRules rules_of(const Granted& granted) {
    broker::FileRules rules;
    rules.read = globs_of(granted.read);
    rules.write = globs_of(granted.write);
    return rules;
}

std::int32_t status_of(const base::Problem& problem) noexcept {
    if (problem.id == "permission.denied") return TENON_E_REFUSED;
    if (problem.id == "broker.not-found") return TENON_E_NOT_FOUND;
    if (problem.id == "broker.bad-path" || problem.id == "broker.bad-request") return TENON_E_INVALID;
    if (problem.id == "broker.too-large" || problem.id == "broker.too-many") return TENON_E_FULL;
    return TENON_E_IO;
}

broker::OpenFile opening_of(const tenon_request& request) {
    broker::OpenFile opening;
    opening.path = view_of(request.subject);
    const bool reads = (request.flags & TENON_OPEN_READ) != 0, writes = (request.flags & TENON_OPEN_WRITE) != 0;
    using Access = broker::OpenFile::Access;
    opening.access = writes ? (reads ? Access::read_write : Access::write) : Access::read;
    opening.create = writes && (request.flags & TENON_OPEN_CREATE) != 0;
    opening.truncate = writes && (request.flags & TENON_OPEN_TRUNCATE) != 0;
    return opening;
}

}  // namespace

Deputy::Deputy(Plugin& plugin)
    : plugin_(plugin), granted_(granted_to(plugin.host, plugin)), files_(rules_of(granted_)) {}

std::int32_t Deputy::act(const tenon_request& request, const Taker& taker) const {
    switch (request.kind) {
        case TENON_REQUEST_OPEN_FILE:
            return open_file(request, taker);
        case TENON_REQUEST_NOTIFY:
            return notify(request, taker);
        default:
            return TENON_E_INVALID;
    }
}

std::int32_t Deputy::open_file(const tenon_request& request, const Taker& taker) const {
    base::Result<base::Fd> file = files_.open(opening_of(request));
    if (!file) return refuse(file.problem(), taker);
    if (taker.take == nullptr) return TENON_OK;
    tenon_answer answer = no_answer();
    answer.descriptor = file.value().release();
    taker(answer);
    return TENON_OK;
}

std::int32_t Deputy::notify(const tenon_request& request, const Taker& taker) const {
    if (!granted_.notifications) return refuse(broker::denied("notifications"), taker);
    plugin_.host.log().write(TENON_LOG_INFO, plugin_.id(),
                             fmt::format("notification: {}: {}", broker::shown(view_of(request.subject)),
                                         broker::shown(view_of(request.detail), 1024)));
    taker(no_answer());
    return TENON_OK;
}

// The plugin is told the same as the log.
std::int32_t Deputy::refuse(const base::Problem& problem, const Taker& taker) const {
    const std::int32_t status = status_of(problem);
    std::string text = problem.text;
    if (status == TENON_E_REFUSED) {
        if (const std::optional<std::string> missing = broker::missing_permission(problem))
            text += fmt::format("; if its manifest asks for it: tenon grant {} {}", plugin_.id(), *missing);
        plugin_.host.log().write(TENON_LOG_WARNING, plugin_.id(), text);
    }
    tenon_answer answer = no_answer();
    answer.error = {text.data(), text.size()};
    taker(answer);
    return status;
}

}  // namespace tenon::host
