// A worker that is not what the host has started: it speaks the protocol up to a point, and then forges.
#include <signal.h>

#include <map>
#include <tenon/stats.hpp>
#include <thread>

#include "sandbox/protocol.h"
#include "tests/worker/yard_host.h"

using namespace tenon;
using namespace tenon::test;
using sandbox_test::eventually;
using tenon::sandbox::Kind;

namespace {

constexpr const char* name = "org.tenon.test.misbehaves 1.0.0: ";

YardSettings forger() {
    YardSettings settings;
    settings.worker = FORGER;
    return settings;
}

std::string broke(const std::string& how) {
    return name + ("its worker was ended, because it broke the protocol: " + how);
}

std::string kind(Kind kind) {
    return std::to_string(static_cast<std::uint32_t>(kind));
}

// The call has failed with this text, the host has written it down with the plugin's name, and the worker is gone.
template <class H>
void ends_with(const std::string& forgery, const std::string& text) {
    INFO(forgery);
    leaving_nothing([&] {
        const Setting setting("TENON_TEST_FORGERY", forgery);
        YardHost yard(forger());
        REQUIRE(yard.text() == "");
        const YardHost::Answer answer = yard.run<H>("question");
        CHECK(answer.code == TENON_E_GONE);
        CHECK(answer.text == text);
        CHECK(eventually([&] { return yard.log.has("org.tenon.test.misbehaves: " + text); }));
        CHECK(yard.run<yard_inner_hook>().verdict == TENON_DECLINED);
    });
}

}  // namespace

TEST_CASE("a forger that forges nothing passes for a worker") {
    leaving_nothing([] {
        YardHost yard(forger());
        REQUIRE(yard.text() == "");
        CHECK(yard.run<yard_ask_hook>().number == 1);
        CHECK(yard.run<yard_hurry_hook>().number == 2);
    });
}

TEST_CASE("a letter that is none ends the worker, and the call says how it is wrong") {
    const std::string returned = "head " + kind(Kind::returned);
    const std::pair<std::string, std::string> forgeries[] = {
        {"short", "a letter is shorter than its head"},
        {"zero", "it answers another call"},
        {returned + " present 8", "a letter has more parts than there are"},
        {returned + " present 0xffffffff", "a letter has more parts than there are"},
        {returned + " annex 0x10000000000", "a letter's annex is larger than any"},
        {returned + " annex 0xffffffffffffffff", "a letter's annex is larger than any"},
        {returned + " annex 4096", "a letter is in an annex that is not there"},
        {returned + " size0 1", "a part that is not there has a size"},
        {returned + " size2 0xffffffff", "a part that is not there has a size"},
        {returned + " present 1 size0 1", "a part is longer than the letter"},
        {returned + " present 1 size0 0xffffffff", "a part is longer than the letter"},
        {returned + " present 3 size0 5 size1 1 with 12345", "a part is longer than the letter"},
        {returned + " present 7 size2 0xfffffff0 with 12345", "a part is longer than the letter"},
        {returned + " call 1", "it answers another call"},
        {returned + " call 0xffffffffffffffff", "it answers another call"},
        {"head " + kind(Kind::answer), "it says what is no word of the protocol"},
        {"head " + kind(Kind::none), "it says what is no word of the protocol"},
        {"head " + kind(Kind::invoke), "it says what is no word of the protocol"},
        {"head 0xffffffff", "it says what is no word of the protocol"},
        {"head " + kind(Kind::hook), "it dispatches a hook that it was not given"},
        {"head " + kind(Kind::hook) + " target 1", "it dispatches a hook that it was not given"},
        {"head " + kind(Kind::hook) + " target 0xffffffffffffffff", "it dispatches a hook that it was not given"},
        {"head " + kind(Kind::service), "it calls a service that it was not given"},
        {"head " + kind(Kind::service) + " target 9 detail 0xffffffffffffffff",
         "it calls a service that it was not given"},
        {"head " + kind(Kind::add_handler), "it adds a handler with options that are none"},
        {"head " + kind(Kind::add_handler) + " present 1 size0 8 with 12345678",
         "it adds a handler with options that are none"},
    };
    for (const auto& [forgery, how] : forgeries) ends_with<yard_ask_hook>(forgery, broke(how));
}

TEST_CASE("a worker that speaks out of turn or writes over the lane is ended") {
    for (const char* const forgery : {"turn 2", "turn 0x80000000", "turn 0xffffffff", "beyond 69633",
                                      "beyond 0xffffffff", "version 0", "version 2"})
        ends_with<yard_ask_hook>(forgery, broke("it speaks out of turn, or writes over the lane"));
}

