// What a store remembers.
#include "host/store.h"

#include <sys/stat.h>

#include <limits>
#include <thread>

#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Health;
using host::HealthDelta;
using host::Store;

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();

HealthDelta calls_of(std::string id, std::uint64_t calls, std::uint64_t when = 1) {
    HealthDelta delta;
    delta.id = std::move(id);
    delta.calls = calls;
    delta.when = when;
    return delta;
}

HealthDelta errors_of(std::string id, std::uint64_t errors, std::uint64_t when) {
    HealthDelta delta = calls_of(std::move(id), errors, when);
    delta.errors = errors;
    delta.last_error = when;
    return delta;
}

}  // namespace

TEST_CASE("a plugin that was never seen has no counts and is not disabled") {
    const Folder folder;
    Store store = open_store(folder / "store");
    const Health health = health_of(store, "org.acme.tax");
    CHECK(health.calls == 0);
    CHECK(health.first_seen == 0);
    CHECK(!health.disabled);
    CHECK(store.all().take().empty());
}

TEST_CASE("counts add up over the runs of a host") {
    const Folder folder;
    const HealthDelta first{"org.acme.tax", 100, 5, 2, 3, 1, 1, 10 * second, 11 * second};
    const HealthDelta then{"org.acme.tax", 11, 1, 1, 1, 1, 1, 20 * second, 21 * second};
    {
        Store store = open_store(folder / "store");
        add(store, {first});
    }
    Store store = open_store(folder / "store");
    add(store, {then, calls_of("org.acme.spell", 7, 30 * second)});
    const Health health = health_of(store, "org.acme.tax");
    CHECK(health.calls == 111);
    CHECK(health.errors == 6);
    CHECK(health.exceptions == 3);
    CHECK(health.soft_overruns == 4);
    CHECK(health.hard_overruns == 2);
    CHECK(health.trips == 2);
    CHECK(health.recent_errors == 6);
    CHECK(health.first_seen == 10 * second);
    CHECK(health.last_error == 21 * second);
    const auto all = store.all().take();
    REQUIRE(all.size() == 2);
    CHECK(all[0].first == "org.acme.spell");
    CHECK(all[0].second.calls == 7);
    CHECK(all[0].second.last_error == 0);
    CHECK(all[1].first == "org.acme.tax");
    CHECK(all[1].second.errors == 6);
}

TEST_CASE("an error from before the last one does not turn the clock back") {
    const Folder folder;
    Store store = open_store(folder / "store");
    add(store, {errors_of("org.acme.tax", 1, 20 * second), errors_of("org.acme.tax", 1, 10 * second)});
    CHECK(health_of(store, "org.acme.tax").last_error == 20 * second);
    CHECK(health_of(store, "org.acme.tax").errors == 2);
}

TEST_CASE("counts stop at the largest number") {
    const Folder folder;
    Store store = open_store(folder / "store");
    add(store, {errors_of("org.acme.tax", most - 1, 1)});
    add(store, {errors_of("org.acme.tax", 5, 1)});
    CHECK(health_of(store, "org.acme.tax").calls == most);
    add(store, {errors_of("org.acme.tax", std::numeric_limits<std::uint64_t>::max(), 1)});
    CHECK(health_of(store, "org.acme.tax").errors == most);
    CHECK(health_of(store, "org.acme.tax").recent_errors == most);
}

TEST_CASE("of several counts that are added together, all are there or none") {
    const Folder folder;
    Store store = open_store(folder / "store");
    add(store, {calls_of("org.acme.tax", 1)});
    const std::vector<HealthDelta> deltas{calls_of("org.acme.tax", 1), calls_of("no id", 1)};
    const base::Check problem = store.add(deltas);
    REQUIRE(problem);
    CHECK(problem->id == "store.bad-id");
    CHECK(problem->text == "\"no id\" is not the id of a plugin");
    CHECK(health_of(store, "org.acme.tax").calls == 1);

    Intruder(folder / "store")
        .run(
            "CREATE TRIGGER t BEFORE INSERT ON plugin WHEN new.id = 'org.acme.spell' BEGIN SELECT raise(ABORT, 'no'); "
            "END");
    const std::vector<HealthDelta> more{calls_of("org.acme.tax", 1), calls_of("org.acme.spell", 1)};
    REQUIRE(!store.add(more));  // triggers of the file are not run
    CHECK(health_of(store, "org.acme.tax").calls == 2);

    Intruder(folder / "store").run("ALTER TABLE plugin DROP COLUMN last_error");
    const base::Check gone = store.add(more);
    REQUIRE(gone);
    CHECK(gone->id == "store.io");
    CHECK(gone->text == folder / "store: table plugin has no column named last_error (SQLite error 1)");
}

TEST_CASE("a disabled plugin stays disabled, with who, when and why, until it is enabled") {
    const Folder folder;
    {
        Store store = open_store(folder / "store");
        add(store, {errors_of("org.acme.tax", 100, second)});
        require_done(store.disable("org.acme.tax", "100 errors, the most are 100", "host", 7 * second));
        require_done(store.disable("org.acme.never-run", "not trusted", "operator", 8 * second));
    }
    Store store = open_store(folder / "store");
    const Health health = health_of(store, "org.acme.tax");
    REQUIRE(health.disabled);
    CHECK(health.disabled->reason == "100 errors, the most are 100");
    CHECK(health.disabled->by == "host");
    CHECK(health.disabled->since == 7 * second);
    CHECK(health_of(store, "org.acme.never-run").disabled);
    CHECK(health_of(store, "org.acme.never-run").first_seen == 8 * second);

    require_done(store.disable("org.acme.tax", "", "", 9 * second));  // the last word counts
    CHECK(health_of(store, "org.acme.tax").disabled->reason.empty());
    CHECK(health_of(store, "org.acme.tax").disabled->since == 9 * second);
    require_done(store.enable("org.acme.tax"));
    CHECK(!health_of(store, "org.acme.tax").disabled);
    CHECK(health_of(store, "org.acme.never-run").disabled);
}

