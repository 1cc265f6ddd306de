// Collections that plugins keep with their host, and grants that are in its store.
#include <tenon/permissions.h>

#include "host/audit.h"
#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr const char* notes = "'collection:notes:read-write'";

void grant(const std::string& store, const std::string& request) {
    const tenon_str line = str(request);
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_grant(str(store), tenon_str_from(told_id), &line, 1,
                                            tenon_str_from("the shopkeeper"), nullptr, nullptr, &error);
    INFO(error.text);
    REQUIRE(status == TENON_OK);
}

std::vector<host::AuditEntry> audited(const std::string& path) {
    base::Result<host::Store> store = host::Store::open(path);
    REQUIRE(store);
    host::Store opened = store.take();
    const auto rows = host::Audit(opened).list({});
    REQUIRE(rows);
    std::vector<host::AuditEntry> entries;
    for (const host::AuditRow& row : rows.value()) entries.push_back(row.entry);
    return entries;
}

}  // namespace

TEST_CASE("what is put into a collection is there to get, list and remove") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, notes), place.path(level + ".db"));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("list notes") == "0");
        CHECK(shop.tell("put notes pear green") == "0");
        CHECK(shop.tell("put notes apple red as ever") == "0");
        CHECK(shop.tell("put notes apricot orange") == "0");
        CHECK(shop.tell("get notes apple") == "0: red as ever");
        CHECK(shop.tell("thread get notes apple") == "0: red as ever");
        CHECK(shop.tell("list notes") == "0: [apple][apricot][pear]");
        CHECK(shop.tell("list notes ap") == "0: [apple][apricot]");
        CHECK(shop.tell("after notes apple") == "0: [apricot][pear]");
        CHECK(shop.tell("remove notes apple") == "0");
        const std::string none = refused(TENON_E_NOT_FOUND, "collection:notes: there is no key \"apple\"");
        CHECK(shop.tell("get notes apple") == none);
        CHECK(shop.tell("remove notes apple") == none);
        CHECK(shop.tell("list notes") == "0: [apricot][pear]");
    }
}

TEST_CASE("a collection takes keys of 512 bytes and values of 1 MiB, and no larger ones") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, notes), place.path(level + ".db"));
        CHECK(shop.tell("put notes " + std::string(512, 'k') + " v") == "0");
        const std::string bad_key =
            refused(TENON_E_INVALID,
                    "collection:notes: the key has 513 bytes, of 512 at most. Use a key of 1 to 512 bytes of UTF-8.");
        CHECK(shop.tell("put notes " + std::string(513, 'k') + " v") == bad_key);
        CHECK(shop.tell("get notes " + std::string(513, 'k')) == bad_key);
        CHECK(shop.tell("fill notes crate 1048576") == "0");
        CHECK(shop.tell("get notes crate") == "0: " + in_short(std::string(1048576, 'v')));
        CHECK(shop.tell("fill notes lorry 1048577") ==
              refused(TENON_E_FULL,
                      "collection:notes: the value of \"lorry\" has 1048577 bytes, of 1048576 at most. Keep it in a "
                      "file, or in parts."));
    }
}

TEST_CASE("a plugin reads what another one wrote into the collection, and cannot write where it may only read") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, notes) + told(level, "'collection:notes:read'", "", onlooker_id),
                  place.path(level + ".db"), {"does_as_told", "looks_on"});
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("put notes apple red") == "0");
        CHECK(shop.tell("onlooker get notes apple") == "0: red");
        CHECK(shop.tell("onlooker list notes") == "0: [apple]");
        const std::string denial = not_asked_for("collection:notes:write", onlooker_id);
        CHECK(shop.tell("onlooker put notes apple brown") == denial);
        CHECK(shop.tell("onlooker remove notes apple") == denial);
        CHECK(shop.tell("get notes apple") == "0: red");
    }
}

TEST_CASE("what is in a collection is still there for the next host") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        const std::string store = place.path(level + ".db");
        CHECK(Shop(place, told(level, notes), store).tell("put notes apple red") == "0");
        CHECK(Shop(place, told(level, notes), store).tell("get notes apple") == "0: red");
    }
}

TEST_CASE("a host without a store keeps no collections, and says so") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, notes));
        const std::string none = refused(TENON_E_UNIMPLEMENTED,
                                         "collection:notes: this host has no store to keep it in. Name a file in "
                                         "tenon_host_options.store_file.");
        for (const char* deed : {"put notes apple red", "get notes apple", "remove notes apple", "list notes"})
            CHECK(shop.tell(deed) == none);
    }
}

TEST_CASE("a collection that was not granted is denied with the command, and once in the audit log") {
    const Place place;
    const std::string store = place.path("store.db");
    {
        Shop shop(place, told("standard"), store);
        for (int i = 0; i < 3; ++i)
            CHECK(shop.tell("put notes apple red") ==
                  not_granted("collection:notes:write", "collection:notes:read-write", store));
    }
    const std::vector<host::AuditEntry> entries = audited(store);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].who == "host");
    CHECK(entries[0].plugin == told_id);
    CHECK(entries[0].what == "denied");
    CHECK(entries[0].detail == "collection:notes:write");
}

TEST_CASE("a grant in the store counts when the plugin is loaded next, without a word of the operator's file") {
    const Place place;
    const std::string store = place.path("store.db");
    const std::string denial = not_granted("collection:notes:write", "collection:notes:read-write", store);
    Shop shop(place, told("standard"), store);
    CHECK(shop.tell("put notes apple red") == denial);
    grant(store, "collection:notes:read-write");
    CHECK(shop.tell("put notes apple red") == denial);
    REQUIRE(shop.unload() == TENON_STATE_UNLOADED);
    shop.load();
    CHECK(shop.tell("put notes apple red") == "0");
    CHECK(shop.tell("get notes apple") == "0: red");
}