TEST_CASE("a worker that has spoken twice is ended by the next call of its lane") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "twice");
        YardHost yard(forger());
        YardHost::Answer answer;
        CHECK(eventually([&] { return (answer = yard.run<yard_ask_hook>()).code != 0; }));
        CHECK(answer.text == broke("it speaks out of turn, or writes over the lane"));
    });
}

TEST_CASE("a reply that is no frame of its type ends the worker") {
    for (const std::string size : {"0", "1", "15", "24", "64", "69000"})
        for (const std::string byte : {"0", "1", "0xff"}) {
            const std::string forgery = "value " + size + " " + byte;
            INFO(forgery);
            leaving_nothing([&] {
                const Setting setting("TENON_TEST_FORGERY", forgery);
                YardHost yard(forger());
                const YardHost::Answer answer = yard.run<yard_ask_hook>();
                CHECK(answer.text.starts_with(broke("")));
                CHECK(answer.code == TENON_E_GONE);
            });
        }
}

TEST_CASE("every field of every letter may be forged, and the host lives") {
    const char* const fields[] = {"status", "call",  "target", "detail", "deadline",
                                  "annex",  "size0", "size1",  "size2",  "present"};
    const char* const values[] = {"1", "0x7fffffffffffffff", "0xffffffffffffffff", "0x80000000"};
    const Holdings before;
    std::size_t answered = 0, ended = 0;
    std::size_t turn = 0;
    for (std::uint32_t word = 0; word <= static_cast<std::uint32_t>(Kind::answer) + 1; ++word)
        for (const char* const field : fields) {
            const std::string forgery =
                "head " + std::to_string(word) + " " + field + " " + values[turn++ % std::size(values)];
            INFO(forgery);
            const Setting setting("TENON_TEST_FORGERY", forgery);
            YardHost yard(forger());
            const YardHost::Answer answer = turn % 2 == 0 ? yard.run<yard_ask_hook>() : yard.run<yard_change_hook>();
            const bool broken = answer.text.starts_with(broke(""));
            CHECK((broken == (answer.code == TENON_E_GONE)));
            ++(broken ? ended : answered);
        }
    CHECK(answered > 40);
    CHECK(ended > 100);
    CHECK(eventually([&] { return Holdings() == before; }));
}

TEST_CASE("a worker that asks while it is created for what belongs to a call is ended, and its row says so") {
    const std::string wishes[][2] = {
        {kind(Kind::next), "it asks outside of a call for what belongs to one"},
        {kind(Kind::emit), "it asks outside of a call for what belongs to one"},
        {kind(Kind::fail), "it asks outside of a call for what belongs to one"},
        {kind(Kind::defer), "it asks outside of a call for what belongs to one"},
        {kind(Kind::hook), "it asks outside of a call for what belongs to one"},
        {kind(Kind::service), "it asks outside of a call for what belongs to one"},
        {"99", "it says what is no word of the protocol"},
    };
    for (const auto& [word, how] : wishes)
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", "create " + word);
            YardHost yard(forger());
            CHECK(yard.row().state == TENON_STATE_FAILED);
            CHECK(yard.text() == name + ("create failed: " + broke(how)));
            CHECK(yard.run<yard_ask_hook>().verdict == TENON_DECLINED);
        });
}

TEST_CASE("what a worker says of its plugin is not believed") {
    for (const char* const forgery : {"entry nonsense", "entry-count", "entry", "entry-name"})
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", forgery);
            YardHost yard(forger());
            CHECK(yard.reason() == "worker.broke-protocol");
            CHECK(yard.text() == name + std::string("what its worker says of the plugin is not to be understood"));
        });
    leaving_nothing([&] {
        const Setting setting("TENON_TEST_FORGERY", "less");
        YardHost yard(forger());
        CHECK(yard.row().state == TENON_STATE_FAILED);
    });
}

TEST_CASE("a worker gets no more room than a letter may have, and goes on without") {
    for (const char* const size : {"0x10000000000", "0x10000001", "0xffffffffffffffff"})
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", std::string("room ") + size);
            YardHost yard(forger());
            CHECK(yard.run<yard_ask_hook>().number == TENON_E_NO_MEMORY);
        });
}

TEST_CASE("what a letter had is gone when the next one comes") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "stale");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == 1);
    });
}

