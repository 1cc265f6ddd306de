#include "manifest/plan.h"

#include "tests/unit/manifest/plan_fixture.h"

using namespace tenon::manifest;

TEST_CASE("without candidates there is nothing to do") {
    CHECK(Shelf().order().empty());
    CHECK(Shelf().refusals().empty());
}

TEST_CASE("plugins that need nothing start by id") {
    Shelf shelf;
    shelf.add("org.c");
    shelf.add("org.a");
    shelf.add("org.b");
    CHECK(shelf.order() == "org.a org.b org.c");
    CHECK(shelf.refusals().empty());
}

TEST_CASE("a plugin starts after those it depends on") {
    Shelf shelf;
    shelf.add("org.a").needs("org.c", "^1");
    shelf.add("org.b").needs("org.a", "*");
    shelf.add("org.c").needs("org.d", ">=1");
    shelf.add("org.d");
    shelf.add("org.e");
    CHECK(shelf.order() == "org.d org.c org.a org.b org.e");
    CHECK(shelf.refusals().empty());
    shelf.turn_round();
    CHECK(shelf.order() == "org.d org.c org.a org.b org.e");
}

TEST_CASE("what is active already meets dependencies and orders nothing") {
    Shelf shelf;
    shelf.add("org.a").needs("org.z", "^2");
    shelf.active("org.z", "2.1.0");
    CHECK(shelf.order() == "org.a");
}

TEST_CASE("users of a contract that a plugin offers start after that plugin") {
    Shelf shelf;
    shelf.add("org.a").uses("org.shop", "^1.1");
    shelf.add("org.z").offers("org.shop", "1.2.0");
    CHECK(shelf.order() == "org.z org.a");
    CHECK(shelf.refusals().empty());
}

TEST_CASE("of several that provide an id those with an admitted version start first") {
    Shelf shelf;
    shelf.add("org.a").needs("org.shop", "^1");
    shelf.add("org.x").provides("org.shop", "1.0.0");
    shelf.add("org.y").provides("org.shop", "2.0.0");
    shelf.add("org.z").provides("org.shop", "1.5.0");
    CHECK(shelf.order() == "org.x org.y org.z org.a");
    shelf.add("org.b").needs("org.shop", "^2");
    CHECK(shelf.order() == "org.x org.y org.b org.z org.a");
}

TEST_CASE("one of several that provide an id may be refused") {
    Shelf shelf;
    shelf.add("org.a").needs("org.shop", "^1");
    shelf.add("org.x").provides("org.shop", "1.0.0").needs("org.nowhere", "1");
    shelf.add("org.z").provides("org.shop", "1.5.0");
    CHECK(shelf.order() == "org.z org.a");
}

TEST_CASE("a plugin may use the contract that it offers itself") {
    Shelf shelf;
    shelf.add("org.a").uses("org.shop", "^1").offers("org.shop", "1.0.0");
    CHECK(shelf.order() == "org.a");
    CHECK(shelf.refusals().empty());
}

TEST_CASE("a contract of the host needs no plugin, but one that offers it, too, goes first") {
    Shelf shelf;
    shelf.host_offers("org.shop", "1.0.0");
    shelf.add("org.a").uses("org.shop", "^1");
    CHECK(shelf.order() == "org.a");
    shelf.add("org.z").offers("org.shop", "1.1.0");
    CHECK(shelf.order() == "org.z org.a");
}

TEST_CASE("the offer of an active plugin counts as the host's") {
    Shelf shelf;
    shelf.host_offers("org.shop", "1.0.0", "org.active");
    shelf.active("org.active", "3.0.0");
    shelf.add("org.a").uses("org.shop", "^1");
    CHECK(shelf.order() == "org.a");
}

TEST_CASE("an optional dependency orders if it is there and says nothing if it is not") {
    Shelf shelf;
    shelf.add("org.a").likes("org.z", "^1");
    shelf.add("org.b").likes("org.nowhere", "^1");
    CHECK(shelf.order() == "org.a org.b");
    shelf.add("org.z");
    CHECK(shelf.order() == "org.b org.z org.a");
    CHECK(shelf.refusals().empty());
}

TEST_CASE("an optional dependency in another version, or refused, is as if it were not there") {
    Shelf shelf;
    shelf.add("org.a").likes("org.z", "^2");
    shelf.add("org.b").likes("org.y", "^1");
    shelf.add("org.y").needs("org.nowhere", "*");
    shelf.add("org.z");
    CHECK(shelf.order() == "org.a org.b org.z");
}

TEST_CASE("optional dependencies give way where they would close a circle") {
    Shelf shelf;
    shelf.add("org.a").likes("org.b", "*");
    shelf.add("org.b").needs("org.a", "*");
    CHECK(shelf.order() == "org.a org.b");
    shelf.add("org.0").likes("org.b", "*");  // outside the circle its wish holds
    CHECK(shelf.order() == "org.a org.b org.0");
    CHECK(shelf.refusals().empty());
}

TEST_CASE("two plugins that would rather start after each other start by id") {
    Shelf shelf;
    shelf.add("org.b").likes("org.a", "*");
    shelf.add("org.a").likes("org.b", "*");
    CHECK(shelf.order() == "org.a org.b");
}

TEST_CASE("the order in which files were found does not matter") {
    Shelf shelf;
    shelf.add("org.a").needs("org.e", "*").likes("org.d", "*");
    shelf.add("org.b").uses("org.shop", "*");
    shelf.add("org.c").needs("org.nowhere", "*");
    shelf.add("org.d").needs("org.c", "*");
    shelf.add("org.e").offers("org.shop", "1.0.0");
    shelf.add("org.f").needs("org.g", "*");
    shelf.add("org.g").needs("org.f", "*");
    const std::string order = shelf.order();
    const std::string refusals = shelf.refusals();
    CHECK(order == "org.e org.a org.b");
    shelf.turn_round();
    CHECK(shelf.order() == order);
    CHECK(shelf.refusals() == refusals);
}

TEST_CASE("a chain of ten thousand plugins is planned without recursion") {
    Shelf shelf;
    constexpr int count = 10000;
    for (int i = 0; i < count; ++i) {
        auto plugin = shelf.add(fmt::format("org.n{:05}", i));
        if (i + 1 < count) plugin.needs(fmt::format("org.n{:05}", i + 1), "*");
    }
    const Plan plan = shelf.plan();
    REQUIRE(plan.order.size() == count);
    CHECK(plan.order.front() == count - 1);
    CHECK(plan.order.back() == 0);
}
