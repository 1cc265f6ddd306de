// Reloads while threads make as many calls as they can.
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/reload/relay_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// Threads that call until they are told to end. Each lives for `rounds` rounds, then another one takes its place.
class Crowd {
public:
    Crowd(const RelayHost& relay, std::size_t threads, std::uint64_t rounds, void (RelayCaller::*round)())
        : sum_(relay) {
        for (std::size_t i = 0; i < threads; ++i)
            places_.emplace_back([this, &relay, rounds, round] {
                while (!ending_) std::thread([&] { call(relay, rounds, round); }).join();
            });
        REQUIRE(comes([this] { return begun_ >= places_.size(); }));
    }
    ~Crowd() { end(); }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    const RelayCaller& end() {
        ending_ = true;
        for (std::thread& place : places_) place.join();
        places_.clear();
        return sum_;
    }
    std::uint64_t threads() const { return begun_; }
    std::uint64_t rounds() const { return rounds_; }

private:
    void call(const RelayHost& relay, std::uint64_t rounds, void (RelayCaller::*round)()) {
        RelayCaller caller(relay);
        for (std::uint64_t i = 0; i < rounds && !ending_; ++i) {
            (caller.*round)();
            ++rounds_;
            if (i == 0) ++begun_;
        }
        const std::lock_guard guard(lock_);
        caller.add_to(sum_);
    }

    std::atomic<bool> ending_{false};
    std::atomic<std::uint64_t> begun_{0}, rounds_{0};
    std::mutex lock_;
    RelayCaller sum_;
    std::vector<std::thread> places_;
};

void check_answers(const RelayCaller& sum) {
    CHECK(sum.calls > 0);
    CHECK(sum.lost == 0);
    CHECK(sum.failed == 0);
    CHECK(sum.stray == 0);
    CHECK(sum.older == 0);
}

// Reloads that each come while calls go on; the last build serves.
void reload_in(RelayHost& relay, const Crowd& crowd, int times) {
    for (int i = 0; i < times; ++i) {
        const std::uint64_t before = crowd.rounds();
        const Reloaded record = relay.reload();
        INFO(record.json);
        REQUIRE(record.verdict == TENON_RELOADED);
        REQUIRE(comes([&] { return crowd.rounds() > before; }));
    }
}

}  // namespace

TEST_CASE("each call is answered once while its plugin is reloaded, and no thread sees an older build than before") {
    RelayHost relay({"relay"});
    Crowd crowd(relay, 3, UINT64_MAX, &RelayCaller::call_all);
    reload_in(relay, crowd, sanitized ? 20 : 60);
    check_answers(crowd.end());
    REQUIRE(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
}

TEST_CASE("two hooks and a service of a plugin change hands together") {
    RelayHost relay({"relay"});
    Crowd crowd(relay, 3, UINT64_MAX, &RelayCaller::call_two_and_desk);
    reload_in(relay, crowd, sanitized ? 20 : 60);
    check_answers(crowd.end());
}

TEST_CASE("reloads back to back, while threads come and go, lose no call") {
    RelayHost relay({"relay"});
    Crowd crowd(relay, 3, 20, &RelayCaller::call_all);
    const int least = sanitized ? 30 : 300;
    const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(sanitized ? 1 : 2);
    int count = 0;
    for (; count < least || std::chrono::steady_clock::now() < enough; ++count) {
        const Reloaded record = relay.reload();
        INFO(record.json);
        REQUIRE(record.verdict == TENON_RELOADED);
    }
    REQUIRE(comes([&] { return crowd.threads() > 6; }));
    check_answers(crowd.end());
    REQUIRE(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
    RelayCaller last(relay);
    last.call_all();
    check_answers(last);
    INFO(count << " reloads, " << crowd.threads() << " threads");
    CHECK(count >= least);
    for (const Reloaded& record : reloads(relay.host->raw())) {
        INFO(record.json);
        CHECK(record.verdict == TENON_RELOADED);
        CHECK(record.unmapped);
        CHECK(record.unmapped_reason.empty());
    }
}

TEST_CASE("calls that stand in line for a plugin that takes one at a time are answered, whoever serves then") {
    RelayHost relay({"relay_in_turn"});
    Crowd crowd(relay, 4, UINT64_MAX, &RelayCaller::call_two_and_desk);
    reload_in(relay, crowd, sanitized ? 20 : 100);
    check_answers(crowd.end());
}

TEST_CASE("a build on probation, and the one that it is rolled back to, answer each call once") {
    RelayHost relay({"relay"});
    Crowd crowd(relay, 3, UINT64_MAX, &RelayCaller::call_all);
    tenon_reload_options options = at_once();
    options.probation_ns = 600'000'000'000;
    std::uint64_t rolled_back = 0;
    for (int i = 0; i < (sanitized ? 10 : 40); ++i) {
        const Reloaded record = relay.reload(0, options);
        INFO(record.json);
        REQUIRE(record.verdict == TENON_ON_PROBATION);
        const std::uint64_t before = crowd.rounds();
        REQUIRE(comes([&] { return crowd.rounds() > before; }));
        const Reloaded back = rollback(relay.host->raw(), relay.file().id());
        INFO(back.json);
        REQUIRE(back.verdict == TENON_ROLLED_BACK);
        ++rolled_back;
    }
    CHECK(rolled_back > 0);
    const RelayCaller& sum = crowd.end();
    CHECK(sum.lost == 0);
    CHECK(sum.failed == 0);
    CHECK(sum.stray == 0);  // the old build's answers after a rollback are older ones by intention
    REQUIRE(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
}

TEST_CASE("a new build gets the last request of a hook that replays, once, and none is lost meanwhile") {
    RelayHost relay({"relay"});
    Scope scope(*relay.host);
    const auto replay = relay.hook<relay_replay_hook>();
    const SharedTally tally;
    replay(scope, relay_question(7, &tally));
    CHECK(tally->calls == 1);
    CHECK(relay.reload().verdict == TENON_RELOADED);
    CHECK(tally->calls == 2);
    CHECK(tally->last_number == 7);
    CHECK(tally->last_serial == relay.file().serial());

    std::vector<std::unique_ptr<SharedTally>> tallies;
    constexpr std::uint64_t most = 20'000;
    for (std::uint64_t i = 0; i < most; ++i) tallies.push_back(std::make_unique<SharedTally>());
    std::atomic<bool> ending{false};
    std::uint64_t sent = 0;
    std::thread sender([&] {
        Scope own(*relay.host);
        while (sent < most && !ending) {
            own.reset();
            replay(own, relay_question(sent, tallies[sent].get()));
            ++sent;
        }
    });
    for (int i = 0; i < 20; ++i) CHECK(relay.reload().verdict == TENON_RELOADED);
    ending = true;
    sender.join();
    std::uint64_t lost = 0, more = 0;
    for (std::uint64_t i = 0; i < sent; ++i) {
        lost += (*tallies[i])->calls == 0 ? 1 : 0;
        more += (*tallies[i])->calls - std::min<std::uint64_t>((*tallies[i])->calls, 1);
    }
    CHECK(sent > 0);
    CHECK(lost == 0);
    CHECK(more <= 20);  // each new build is given one that has been before
}
