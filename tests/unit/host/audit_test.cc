// The audit log: rows that are chained by hash, so that whoever changes one is found out.
#include "host/audit.h"

#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Audit;
using host::AuditEntry;
using host::AuditMark;
using host::AuditRow;
using host::Store;

namespace {

const AuditEntry denied{5 * second, "host", "org.acme.tax", "denied", "read:/etc/shadow"};

void append(Store& store, const AuditEntry& entry) {
    require_done(Audit(store).append(entry));
}

std::vector<AuditRow> rows_of(Store& store, const host::AuditFilter& filter = {}) {
    base::Result<std::vector<AuditRow>> rows = Audit(store).list(filter);
    INFO((rows ? std::string() : rows.problem().text));
    REQUIRE(rows);
    return rows.take();
}

AuditMark verified(Store& store) {
    base::Result<AuditMark> mark = Audit(store).verify();
    INFO((mark ? std::string() : mark.problem().text));
    REQUIRE(mark);
    return mark.take();
}

// What verify() says once the file was changed by this.
std::string broken_by(const std::string& sql, const std::optional<AuditMark>& known = {}) {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    for (const char* detail : {"a", "b", "c", "d"}) append(store, {second, "anna", "org.acme.tax", "denied", detail});
    if (!sql.empty()) Intruder(path).run(sql);
    const base::Result<AuditMark> mark = Audit(store).verify(known);
    REQUIRE(!mark);
    CHECK(mark.problem().id == "audit.broken");
    CHECK(mark.problem().fix ==
          "Somebody else than Tenon has changed the file, or the disk has: compare it with a copy from before, look at "
          "who may write it, and at the grants that it has.");
    REQUIRE(mark.problem().text.starts_with(path + ": "));
    return mark.problem().text.substr(path.size() + 2);
}

constexpr const char* hash_1 = "8487cee39ae3a472fc36e694ae326c11156dfcc2706a3892d32467f09d69dc9d";
constexpr const char* hash_2 = "7efa17a7f006ba88e76c60fd013d4f2799a78cfe687c190eeba373bf591e797b";

}  // namespace

TEST_CASE("a log without rows verifies, and ends before the first row") {
    const Folder folder;
    Store store = open_store(folder / "store");
    CHECK(rows_of(store).empty());
    CHECK(verified(store).number == 0);
    CHECK(verified(store).hash == std::string(64, '0'));
}

TEST_CASE("rows are listed as they were appended, the newest of all or of one plugin") {
    const Folder folder;
    const std::string path = folder / "store";
    {
        Store store = open_store(path);
        append(store, denied);
        append(store, {6 * second, "anna", "org.acme.other", "granted", "env:LANG"});
        append(store, {7 * second, "", "org.acme.tax", "", ""});
    }
    Store store = open_store(path);
    const std::vector<AuditRow> rows = rows_of(store);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].number == 1);
    CHECK(rows[0].entry.when == 5 * second);
    CHECK(rows[0].entry.who == "host");
    CHECK(rows[0].entry.plugin == "org.acme.tax");
    CHECK(rows[0].entry.what == "denied");
    CHECK(rows[0].entry.detail == "read:/etc/shadow");
    CHECK(rows[0].previous == std::string(64, '0'));
    CHECK(rows[1].previous == rows[0].hash);
    CHECK(rows[2].entry.detail.empty());
    CHECK(rows_of(store, {.last = 2}).front().number == 2);
    CHECK(rows_of(store, {.plugin = "org.acme.tax"}).size() == 2);
    CHECK(rows_of(store, {.plugin = "org.acme.tax", .last = 1}).front().number == 3);
    CHECK(rows_of(store, {.plugin = "org.acme.nobody"}).empty());
    CHECK(rows_of(store, {.last = SIZE_MAX}).size() == 3);
}

TEST_CASE("the hash of a row is the one that the page of the documentation says how to compute") {
    const Folder folder;
    Store store = open_store(folder / "store");
    append(store, denied);
    append(store, {6 * second, "anna", "org.acme.tax", "granted", "env:LANG"});
    CHECK(rows_of(store)[0].hash == hash_1);
    CHECK(rows_of(store)[1].hash == hash_2);
}

TEST_CASE("texts that are too long are cut, and bytes of all kinds are kept") {
    const Folder folder;
    Store store = open_store(folder / "store");
    append(store, {UINT64_MAX, std::string(1000, 'w'), "org.acme.tax", std::string(1000, 'x'),
                   std::string(4095, 'y') + "\u00e9"});
    append(store, {1, std::string("a\0b", 3), "org.acme.tax", "\xff\n", std::string("\0", 1)});
    const std::vector<AuditRow> rows = rows_of(store);
    CHECK(rows[0].entry.when == INT64_MAX);
    CHECK(rows[0].entry.who == std::string(128, 'w'));
    CHECK(rows[0].entry.what == std::string(64, 'x'));
    CHECK(rows[0].entry.detail == std::string(4095, 'y'));
    CHECK(rows[1].entry.who == std::string("a\0b", 3));
    CHECK(rows[1].entry.what == "\xff\n");
    CHECK(rows[1].entry.detail == std::string("\0", 1));
    CHECK(verified(store).number == 2);
}