TEST_CASE("bodies that run inside of bodies end before the host's stack does") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "burrow");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == static_cast<int>(TENON_MAX_DEPTH) + 1);
    });
}

TEST_CASE("a worker can neither truncate the memory of a lane nor write what the host says") {
    for (const char* const forgery : {"truncate", "write"})
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", forgery);
            YardHost yard(forger());
            CHECK(yard.run<yard_ask_hook>().number == EPERM);
        });
}

TEST_CASE("descriptors that a worker sends are dropped at once") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "descriptors");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == 1);
    });
}

TEST_CASE("a worker can send its host nothing: not what blocks whoever closes it, either") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "linger");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == EPIPE);
    });
}

TEST_CASE("a million bells and a million wakes cost the host a few lanes") {
    for (const char* const forgery : {"bells 1000000", "wakes 1000000", "deaf", "deaf 3"})
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", forgery);
            YardHost yard(forger());
            const std::size_t before = threads();
            CHECK(yard.run<yard_ask_hook>().number == 1);
            CHECK(threads() <= before + sandbox::most_lanes_upwards);
            CHECK(yard.run<yard_inner_hook>().verdict == TENON_DECLINED);
        });
}

TEST_CASE("a promise that is kept twice is kept once") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "complete");
        YardHost yard(forger());
        CHECK(yard.run<yard_later_hook>().verdict == TENON_HANDLED);
        CHECK(yard.run<yard_ask_hook>().number == 0);
    });
}

TEST_CASE("a worker that dies in the middle of a frame is missed") {
    ends_with<yard_ask_hook>("half 9", name + std::string("its worker was ended by signal 9 (Killed)"));
    ends_with<yard_change_hook>("half 15", name + std::string("its worker was ended by signal 15 (Terminated)"));
}

TEST_CASE("a worker that dies as soon as it has asked is missed, whatever it has asked for") {
    const Kind kinds[] = {Kind::next,    Kind::emit,           Kind::hook, Kind::defer,
                          Kind::log,     Kind::remove_handler, Kind::run,  Kind::is_cancelled,
                          Kind::journal, Kind::complete,       Kind::room};
    for (const Kind asked : kinds)
        for (const char* const where : {"", " annex"})
            leaving_nothing([&] {
                const std::string forgery = "last " + kind(asked) + where;
                INFO(forgery);
                const Setting setting("TENON_TEST_FORGERY", forgery);
                YardHost yard(forger());
                REQUIRE(yard.text() == "");
                const YardHost::Answer answer = yard.run<yard_later_hook>();
                CHECK(answer.code == TENON_E_GONE);
                CHECK(answer.text == name + std::string("its worker was ended by signal 9 (Killed)"));
                CHECK(eventually([&] { return yard.run<yard_ask_hook>().number == 1; }));
            });
}

TEST_CASE("a worker that never answers is ended when its budget is over, also when it never stops asking") {
    for (const char* const forgery : {"mute", "chatter", "mute-body"})
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", forgery);
            YardSettings settings = forger();
            settings.breakers = 0;
            YardHost yard(settings);
            const YardHost::Answer answer = yard.run<yard_hurry_hook>();
            CHECK(answer.code == TENON_E_DEADLINE);
            CHECK(answer.text.starts_with(name + std::string("its worker did not answer before the call's hard")));
            CHECK(eventually([&] { return yard.log.has(answer.text); }));
        });
}

TEST_CASE("what the host does with a worker's letters is the worker's time, however large they are") {
    for (const Kind asked : {Kind::next, Kind::emit, Kind::hook})
        leaving_nothing([&] {
            const std::string forgery = "besiege " + kind(asked);
            INFO(forgery);
            const Setting setting("TENON_TEST_FORGERY", forgery);
            YardSettings settings = forger();
            settings.breakers = 0;
            YardHost yard(settings);
            REQUIRE(yard.text() == "");
            const YardHost::Answer answer = yard.run<yard_hurry_hook>();
            CHECK(answer.code == TENON_E_DEADLINE);
            CHECK(answer.reason == "worker.overrun");
            CHECK(answer.text.starts_with(name + std::string("its worker did not answer before the call's hard")));
            // More than any machine copies within the budget, which is 300 ms.
            CHECK(stats_of(yard.host.raw()).workers().at(0).bytes_out < std::uint64_t{30} << 30);
        });
}

