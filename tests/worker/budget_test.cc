// Whose time a call's budget counts.
#include <chrono>
#include <string>
#include <tenon/stats.hpp>
#include <thread>

#include "tests/worker/yard_host.h"

using namespace tenon;
using namespace tenon::test;
using sandbox_test::eventually;

namespace {

const std::string name = "org.tenon.test.misbehaves 1.0.0: ";
const std::string overrun =
    name + "its worker did not answer before the call's hard budget had passed (300 ms), and was ended";

YardSettings with_budgets() {
    YardSettings settings;
    settings.breakers = 0;
    return settings;
}

}  // namespace

TEST_CASE("a plugin that calls itself has no more time than the call that it does so in") {
    for (const char* const how : {"hang inside", "ask itself for ever"})
        leaving_nothing([&] {
            INFO(how);
            YardHost yard(with_budgets());
            CHECK(yard.run<yard_hurry_hook>().verdict == TENON_HANDLED);
            const YardHost::Answer answer = yard.run<yard_hurry_hook>(how);
            CHECK(answer.reason == "worker.overrun");
            CHECK(answer.text == overrun);
        });
}

TEST_CASE("a plugin that calls itself by way of others has no more time than its outermost call") {
    leaving_nothing([] {
        YardHost yard(with_budgets());
        const auto ask_back = [](void* ask, tenon_call* call, const void*, void*) {
            auto question = sized<yard_item>(), answer = sized<yard_item>();
            question.text = str("hang");
            return call->ops->hook(call, static_cast<tenon_hook*>(ask), &question, &answer);
        };
        yard.host.hook<yard_inner_hook>().add("asks back", ask_back, yard.host.hook<yard_ask_hook>().raw());
        CHECK(yard.run<yard_hurry_hook>().verdict == TENON_HANDLED);
        const YardHost::Answer answer = yard.run<yard_hurry_hook>("inside");
        CHECK(answer.reason == "worker.overrun");
        CHECK(answer.text == overrun);
    });
}

TEST_CASE("what others take for a call is not the worker's time") {
    leaving_nothing([] {
        YardHost yard(with_budgets());
        const auto sleep = [](void*, tenon_call*, const void*, void*) {
            std::this_thread::sleep_for(std::chrono::milliseconds(400));
            return std::int32_t{TENON_HANDLED};
        };
        yard.host.hook<yard_inner_hook>().add("sleeps", sleep, nullptr);
        CHECK(yard.run<yard_hurry_hook>().verdict == TENON_HANDLED);
        for (int i = 0; i < 3; ++i) CHECK(yard.run<yard_hurry_hook>("inside").verdict == TENON_HANDLED);
    });
}

TEST_CASE("a call that is cancelled inside of another one does not cancel that") {
    leaving_nothing([] {
        YardHost yard;
        const auto cancel_inside = [](void* self, tenon_call*, const void*, void*) {
            auto& its = *static_cast<YardHost*>(self);
            Scope own(its.host);
            const auto calls = [&its] { return stats_of(its.host.raw()).workers().at(0).calls; };
            bool begun = false;  // what is cancelled before does not begin
            std::thread canceller([&, before = calls()] {
                begun = eventually([&] { return calls() > before; });
                own.cancel();
            });
            its.dispatch<yard_ask_hook>(own, "doze");  // as long as it is not cancelled
            canceller.join();
            CHECK(begun);
            return std::int32_t{TENON_HANDLED};
        };
        yard.host.hook<yard_inner_hook>().add("cancels", cancel_inside, &yard);
        const YardHost::Answer answer = yard.run<yard_ask_hook>("cancelled after inside?");
        CHECK(answer.verdict == TENON_HANDLED);
        CHECK(answer.number == 0);
    });
}
