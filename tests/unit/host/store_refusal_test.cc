// Files that are no store, or not one that can be used.
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Store;

namespace {

base::Problem refusal(const std::string& path, const host::StoreOptions& options = {.patience_ms = 20}) {
    const base::Result<Store> store = Store::open(path, options);
    REQUIRE(!store);
    CHECK(!store.problem().fix.empty());
    return store.problem();
}

void make_store(const std::string& path) {
    Store store = open_store(path);
    add(store, {{"org.acme.tax", 3, 2, 1, 0, 0, 0, second, second}, {"org.acme.spell", 1}});
    require_done(store.disable("org.acme.tax", "reason", "operator", second));
}

// Opens and then uses the store in a process that may do no more than any user.
std::string problem_of_nobody(const std::string& path) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setresgid(65534, 65534, 65534) != 0 ||
                                 ::setresuid(65534, 65534, 65534) != 0))
            ::_exit(2);
        const base::Result<Store> store = Store::open(path);
        const std::string said = store ? "opened" : store.problem().id + ": " + store.problem().text;
        ::_exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 3);
    }
    REQUIRE(child > 0);
    ::close(ends[1]);
    std::string said(8192, '\0');
    const ssize_t got = ::read(ends[0], said.data(), said.size());
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    said.resize(static_cast<std::size_t>(got));
    return said;
}

}  // namespace

TEST_CASE("a file that is no database is refused and stays as it is") {
    const Folder folder;
    const std::string path = folder / "store";
    const std::string text(5000, 'x');
    require_done(base::write_file(path, text));
    const base::Problem problem = refusal(path);
    CHECK(problem.id == "store.not-a-store");
    CHECK(problem.text == path + ": is not an SQLite database");
    CHECK(base::read_file(path, 10000).take() == text);
}

TEST_CASE("the database of another program is refused and stays as it is") {
    const Folder folder;
    const std::string path = folder / "store";
    SECTION("which names itself") {
        Intruder(path).run("PRAGMA application_id = 0x12345678; CREATE TABLE song (title TEXT)");
        const base::Problem problem = refusal(path);
        CHECK(problem.id == "store.foreign");
        CHECK(problem.text ==
              path + ": is the database of another program (application id 0x12345678, wanted 0x746e7374)");
    }
    SECTION("which does not") {
        Intruder(path).run("CREATE TABLE song (title TEXT)");
        CHECK(refusal(path).id == "store.foreign");
    }
    SECTION("which has only a version") {
        Intruder(path).run("PRAGMA user_version = 1");
        CHECK(refusal(path).id == "store.foreign");
    }
    CHECK(Intruder(path).ask("PRAGMA journal_mode") == "delete");
}

TEST_CASE("a store that a newer host wrote is refused and stays as it is") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    Intruder(path).run("PRAGMA user_version = 99");
    const base::Problem problem = refusal(path);
    CHECK(problem.id == "store.newer");
    CHECK(problem.text == path + ": is a store of version 99, this host knows versions up to 4");
    CHECK(Intruder(path).ask("PRAGMA user_version") == "99");
}

TEST_CASE("a store without a version is damaged") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    Intruder(path).run("PRAGMA user_version = -3");
    const base::Problem problem = refusal(path);
    CHECK(problem.id == "store.corrupt");
    CHECK(problem.text == path + ": the store is damaged: its version is -3");
}

TEST_CASE("tables that are not the store's own are refused") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    const std::string damaged = path + ": the store is damaged: ";
    SECTION("a trigger") {
        Intruder(path).run("CREATE TRIGGER watch AFTER UPDATE ON plugin BEGIN DELETE FROM plugin; END");
        CHECK(refusal(path).text == damaged + "the trigger \"watch\" is not that of a store of version 4");
    }
    SECTION("a view in the place of the table") {
        Intruder(path).run("ALTER TABLE plugin RENAME TO real; CREATE VIEW plugin AS SELECT * FROM real");
        CHECK(refusal(path).text == damaged + "the view \"plugin\" is not that of a store of version 4");
    }
    SECTION("another table of the same name") {
        Intruder(path).run("DROP TABLE plugin; CREATE TABLE plugin (id TEXT)");
        CHECK(refusal(path).text == damaged + "the table \"plugin\" is not that of a store of version 4");
    }
    SECTION("no table") {
        Intruder(path).run("DROP TABLE plugin");
        CHECK(refusal(path).text == damaged + "the table \"plugin\" is missing");
    }
    SECTION("a table with a name for terminals") {
        Intruder(path).run("CREATE TABLE \"\x1b[2J\" (x)");
        CHECK(refusal(path).text == damaged + "the table \"\\x1b[2J\" is not that of a store of version 4");
    }
    SECTION("more than anybody would want") {
        std::string sql = "BEGIN;";
        for (int i = 0; i < 500; ++i) sql += "CREATE TABLE a" + std::to_string(i) + " (x);";
        Intruder(path).run(sql + "COMMIT");
        CHECK(refusal(path).text == damaged + "the table \"a0\" is not that of a store of version 4");
    }
    CHECK(refusal(path).id == "store.corrupt");
}