TEST_CASE("a row about nobody is not appended") {
    const Folder folder;
    Store store = open_store(folder / "store");
    const base::Check problem = Audit(store).append({1, "anna", "no id", "denied", ""});
    REQUIRE(problem);
    CHECK(problem->id == "store.bad-id");
    CHECK(problem->text == "\"no id\" is not the id of a plugin");
    CHECK(rows_of(store).empty());
}

TEST_CASE("a log that was changed is found out, with the row, what was found and what was wanted") {
    CHECK(broken_by("DELETE FROM audit WHERE number = 2") ==
          "row 2 of the audit log is missing: behind row 1 comes row 3");
    CHECK(broken_by("DELETE FROM audit WHERE number = 1") ==
          "row 1 of the audit log is missing: behind row 0 comes row 2");
    CHECK(broken_by("DELETE FROM audit WHERE number = 4") ==
          "the audit log ends with row 3; its head says that it ends with row 4");
    CHECK(broken_by("DELETE FROM audit") == "the audit log is empty; its head says that it ends with row 4");
    CHECK(broken_by("UPDATE audit_head SET number = 3") ==
          "the audit log ends with row 4; its head says that it ends with row 3");
    CHECK(broken_by("UPDATE audit SET detail = 'B' WHERE number = 2")
              .starts_with("row 2 of the audit log is not as it was written: found the hash \""));
    CHECK(broken_by("UPDATE audit SET previous = 'x' WHERE number = 2")
              .starts_with("row 2 of the audit log does not follow row 1: found the hash \"x\" of the row before, "
                           "wanted "));
    CHECK(broken_by("UPDATE audit_head SET hash = '" + std::string(64, 'a') + "'")
              .ends_with("; its head says that it ends with " + std::string(64, 'a')));
    CHECK(broken_by("UPDATE audit SET who = printf('%.200c', 'w') WHERE number = 3") ==
          "row 3 of the audit log has what no host writes: a text that is too long, or a number below zero");
}

TEST_CASE("a tail that was cut off together with the head is found out by who has kept a mark") {
    const std::string cut =
        "DELETE FROM audit WHERE number > 2; UPDATE audit_head SET number = 2, "
        "hash = (SELECT hash FROM audit WHERE number = 2)";
    CHECK(broken_by(cut, AuditMark{4, std::string(64, 'a')}) == "the audit log ends with row 2; it once had row 4");
    const std::string other = broken_by("", AuditMark{3, std::string(64, 'a')});
    CHECK(other.starts_with("row 3 of the audit log is another one: found the hash "));
    CHECK(other.ends_with(", wanted " + std::string(64, 'a')));
    const Folder folder;
    Store store = open_store(folder / "store");
    append(store, denied);
    const AuditMark mark = verified(store);
    append(store, denied);
    CHECK(Audit(store).verify(mark));
    CHECK(Audit(store).verify(AuditMark{0, std::string(64, '0')}));
}

TEST_CASE("a log without a head, or with rows behind it, takes no more rows") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    append(store, denied);
    Intruder(path).run("UPDATE audit_head SET number = 0, hash = '" + std::string(64, '0') + "'");
    base::Check problem = Audit(store).append(denied);
    REQUIRE(problem);
    CHECK(problem->id == "store.corrupt");
    CHECK(problem->text == path + ": the store is damaged: its audit log has a row 1, and should end with row 0");
    Intruder(path).run("DELETE FROM audit_head");
    problem = Audit(store).append(denied);
    REQUIRE(problem);
    CHECK(problem->text == path + ": the store is damaged: its audit log has no head");
}

TEST_CASE("rows behind one that was taken away do not make up for it") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    append(store, denied);
    append(store, denied);
    Intruder(path).run("DELETE FROM audit WHERE number = 2");
    append(store, denied);
    const base::Result<AuditMark> mark = Audit(store).verify();
    REQUIRE(!mark);
    CHECK(mark.problem().text == path + ": row 2 of the audit log is missing: behind row 1 comes row 3");
}

TEST_CASE("the mark of a row is read as verify prints it") {
    const std::string hash(64, 'a');
    const std::optional<AuditMark> mark = host::mark_in("17:" + hash);
    REQUIRE(mark);
    CHECK(mark->number == 17);
    CHECK(mark->hash == hash);
    for (const std::string& bad :
         std::vector<std::string>{"17", ":" + hash, "17:abc", "x:" + hash, "-1:" + hash, "17:" + std::string(64, 'A'),
                                  "1000000000000000000:" + hash, "17:" + hash + "0", std::string()}) {
        INFO(bad);
        CHECK(!host::mark_in(bad));
    }
}