TEST_CASE("enabling forgives the errors so far and keeps the totals") {
    const Folder folder;
    Store store = open_store(folder / "store");
    add(store, {errors_of("org.acme.tax", 100, second)});
    require_done(store.enable("org.acme.tax"));
    CHECK(health_of(store, "org.acme.tax").errors == 100);
    CHECK(health_of(store, "org.acme.tax").recent_errors == 0);
    add(store, {errors_of("org.acme.tax", 3, second)});
    CHECK(health_of(store, "org.acme.tax").errors == 103);
    CHECK(health_of(store, "org.acme.tax").recent_errors == 3);
    require_done(store.enable("org.acme.unknown"));
    CHECK(store.all().take().size() == 1);
}

TEST_CASE("what is no id is not disabled") {
    const Folder folder;
    Store store = open_store(folder / "store");
    for (const std::string& id :
         {std::string(), std::string("tax"), std::string("org.acme.a\0b", 12), std::string(64, 'a')}) {
        const base::Check problem = store.disable(id, "reason", "operator", second);
        REQUIRE(problem);
        CHECK(problem->id == "store.bad-id");
        CHECK(store.enable(id)->id == "store.bad-id");
    }
    CHECK(store.disable("a\x1b[2J.b", "", "", 1)->text == "\"a\\x1b[2J.b\" is not the id of a plugin");
    CHECK(store.all().take().empty());
}

TEST_CASE("long words are cut between two characters") {
    const Folder folder;
    Store store = open_store(folder / "store");
    std::string reason(Store::longest_reason - 1, 'x');
    require_done(store.disable("org.acme.tax", reason + "\xc3\xa9", std::string(1000, 'y'), second));
    const Health health = health_of(store, "org.acme.tax");
    CHECK(health.disabled->reason == reason);
    CHECK(health.disabled->by == std::string(Store::longest_name, 'y'));
}

TEST_CASE("words with quotes and with a NUL in them are kept as they are") {
    const Folder folder;
    Store store = open_store(folder / "store");
    const std::string reason("'); DROP TABLE plugin; --\0 and after", 36);
    require_done(store.disable("org.acme.tax", reason, "o'brien", second));
    CHECK(health_of(store, "org.acme.tax").disabled->reason == reason);
    CHECK(health_of(store, "org.acme.tax").disabled->by == "o'brien");
}

TEST_CASE("only its owner may read a store, whatever the umask is") {
    const Folder folder;
    const mode_t before = ::umask(0);
    Store store = open_store(folder / "store");
    add(store, {calls_of("org.acme.tax", 1)});
    ::umask(before);
    for (const char* name : {"store", "store-wal", "store-shm"}) {
        INFO(name);
        struct stat facts{};
        REQUIRE(::stat((folder / name).c_str(), &facts) == 0);
        CHECK((facts.st_mode & 0777u) == 0600u);
    }
}

TEST_CASE("a name that means something to SQLite is a file's name") {
    const Folder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    for (const char* name : {":memory:", "file:x?mode=memory"}) {
        {
            Store store = open_store(name);
            add(store, {calls_of("org.acme.tax", 1)});
        }
        Store store = open_store(name);
        CHECK(health_of(store, "org.acme.tax").calls == 1);
        CHECK(std::filesystem::exists(name));
    }
    std::filesystem::current_path(before);
}

TEST_CASE("a store can be moved to another variable") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Store other = std::move(store);
    add(other, {calls_of("org.acme.tax", 1)});
    store = open_store(folder / "another");
    store = std::move(other);
    CHECK(health_of(store, "org.acme.tax").calls == 1);
}

TEST_CASE("four threads on two stores of one file lose nothing") {
    const Folder folder;
    Store one = open_store(folder / "store", {.patience_ms = 60'000});
    Store two = open_store(folder / "store", {.patience_ms = 60'000});
    constexpr std::uint64_t rounds = 50;
    std::vector<std::string> problems(4);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            Store& store = i % 2 == 0 ? one : two;
            const std::string own = "org.acme.thread" + std::to_string(i);
            for (std::uint64_t round = 0; round < rounds; ++round) {
                const std::vector<HealthDelta> deltas{calls_of("org.acme.tax", 1), calls_of(own, 2)};
                if (const auto problem = store.add(deltas)) problems[i] = problem->text;
                if (round % 10 == 0)
                    if (const auto problem = store.disable(own, "reason", "host", round + 1))
                        problems[i] = problem->text;
                const auto health = store.health(own);
                if (!health || health.value().calls != 2 * (round + 1)) problems[i] = "wrong health";
                if (!store.all()) problems[i] = "no list";
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(problems == std::vector<std::string>(4));
    CHECK(health_of(one, "org.acme.tax").calls == 4 * rounds);
    CHECK(health_of(two, "org.acme.tax").calls == 4 * rounds);
    for (unsigned i = 0; i < 4; ++i) CHECK(health_of(one, "org.acme.thread" + std::to_string(i)).disabled->since == 41);
}