TEST_CASE("values that the store would not have written are damage") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    const std::string damaged = path + ": the store is damaged: ";
    const std::string nonsense = "PRAGMA ignore_check_constraints = ON; UPDATE plugin SET ";
    SECTION("found when it is opened") {
        Intruder(path).run(nonsense + "calls = -1");
        CHECK(refusal(path).text == damaged + "CHECK constraint failed in plugin");
    }
    SECTION("found when they are read") {
        Store store = open_store(path);
        const char* const what = GENERATE("calls = -1", "disabled_by = NULL", "disabled_since = -1",
                                          "disabled_reason = printf('%5000d', 1)", "forgiven = 50");
        INFO(what);
        Intruder(path).run(nonsense + what + " WHERE id = 'org.acme.tax'");
        const auto health = store.health("org.acme.tax");
        REQUIRE(!health);
        CHECK(health.problem().id == "store.corrupt");
        CHECK(health.problem().text == damaged + "what it says of plugin \"org.acme.tax\" is nonsense");
        CHECK(store.all().problem().text == health.problem().text);
    }
    SECTION("a row that is too long to be read at all") {
        Store store = open_store(path);
        Intruder(path).run(nonsense + "disabled_reason = printf('%3000000d', 1)");
        const auto health = store.health("org.acme.tax");
        REQUIRE(!health);
        CHECK(health.problem().text == damaged + "string or blob too big");
    }
}

TEST_CASE("a store with more plugins than anybody has is not read as a whole") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    Intruder(path).run(
        "INSERT INTO plugin (id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        "SELECT 'org.test.n' || i FROM n");
    Store store = open_store(path);
    const auto all = store.all();
    REQUIRE(!all);
    CHECK(all.problem().id == "store.too-many");
    CHECK(all.problem().text == path + ": has more than 100000 plugins");
    CHECK(health_of(store, "org.acme.tax").disabled);
}

TEST_CASE("a store that somebody keeps locked is refused after a while") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    const std::string text = path + ": somebody else keeps it locked (waited for 20 ms)";
    SECTION("for writing") {
        Store store = open_store(path, {.patience_ms = 20});
        const Intruder intruder(path);
        intruder.run("BEGIN IMMEDIATE");
        const base::Check disabled = store.disable("org.acme.spell", "", "operator", second);
        REQUIRE(disabled);
        CHECK(disabled->id == "store.busy");
        CHECK(disabled->text == text);
        const std::vector<host::HealthDelta> deltas{{"org.acme.spell", 1}};
        CHECK(store.add(deltas)->text == text);
        CHECK(store.enable("org.acme.tax")->text == text);
        CHECK(health_of(store, "org.acme.tax").disabled);  // reading does not wait for writers
        intruder.run("COMMIT");
        require_done(store.enable("org.acme.tax"));
    }
    SECTION("for everything") {
        const Intruder intruder(path);
        intruder.run("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
        CHECK(refusal(path).text == text);
    }
    SECTION("while it is brought into its mode") {
        const Intruder intruder(path);
        intruder.run("PRAGMA journal_mode = DELETE; BEGIN; SELECT * FROM plugin");
        CHECK(refusal(path).text == text);
    }
}

TEST_CASE("a store that is not there is made only where that is wanted") {
    const Folder folder;
    const base::Problem problem = refusal(folder / "store", {.create = false});
    CHECK(problem.id == "store.missing");
    CHECK(problem.text == folder / "store: there is no store");
    CHECK(!std::filesystem::exists(folder / "store"));
    make_store(folder / "store");
    Store store = open_store(folder / "store", {.create = false});
    CHECK(health_of(store, "org.acme.tax").calls == 3);
}

TEST_CASE("what is not a file cannot be a store") {
    const Folder folder;
    CHECK(refusal(folder / "none/store").id == "store.unopenable");
    CHECK(refusal(folder / "none/store").text == folder / "none/store: cannot be opened, No such file or directory");
    CHECK(refusal(folder.path()).text == folder.path() + ": is not a regular file");
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(refusal(folder / "fifo").text == folder / "fifo: is not a regular file");
    CHECK(refusal("/dev/null").text == "/dev/null: is not a regular file");
    CHECK(refusal("").text == "\"\": is not a path");
    CHECK(refusal(std::string("a\0b", 3)).text == "\"a\\x00b\": is not a path");
    const std::string too_long = folder / std::string(5000, 'x');
    CHECK(refusal(too_long).id == "store.unopenable");
}

TEST_CASE("a store that this user may not write is refused") {
    const Folder folder;
    const std::string path = folder / "store";
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    make_store(path);
    SECTION("nor read") {
        std::filesystem::permissions(path, std::filesystem::perms(::geteuid() == 0 ? 0600 : 0));
        CHECK(problem_of_nobody(path) == "store.unwritable: " + path + ": cannot be opened, Permission denied");
    }
    SECTION("but read") {
        std::filesystem::permissions(path, std::filesystem::perms(0444));
        CHECK(problem_of_nobody(path) == "store.unwritable: " + path + ": may be read but not written");
    }
    SECTION("because of the folder") {
        std::filesystem::permissions(path, std::filesystem::perms(0666));
        std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
        CHECK(problem_of_nobody(path) ==
              "store.unwritable: " + path + ": cannot be written: attempt to write a readonly database");
    }
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0700));
}

TEST_CASE("a store whose file was taken away says so before it forgets a decision") {
    const Folder folder;
    const std::string path = folder / "store";
    make_store(path);
    Store store = open_store(path);
    std::filesystem::rename(path, folder / "elsewhere");
    if (GENERATE(false, true)) require_done(base::write_file(path, ""));
    const base::Check problem = store.disable("org.acme.spell", "", "operator", second);
    REQUIRE(problem);
    CHECK(problem->id == "store.moved");
    CHECK(problem->text == path + ": the file that was opened is not there any more");
    CHECK(store.enable("org.acme.tax")->id == "store.moved");
    CHECK(store.health("org.acme.tax").problem().id == "store.moved");
    CHECK(store.all().problem().id == "store.moved");
    const std::vector<host::HealthDelta> deltas{{"org.acme.spell", 1}};
    CHECK(store.add(deltas)->id == "store.moved");
}
