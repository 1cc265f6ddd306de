// Plugins that are unloaded while threads of theirs ask the host for one thing after the other.
#include "tests/integration/requests_shop.h"
#include "tests/support/mapped.h"

using namespace tenon;
using namespace tenon::test;

namespace {

const std::string all_granted = "'collection:notes:read-write', 'notifications'";

std::ptrdiff_t threads() {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
}

bool has_workers() {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream children(task.path() / "children");
        if (std::string child; children >> child) return true;
    }
    return false;
}

bool is_mapped() {
    return mapped_files("", "does-as-told") != 0;
}

}  // namespace

TEST_CASE("a plugin whose threads ask without end is unloaded, and none of them is left") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, all_granted), place.path(level + ".db"));
        REQUIRE(shop.refusal().empty());
        const std::ptrdiff_t before = threads();
        CHECK(is_mapped());
        CHECK(has_workers() == (level != "trusted"));
        CHECK(shop.tell("storm 4") == "begun");
        CHECK(comes_true([&] { return shop.tell("get notes storm") == "0: x"; }));
        if (level == "trusted") CHECK(threads() >= before + 4);
        CHECK(shop.unload() == TENON_STATE_UNLOADED);
        CHECK(comes_true([&] { return threads() <= before; }));
        CHECK(comes_true([] { return !has_workers(); }));
        CHECK_FALSE(is_mapped());
        shop.load();
        CHECK(shop.tell("get notes storm") == "0: x");
    }
}

TEST_CASE("a host ends while threads of its plugin ask without end") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        const std::ptrdiff_t before = threads();
        {
            Shop shop(place, told(level, all_granted), place.path(level + ".db"));
            CHECK(shop.tell("storm 4") == "begun");
            CHECK(comes_true([&] { return shop.tell("get notes storm") == "0: x"; }));
        }
        CHECK(comes_true([&] { return threads() <= before; }));
        CHECK(comes_true([] { return !has_workers(); }));
    }
}

TEST_CASE("a worker ends with its plugin, whose threads do not notice that it was stopped") {
    const Place place;
    Shop shop(place, told("standard", all_granted), place.path("store.db"));
    CHECK(shop.tell("rage 4") == "begun");
    CHECK(comes_true([&] { return shop.tell("get notes storm") == "0: x"; }));
    CHECK(has_workers());
    CHECK(shop.unload() == TENON_STATE_UNLOADED);
    CHECK(comes_true([] { return !has_workers(); }));
    shop.load();
    CHECK(shop.tell("get notes storm") == "0: x");
}
