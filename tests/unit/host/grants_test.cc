// Grants: what the store remembers of what plugins may do, and that each change of it is in the audit log.
#include "host/grants.h"

#include "host/audit.h"
#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Audit;
using host::Grants;
using host::Requests;
using host::Store;

namespace {

constexpr const char* plugin = "org.acme.tax";

Requests done(base::Result<Requests> result) {
    INFO((result ? std::string() : result.problem().text));
    REQUIRE(result);
    return result.take();
}

std::vector<host::Grant> of(Store& store, std::string_view id = plugin) {
    base::Result<std::vector<host::Grant>> grants = Grants(store).of(id);
    INFO((grants ? std::string() : grants.problem().text));
    REQUIRE(grants);
    return grants.take();
}

Requests log_of(Store& store) {
    const base::Result<std::vector<host::AuditRow>> rows = Audit(store).list({});
    REQUIRE(rows);
    Requests lines;
    for (const host::AuditRow& row : rows.value())
        lines.push_back(row.entry.who + " " + row.entry.what + " " + row.entry.plugin + " " + row.entry.detail);
    return lines;
}

}  // namespace

TEST_CASE("what is granted is remembered with who did it and when, and revoked again") {
    const Folder folder;
    {
        Store store = open_store(folder / "store");
        CHECK(of(store).empty());
        CHECK(done(Grants(store).grant(plugin, Requests{"env:LANG", "content:read"}, "anna", second)) ==
              Requests{"env:LANG", "content:read"});
        CHECK(done(Grants(store).grant("org.acme.other", Requests{"env:LANG"}, "bert", 2 * second)) ==
              Requests{"env:LANG"});
    }
    Store store = open_store(folder / "store");
    const std::vector<host::Grant> grants = of(store);
    REQUIRE(grants.size() == 2);
    CHECK(host::requests_of(grants) == Requests{"content:read", "env:LANG"});
    CHECK(grants[0].since == second);
    CHECK(grants[0].by == "anna");
    CHECK(done(Grants(store).revoke(plugin, Requests{"env:LANG", "env:TZ"}, "carl", 3 * second)) ==
          Requests{"env:LANG"});
    CHECK(host::requests_of(of(store)) == Requests{"content:read"});
    CHECK(host::requests_of(of(store, "org.acme.other")) == Requests{"env:LANG"});
    CHECK(log_of(store) == Requests{"anna granted org.acme.tax env:LANG", "anna granted org.acme.tax content:read",
                                    "bert granted org.acme.other env:LANG", "carl revoked org.acme.tax env:LANG"});
}

TEST_CASE("a grant that is given again changes nothing, and is not logged again") {
    const Folder folder;
    Store store = open_store(folder / "store");
    done(Grants(store).grant(plugin, Requests{"process:/bin/x a"}, "anna", second));
    CHECK(done(Grants(store).grant(plugin, Requests{"process:\"/bin/x\" \"a\"", "env:LANG", "env:LANG"}, "bert", 9)) ==
          Requests{"env:LANG"});
    CHECK(of(store)[1].by == "anna");
    CHECK(log_of(store).size() == 2);
}

TEST_CASE("all grants of a plugin are revoked at once, each with its row of the log") {
    const Folder folder;
    Store store = open_store(folder / "store");
    done(Grants(store).grant(plugin, Requests{"env:LANG", "content:read"}, "anna", second));
    done(Grants(store).grant("org.acme.other", Requests{"env:LANG"}, "anna", second));
    CHECK(done(Grants(store).revoke_all(plugin, "bert", second)) == Requests{"content:read", "env:LANG"});
    CHECK(of(store).empty());
    CHECK(of(store, "org.acme.other").size() == 1);
    CHECK(log_of(store).size() == 5);
    CHECK(done(Grants(store).revoke_all(plugin, "bert", second)).empty());
}