TEST_CASE("a worker that never stops complaining is ended when its budget is over") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "prattle");
        YardSettings settings = forger();
        settings.breakers = 0;
        YardHost yard(settings);
        CHECK(yard.run<yard_hurry_hook>().code == TENON_E_FAILED);  // its first complaint is the call's error
        CHECK(eventually([&] { return yard.log.has("its worker did not answer before the call's hard budget"); }));
    });
}

TEST_CASE("a worker cannot make its host keep more than so many handles and handlers") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "many-hooks 70000");
        YardHost yard(forger());
        CHECK(yard.row().state == TENON_STATE_FAILED);
        CHECK(yard.run<yard_ask_hook>().verdict == TENON_DECLINED);
    });
}

TEST_CASE("names that are longer than any text are not even looked at") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "long-names 32769");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == TENON_E_NO_MEMORY);
    });
}

TEST_CASE("a worker may add and remove handlers for as long as it likes") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "churn 70000");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == 70'000);
        CHECK(yard.run<yard_added_hook>("", 1).verdict == TENON_CONTINUE);
    });
}

TEST_CASE("who waits for a handler's end in a worker's place waits no longer than the call may take") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "entangle");
        YardHost yard(forger());
        REQUIRE(yard.run<yard_ask_hook>().number == 1);
        YardHost::Answer first;
        Scope other(yard.host);
        std::thread unlimited([&] { first = yard.run_in<yard_added_hook>(other); });
        CHECK(eventually([&] { return yard.run<yard_hurry_hook>().number == 1; }));
        yard.scope.reset();
        yard.scope.set_time_left_ns(time_to_begin);
        const YardHost::Answer second = yard.dispatch<yard_inner_hook>(yard.scope);
        CHECK(second.code == TENON_E_DEADLINE);
        CHECK(second.text ==
              name + std::string("its worker did not answer before the caller's deadline, and was ended"));
        unlimited.join();
        // The end of the second is what it has waited for; perhaps its worker can still say so.
        CHECK((first.code == TENON_E_GONE || (first.code == 0 && first.verdict == TENON_CONTINUE)));
    });
}

TEST_CASE("who waits for a handler's end in a worker's place is free when that worker ends") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "entangle");
        YardHost yard(forger());
        REQUIRE(yard.run<yard_ask_hook>().number == 1);
        YardHost::Answer answers[2];
        Scope scopes[] = {Scope(yard.host), Scope(yard.host)};
        std::thread one([&] { answers[0] = yard.run_in<yard_added_hook>(scopes[0]); });
        std::thread two([&] { answers[1] = yard.run_in<yard_inner_hook>(scopes[1]); });
        CHECK(eventually([&] { return yard.run<yard_hurry_hook>().number == 2; }));
        ::kill(static_cast<pid_t>(stats_of(yard.host.raw()).workers().at(0).pid), SIGKILL);
        one.join();
        two.join();
        for (const YardHost::Answer& answer : answers) CHECK(answer.code == TENON_E_GONE);
    });
}

TEST_CASE("a worker may log as much as it likes, and its host lives") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "flood 100000");
        YardHost yard(forger());
        CHECK(yard.run<yard_ask_hook>().number == 1);
        CHECK(yard.log.count() >= 100);
        CHECK(yard.log.count() < 100'000);
        CHECK(yard.log.has("org.tenon.test.misbehaves: \\x1b[2J\\xff flood\n"));
    });
}

TEST_CASE("the words of a worker's errors do nothing to a terminal") {
    for (const std::string how : {"fail", "throw"})
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_FORGERY", "words " + how);
            YardHost yard(forger());
            CHECK(yard.run<yard_ask_hook>().text.ends_with("one\ntwo \\x1b[2J\\xff"));
        });
}

TEST_CASE("what a worker says of why it did not load the plugin does nothing to a terminal") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "refuse plugin.refused \x1b[2J\xff none");
        YardHost yard(forger());
        CHECK(yard.row().state == TENON_STATE_FAILED);
        CHECK(yard.text() == "\\x1b[2J\\xff");
    });
}

TEST_CASE("a plugin whose workers break the protocol again and again stays down") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_FORGERY", "turn 2");
        YardHost yard(forger());
        CHECK(eventually([&] {
            yard.run<yard_ask_hook>();
            return yard.host.plugins()[0].state == TENON_STATE_QUARANTINED;
        }));
        const Report report = yard.host.plugins();
        CHECK(std::string(view(report[0].reason)) == "worker.quarantined");
        CHECK(std::string(view(report[0].text)) ==
              name + std::string("its workers have ended 4 times within a minute; the last time: ") +
                  broke("it speaks out of turn, or writes over the lane"));
    });
}
