// Keys with values in the store: what is kept, how much of it, and what a damaged file makes of it.
#include "host/collections.h"

#include <fmt/format.h>

#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using host::Collections;
using host::Store;
using test::Folder;
using test::Intruder;
using test::open_store;

namespace {

std::string refusal(const base::Check& problem) {
    REQUIRE(problem);
    return problem->id + ": " + problem->text + " " + problem->fix;
}

std::vector<std::string> keys(Collections& collections, std::string_view prefix, std::string_view after = "",
                              std::size_t most = 100) {
    const auto found = collections.keys("notes", {prefix, after, most});
    REQUIRE(found);
    return found.value();
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("a collection keeps the last value of each key, byte for byte, and for the next process") {
    const Folder folder;
    const std::string bytes("\0\xFF\n", 3);
    {
        Store store = open_store(folder / "store");
        Collections collections(store);
        CHECK_FALSE(collections.get("notes", "a").value());
        CHECK_FALSE(collections.put("notes", "a", "first"));
        CHECK_FALSE(collections.put("notes", "a", bytes));
        CHECK_FALSE(collections.put("notes", "empty", ""));
        CHECK_FALSE(collections.put("others", "a", "other"));
    }
    Store store = open_store(folder / "store");
    Collections collections(store);
    CHECK(collections.get("notes", "a").value() == bytes);
    CHECK(collections.get("notes", "empty").value() == "");
    CHECK(collections.remove("notes", "a").value());
    CHECK_FALSE(collections.remove("notes", "a").value());
    CHECK_FALSE(collections.get("notes", "a").value());
    CHECK(collections.get("others", "a").value() == "other");
}

TEST_CASE("keys are listed in the order of their bytes, by what they begin with, and from where the last list ended") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Collections collections(store);
    for (const char* key : {"b", "a/2", "a/10", "\u00e9", "a", "B"}) CHECK_FALSE(collections.put("notes", key, "x"));
    CHECK_FALSE(collections.put("others", "a/3", "x"));
    CHECK(keys(collections, "") == Keys{"B", "a", "a/10", "a/2", "b", "\u00e9"});
    CHECK(keys(collections, "a/") == Keys{"a/10", "a/2"});
    CHECK(keys(collections, "", "a", 2) == Keys{"a/10", "a/2"});
    CHECK(keys(collections, "", "a/2", 2) == Keys{"b", "\u00e9"});
    CHECK(keys(collections, "none").empty());
}

TEST_CASE("keys and values have their sizes, and a refused one changes nothing") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Collections collections(store);
    CHECK_FALSE(collections.put("notes", std::string(512, 'k'), std::string(1u << 20, 'v')));
    CHECK(collections.get("notes", std::string(512, 'k')).value()->size() == 1u << 20);
    CHECK(refusal(collections.put("notes", "k", std::string((1u << 20) + 1, 'v'))) ==
          "collection.too-large: collection:notes: the value of \"k\" has 1048577 bytes, of 1048576 at most Keep it in "
          "a file, or in parts.");
    CHECK(refusal(collections.put("notes", std::string(513, 'k'), "")) ==
          "collection.bad-key: collection:notes: the key has 513 bytes, of 512 at most Use a key of 1 to 512 bytes of "
          "UTF-8.");
    CHECK(collections.get("notes", "").problem().text == "collection:notes: the key is empty");
    CHECK(collections.remove("notes", "\xFFx").problem().text == "collection:notes: the key \"\\xffx\" is not UTF-8");
    CHECK(keys(collections, "").size() == 1);
}

TEST_CASE("a full collection takes nothing that makes it larger, and others are not full for it") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Collections collections(store, {.value_bytes = 100, .key_bytes = 10, .collection_bytes = 50, .items = 3});
    for (const char* key : {"a", "b", "c"}) CHECK_FALSE(collections.put("notes", key, "x"));
    CHECK(refusal(collections.put("notes", "d", "x")) ==
          "collection.full: collection:notes: has 3 items with 6 bytes, of 3 with 50 at most Remove items that are not "
          "needed.");
    CHECK_FALSE(collections.put("notes", "a", std::string(45, 'x')));
    CHECK(refusal(collections.put("notes", "b", "xx")).find("has 3 items with 50 bytes") != std::string::npos);
    CHECK_FALSE(collections.put("notes", "b", "y"));
    CHECK(collections.get("notes", "b").value() == "y");
    CHECK(collections.remove("notes", "a").value());
    CHECK_FALSE(collections.put("notes", "d", "xx"));
    CHECK_FALSE(collections.put("others", "d", "xx"));
    CHECK(Intruder(folder / "store").ask("SELECT items || ' ' || bytes FROM collection WHERE name = 'notes'") == "3 7");
}

TEST_CASE("64 MiB are a full collection") {
    const Folder folder;
    Store store = open_store(folder / "store");
    Collections collections(store);
    const std::string value((1u << 20) - 2, 'v');
    for (int i = 10; i < 74; ++i) CHECK_FALSE(collections.put("notes", std::to_string(i), value));
    CHECK(refusal(collections.put("notes", "x", "")) ==
          "collection.full: collection:notes: has 64 items with 67108864 bytes, of 100000 with 67108864 at most Remove "
          "items that are not needed.");
}

TEST_CASE("what somebody else wrote into the collections is refused where it is nonsense") {
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    Collections collections(store);
    CHECK_FALSE(collections.put("notes", "a", "x"));
    const std::string damaged = path + ": the store is damaged: what is in the collection \"notes\" is nonsense";
    SECTION("less than there is") {
        Intruder(path).run("UPDATE collection SET bytes = 0");
        CHECK(collections.put("notes", "a", "y")->text == damaged);
        CHECK(collections.remove("notes", "a").problem().text == damaged);
        CHECK(collections.get("notes", "a").value() == "x");
    }
    SECTION("a value that is too long") {
        Intruder(path).run("PRAGMA ignore_check_constraints = 1; UPDATE item SET value = zeroblob(1048577)");
        CHECK(collections.get("notes", "a").problem().text == damaged);
    }
    SECTION("a key that is too long") {
        Intruder(path).run("PRAGMA ignore_check_constraints = 1; UPDATE item SET key = zeroblob(600)");
        CHECK(collections.keys("notes", {"", "", 10}).problem().text == damaged);
    }
}
