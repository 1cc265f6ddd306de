// Tokens of models, by days: what is left, what is put aside for calls that run, and what the store keeps of it.
#include "host/tokens.h"

#include <thread>
#include <vector>

#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using host::day_ns;
using host::Store;
using host::TokenAccount;
using host::TokenLimits;
using host::Tokens;
using test::Folder;
using test::open_store;

namespace {

const TokenAccount spell{"org.acme.spell", "small"};
constexpr TokenLimits limits{40, 100};
constexpr std::uint64_t morning = 20'000 * day_ns + 9 * 3600 * test::second;  // 2024-10-04

std::uint64_t reserved(Tokens& tokens, Store* store, std::uint64_t now = morning, const TokenLimits& most = limits,
                       const TokenAccount& account = spell) {
    const base::Result<std::uint64_t> out = tokens.reserve(account, most, store, now);
    INFO((out ? std::string() : out.problem().text));
    REQUIRE(out);
    return out.value();
}

void use(Tokens& tokens, Store* store, std::uint64_t used, std::uint64_t now = morning) {
    CHECK_FALSE(tokens.settle(spell, reserved(tokens, store, now), used, store, now));
}

std::string refusal(Tokens& tokens, Store* store, std::uint64_t now = morning) {
    const base::Result<std::uint64_t> out = tokens.reserve(spell, limits, store, now);
    REQUIRE_FALSE(out);
    return out.problem().id + ": " + out.problem().text + " " + out.problem().fix;
}

}  // namespace

TEST_CASE("a call may use what is left of the day, and at most what a call may") {
    const Folder folder;
    Store store = open_store(folder / "store");
    for (Store* const kept : {&store, static_cast<Store*>(nullptr)}) {
        Tokens tokens;
        CHECK(reserved(tokens, kept) == 40);
        CHECK_FALSE(tokens.settle(spell, 40, 70, kept, morning));
        CHECK(reserved(tokens, kept) == 30);
        CHECK_FALSE(tokens.settle(spell, 30, 30, kept, morning));
        CHECK(refusal(tokens, kept) ==
              "model.no-tokens: model:small: 100 of 100 tokens a day are used; the day ends at 2024-10-05T00:00:00Z "
              "Wait until then, or ask for more tokens_per_day in the manifest.");
        CHECK(reserved(tokens, kept, morning, {40, 0}) == 40);
        CHECK(reserved(tokens, kept, morning, {0, 0}) == 0);
        CHECK(reserved(tokens, kept, morning, {0, 100}, {"org.acme.tax", "small"}) == 100);
        CHECK(reserved(tokens, kept, morning, {0, 100}, {"org.acme.spell", "*"}) == 100);
    }
}

TEST_CASE("calls that run at once get no more than there is, and give back what they did not use") {
    Tokens tokens;
    CHECK(reserved(tokens, nullptr) == 40);
    CHECK(reserved(tokens, nullptr) == 40);
    CHECK(reserved(tokens, nullptr) == 20);
    CHECK(refusal(tokens, nullptr)
              .starts_with("model.no-tokens: model:small: 0 of 100 tokens a day are used, 100 are kept for calls that "
                           "run; the day ends"));
    CHECK_FALSE(tokens.settle(spell, 40, 5, nullptr, morning));
    CHECK(reserved(tokens, nullptr) == 35);
}

TEST_CASE("the next day of UTC begins with all of it, also for a call that began the day before") {
    const Folder folder;
    Store store = open_store(folder / "store");
    for (Store* const kept : {&store, static_cast<Store*>(nullptr)}) {
        Tokens tokens;
        const std::uint64_t last = 20'001 * day_ns - 1, first = last + 1;
        use(tokens, kept, 90, last);
        CHECK(reserved(tokens, kept, last) == 10);
        CHECK(reserved(tokens, kept, first) == 40);
        CHECK_FALSE(tokens.settle(spell, 10, 10, kept, first));
        CHECK_FALSE(tokens.settle(spell, 40, 40, kept, first));
        use(tokens, kept, 40, first);
        CHECK(reserved(tokens, kept, first) == 10);
    }
}

TEST_CASE("a day that has begun goes on for those who read the clock before midnight") {
    const Folder folder;
    Store store = open_store(folder / "store");
    for (Store* const kept : {&store, static_cast<Store*>(nullptr)}) {
        Tokens tokens;
        const std::uint64_t last = 20'001 * day_ns - 1, first = last + 1;
        use(tokens, kept, 40, first);
        use(tokens, kept, 30, last);
        CHECK(reserved(tokens, kept, last) == 30);
        CHECK_FALSE(tokens.settle(spell, 30, 30, kept, last));
        CHECK(refusal(tokens, kept, last).find("100 of 100 tokens a day are used; the day ends at 2024-10-06") !=
              std::string::npos);
        CHECK(refusal(tokens, kept, first).find("100 of 100 tokens a day are used") != std::string::npos);
    }
    // The store alone remembers it, too.
    Tokens others;
    CHECK(refusal(others, &store, 20'001 * day_ns - 1).find("the day ends at 2024-10-06") != std::string::npos);
}

TEST_CASE("a clock that was days ahead takes no tokens of the day that it is") {
    const Folder folder;
    Store store = open_store(folder / "store");
    for (Store* const kept : {&store, static_cast<Store*>(nullptr)}) {
        Tokens tokens;
        use(tokens, kept, 100, morning + 2 * day_ns);
        CHECK(reserved(tokens, kept, morning) == 40);
    }
}

TEST_CASE("what was used is known to the next host, and to another one that has the same store") {
    const Folder folder;
    {
        Store store = open_store(folder / "store");
        Tokens tokens;
        use(tokens, &store, 40);
        Store same = open_store(folder / "store");
        Tokens others;
        use(others, &same, 40);
    }
    Store store = open_store(folder / "store");
    Tokens tokens;
    CHECK(reserved(tokens, &store) == 20);
}

TEST_CASE("tokens that the store does not take count as long as the host lives") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Tokens tokens;
    const std::uint64_t most = reserved(tokens, &store);
    const test::Intruder intruder(folder / "store");
    intruder.run("ALTER TABLE tokens RENAME TO elsewhere");
    const base::Check problem = tokens.settle(spell, most, 70, &store, morning);
    REQUIRE(problem);
    CHECK(problem->id.starts_with("store."));
    intruder.run("ALTER TABLE elsewhere RENAME TO tokens");
    CHECK(reserved(tokens, &store) == 30);
}

TEST_CASE("what is nonsense in the store gives no tokens") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Tokens tokens;
    use(tokens, &store, 10);
    test::Intruder(folder / "store").run("PRAGMA ignore_check_constraints = 1; UPDATE tokens SET used = -5");
    const base::Result<std::uint64_t> out = tokens.reserve(spell, limits, &store, morning);
    REQUIRE_FALSE(out);
    CHECK(out.problem().text.ends_with("what it says of the tokens of plugin \"org.acme.spell\" is nonsense"));
}

TEST_CASE("counts stop at the largest number, and threads that call at once use no more than the day has") {
    const Folder folder;
    Store store = open_store(folder / "store");
    host::TokenDays days(store);
    for (int i = 0; i < 2; ++i) CHECK_FALSE(days.add(spell, 5, INT64_MAX));
    CHECK(days.used(spell, 5).value().used == INT64_MAX);

    Tokens tokens;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (;;) {
                const base::Result<std::uint64_t> most = tokens.reserve(spell, {7, 1000}, &store, morning);
                if (!most) return;
                (void)tokens.settle(spell, most.value(), most.value(), &store, morning);
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(days.used(spell, morning / day_ns).value().used <= 1000);
}
