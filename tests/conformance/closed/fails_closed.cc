// Handles all hooks of closed.h, and fails when the text says so: before it has answered, or after.
#include <stdexcept>
#include <string_view>
#include <tenon/plugin.hpp>

#include "tests/conformance/closed/closed.h"

namespace {

void fail_as_told(const closed_item& item) {
    if (tenon::view(item.text) == "throw") throw std::runtime_error("as it was told");
}

class FailsClosed {
public:
    void notice(tenon::Call&, const closed_item& item) { fail_as_told(item); }
    bool first(tenon::Call&, const closed_item& question, closed_item& answer) {
        answer.number = question.number + 1;
        fail_as_told(question);
        return tenon::view(question.text) != "sales";
    }
    void collect(tenon::Call&, const closed_item& question, tenon::Sink<closed_item>& sink) {
        sink.add(tenon::sized<closed_item>());
        fail_as_told(question);
    }
    std::int32_t around(tenon::Call& call, const closed_item& question, closed_item& answer) {
        if (tenon::view(question.text) == "fail") throw std::runtime_error("before what comes after it");
        const std::int32_t status = call.next();
        answer.number += 1;
        fail_as_told(question);
        return status;
    }
    bool shared(tenon::Call&, closed_item& item) {
        item.number += 1;
        fail_as_told(item);
        return true;
    }
};

}  // namespace

TENON_PLUGIN(FailsClosed, TENON_USES(CLOSED_CONTRACT), tenon::on<closed_notice_hook, &FailsClosed::notice>(),
             tenon::on<closed_first_hook, &FailsClosed::first>(),
             tenon::on<closed_collect_hook, &FailsClosed::collect>(),
             tenon::on<closed_around_hook, &FailsClosed::around>(),
             tenon::on<closed_shared_hook, &FailsClosed::shared>())