TEST_CASE("one request that cannot be, or an id that is none, and nothing is granted") {
    const Folder folder;
    Store store = open_store(folder / "store");
    const base::Result<Requests> bad = Grants(store).grant(plugin, Requests{"env:LANG", "clipbord:read"}, "anna", 1);
    REQUIRE(!bad);
    CHECK(bad.problem().id == "permission.bad");
    CHECK(bad.problem().text ==
          "\"clipbord:read\" is no request: there is no permission \"clipbord\"; did you mean \"clipboard\"?");
    const base::Result<Requests> nobody = Grants(store).grant("no id", Requests{"env:LANG"}, "anna", 1);
    REQUIRE(!nobody);
    CHECK(nobody.problem().id == "store.bad-id");
    CHECK(nobody.problem().text == "\"no id\" is not the id of a plugin");
    CHECK(!Grants(store).of("no id"));
    CHECK(!Grants(store).revoke(plugin, Requests{"clipbord:read"}, "anna", 1));
    CHECK(!Grants(store).revoke_all("no id", "anna", 1));
    CHECK(of(store).empty());
    CHECK(log_of(store).empty());
}

TEST_CASE("a plugin has at most so many grants; what is one too many is not granted, and not logged") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    Requests many;
    for (std::size_t i = 0; i < host::most_requests; ++i) many.push_back("env:A" + std::to_string(i));
    done(Grants(store).grant(plugin, many, "anna", 1));
    const base::Result<Requests> more = Grants(store).grant(plugin, Requests{"env:LANG"}, "anna", 1);
    REQUIRE(!more);
    CHECK(more.problem().id == "grant.too-many");
    CHECK(more.problem().text == path + ": org.acme.tax would have more than 1024 grants");
    CHECK(more.problem().fix == "Revoke what it does not ask for any more: tenon permissions shows that.");
    CHECK(of(store).size() == host::most_requests);
    CHECK(Audit(store).verify().value().number == host::most_requests);
}

TEST_CASE("a grant in the file that nobody could have given is not believed") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    Intruder(path).run("INSERT INTO granted VALUES ('org.acme.tax', 'everything', 1, 'me')");
    const base::Result<std::vector<host::Grant>> grants = Grants(store).of(plugin);
    REQUIRE(!grants);
    CHECK(grants.problem().id == "store.corrupt");
    CHECK(grants.problem().text == path + ": the store is damaged: what it grants to \"org.acme.tax\" is nonsense");
}

TEST_CASE("a grant that is in the file and not in the log, or the other way round, is found") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    done(Grants(store).grant(plugin, Requests{"env:LANG"}, "anna", second));
    CHECK(Audit(store).verify());
    Intruder(path).run("INSERT INTO granted VALUES ('org.acme.tax', 'read:/**', 1, 'anna')");
    base::Result<host::AuditMark> found = Audit(store).verify();
    REQUIRE(!found);
    CHECK(found.problem().id == "audit.unlogged-grant");
    CHECK(found.problem().text ==
          path + ": the grant \"read:/**\" of \"org.acme.tax\" is in the store, but not in its audit log");
    Intruder(path).run("DELETE FROM granted");
    found = Audit(store).verify();
    REQUIRE(!found);
    CHECK(found.problem().text ==
          path + ": the grant \"env:LANG\" of \"org.acme.tax\" is in the audit log, but not in the store");
}

TEST_CASE("a grant waits for another process that writes, and gives up with what the store says") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path, {.patience_ms = 20});
    const Intruder intruder(path);
    intruder.run("BEGIN IMMEDIATE");
    const base::Result<Requests> busy = Grants(store).grant(plugin, Requests{"env:LANG"}, "anna", 1);
    REQUIRE(!busy);
    CHECK(busy.problem().id == "store.busy");
    CHECK(busy.problem().text == path + ": somebody else keeps it locked (waited for 20 ms)");
    intruder.run("COMMIT");
    CHECK(done(Grants(store).grant(plugin, Requests{"env:LANG"}, "anna", 1)) == Requests{"env:LANG"});
}
