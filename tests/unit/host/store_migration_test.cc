// How a store of yesterday becomes one of today.
#include <array>
#include <thread>

#include "host/audit.h"
#include "host/collections.h"
#include "host/grants.h"
#include "host/store_schema.h"
#include "host/token_days.h"
#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Store;

namespace {

// A file of version 1 as it was first released. This text is not to be changed.
constexpr const char* version_1 = R"(
CREATE TABLE plugin (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 63),
  calls INTEGER NOT NULL DEFAULT 0 CHECK (calls >= 0),
  errors INTEGER NOT NULL DEFAULT 0 CHECK (errors >= 0),
  exceptions INTEGER NOT NULL DEFAULT 0 CHECK (exceptions >= 0),
  soft_overruns INTEGER NOT NULL DEFAULT 0 CHECK (soft_overruns >= 0),
  hard_overruns INTEGER NOT NULL DEFAULT 0 CHECK (hard_overruns >= 0),
  trips INTEGER NOT NULL DEFAULT 0 CHECK (trips >= 0),
  forgiven INTEGER NOT NULL DEFAULT 0 CHECK (forgiven BETWEEN 0 AND errors),
  first_seen INTEGER NOT NULL DEFAULT 0 CHECK (first_seen >= 0),
  last_error INTEGER NOT NULL DEFAULT 0 CHECK (last_error >= 0),
  disabled_reason TEXT,
  disabled_since INTEGER CHECK (disabled_since >= 0),
  disabled_by TEXT,
  CHECK ((disabled_reason IS NULL) = (disabled_since IS NULL) AND (disabled_by IS NULL) = (disabled_since IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO plugin VALUES ('org.acme.tax', 111, 6, 3, 4, 2, 2, 1, 10, 21, 'too many errors', 22, 'host');
PRAGMA application_id = 0x746e7374;
PRAGMA user_version = 1;
)";

constexpr std::string_view add_note = "ALTER TABLE plugin ADD COLUMN note TEXT NOT NULL DEFAULT 'none'";
constexpr std::string_view add_journal =
    "CREATE TABLE journal (at INTEGER PRIMARY KEY, what TEXT) STRICT; INSERT INTO journal VALUES (1, 'made')";

constexpr std::string_view add_mark = "CREATE TABLE mark (at INTEGER PRIMARY KEY) STRICT";

constexpr std::string_view add_flag = "CREATE TABLE flag (at INTEGER PRIMARY KEY) STRICT";

std::array<std::string_view, 5> later_versions() {
    return {host::store_steps()[0], add_note, add_journal, add_mark, add_flag};
}

}  // namespace

TEST_CASE("a file of version 1 opens with all that is in it") {
    const Folder folder;
    Intruder(folder / "store").run(version_1);
    Store store = open_store(folder / "store");
    const host::Health health = health_of(store, "org.acme.tax");
    CHECK(health.calls == 111);
    CHECK(health.errors == 6);
    CHECK(health.exceptions == 3);
    CHECK(health.soft_overruns == 4);
    CHECK(health.hard_overruns == 2);
    CHECK(health.trips == 2);
    CHECK(health.recent_errors == 5);
    CHECK(health.first_seen == 10);
    CHECK(health.last_error == 21);
    REQUIRE(health.disabled);
    CHECK(health.disabled->reason == "too many errors");
    CHECK(health.disabled->since == 22);
    CHECK(health.disabled->by == "host");
    CHECK(Intruder(folder / "store").ask("PRAGMA journal_mode") == "wal");
}

TEST_CASE("a file of version 1 gets an empty audit log and no grants, and both can be used") {
    const Folder folder;
    const std::string path = folder / "store";
    Intruder(path).run(version_1);
    Store store = open_store(path);
    CHECK(Intruder(path).ask("PRAGMA user_version") == "4");
    CHECK(host::Grants(store).of("org.acme.tax").value().empty());
    CHECK(host::Audit(store).verify().value().number == 0);
    const host::Requests request{"env:LANG"};
    CHECK(host::Grants(store).grant("org.acme.tax", request, "operator", second));
    CHECK(host::Audit(store).verify().value().number == 1);
    CHECK(health_of(store, "org.acme.tax").calls == 111);
}

TEST_CASE("a file of version 2 keeps its grants, and gets collections") {
    const Folder folder;
    const std::string path = folder / "store";
    const host::Requests request{"env:LANG"};
    {
        Store store = open_store(path, {.steps = host::store_steps().first(2)});
        CHECK(host::Grants(store).grant("org.acme.tax", request, "operator", second));
    }
    CHECK(Intruder(path).ask("PRAGMA user_version") == "2");
    Store store = open_store(path);
    CHECK(Intruder(path).ask("PRAGMA user_version") == "4");
    CHECK(host::Grants(store).of("org.acme.tax").value().size() == 1);
    CHECK_FALSE(host::Collections(store).put("rates", "de", "19"));
    CHECK(host::Collections(store).get("rates", "de").value() == "19");
}

TEST_CASE("a file of version 3 keeps its collections, and counts tokens") {
    const Folder folder;
    const std::string path = folder / "store";
    {
        Store store = open_store(path, {.steps = host::store_steps().first(3)});
        CHECK_FALSE(host::Collections(store).put("rates", "de", "19"));
    }
    CHECK(Intruder(path).ask("PRAGMA user_version") == "3");
    Store store = open_store(path);
    CHECK(Intruder(path).ask("PRAGMA user_version") == "4");
    CHECK(host::Collections(store).get("rates", "de").value() == "19");
    CHECK_FALSE(host::TokenDays(store).add({"org.acme.tax", "small"}, 1, 7));
    CHECK(host::TokenDays(store).used({"org.acme.tax", "small"}, 1).value().used == 7);
}

TEST_CASE("an older file is brought to the newest version, step by step, and keeps what is in it") {
    const Folder folder;
    const std::string path = folder / "store";
    Intruder(path).run(version_1);
    const auto steps = later_versions();
    {
        Store store = open_store(path, {.steps = steps});
        CHECK(health_of(store, "org.acme.tax").calls == 111);
    }
    {
        const Intruder intruder(path);
        CHECK(intruder.ask("PRAGMA user_version") == "5");
        CHECK(intruder.ask("SELECT note FROM plugin") == "none");
        CHECK(intruder.ask("SELECT count(*) FROM journal") == "1");
    }
    Store store = open_store(path, {.steps = steps});  // and not a second time
    CHECK(Intruder(path).ask("SELECT count(*) FROM journal") == "1");
    CHECK(Store::open(path).problem().text == path + ": is a store of version 5, this host knows versions up to 4");
}

TEST_CASE("a file that was brought to the newest version is like one that was made with it") {
    const Folder folder;
    const auto steps = later_versions();
    Intruder(folder / "old").run(version_1);
    open_store(folder / "old", {.steps = steps});
    open_store(folder / "new", {.steps = steps});
    const std::string schema =
        "SELECT group_concat(type || name || coalesce(sql, ''), ';') FROM "
        "(SELECT * FROM sqlite_schema ORDER BY name)";
    CHECK(Intruder(folder / "old").ask(schema) == Intruder(folder / "new").ask(schema));
}

TEST_CASE("a step that fails leaves the file as it was") {
    const Folder folder;
    const std::string path = folder / "store";
    Intruder(path).run(version_1);
    const std::array<std::string_view, 3> steps{host::store_steps()[0], add_note,
                                                "CREATE TABLE journal (at NONSENSE) STRICT"};
    const base::Result<Store> store = Store::open(path, {.steps = steps});
    REQUIRE(!store);
    CHECK(store.problem().id == "store.migration");
    CHECK(store.problem().text == "the store cannot be brought from version 2 to 3: " + path +
                                      ": unknown datatype for journal.at: \"NONSENSE\" (SQLite error 1)");
    CHECK(Intruder(path).ask("PRAGMA user_version") == "1");
    Store old = open_store(path);
    CHECK(health_of(old, "org.acme.tax").calls == 111);
}

TEST_CASE("an older file with other tables than that version had is not touched") {
    const Folder folder;
    const std::string path = folder / "store";
    Intruder(path).run(std::string(version_1) + "CREATE TABLE journal (at);");
    const auto steps = later_versions();
    const base::Result<Store> store = Store::open(path, {.steps = steps});
    REQUIRE(!store);
    CHECK(store.problem().text ==
          path + ": the store is damaged: the table \"journal\" is not that of a store of version 1");
    CHECK(Intruder(path).ask("PRAGMA user_version") == "1");
}

TEST_CASE("several hosts that find an old file, or none, at the same time bring it to the newest version once") {
    const bool old = GENERATE(false, true);
    const auto steps = later_versions();
    for (int round = 0; round < 20; ++round) {
        const Folder folder;
        const std::string path = folder / "store";
        if (old) Intruder(path).run(version_1);
        std::vector<std::string> problems(4);
        std::vector<std::thread> threads;
        for (std::string& problem : problems)
            threads.emplace_back([&] {
                const base::Result<Store> store = Store::open(path, {.patience_ms = 60'000, .steps = steps});
                if (!store) problem = store.problem().text;
            });
        for (std::thread& thread : threads) thread.join();
        REQUIRE(problems == std::vector<std::string>(4));
        REQUIRE(Intruder(path).ask("SELECT count(*) FROM journal") == "1");
    }
}
