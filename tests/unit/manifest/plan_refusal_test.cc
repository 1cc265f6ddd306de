#include "tests/unit/manifest/plan_fixture.h"

using namespace tenon::manifest;

TEST_CASE("a dependency in the wrong version is refused with the version found and its path") {
    Shelf shelf;
    shelf.add("org.a", "1.2.0").needs("org.b", "^2");
    shelf.add("org.b", "1.9.0");
    CHECK(shelf.refusals() ==
          "plan.dependency-version | org.a 1.2.0 (/p/org.a) needs org.b ^2; found org.b 1.9.0 at /p/org.b");
    CHECK(shelf.order() == "org.b");
}

TEST_CASE("an active plugin in the wrong version is refused as a dependency") {
    Shelf shelf;
    shelf.add("org.a").needs("org.b", "^2");
    shelf.active("org.b", "1.9.0");
    CHECK(shelf.refusals() ==
          "plan.dependency-version | org.a 1.0.0 (/p/org.a) needs org.b ^2; found org.b 1.9.0, active");
}

TEST_CASE("a missing dependency is refused with the nearest id") {
    Shelf shelf;
    shelf.add("org.a").needs("org.markdwon", "^2").needs("com.other", "*");
    shelf.add("org.markdown", "2.0.0");
    CHECK(shelf.refusals() ==
          "plan.dependency-missing | org.a 1.0.0 (/p/org.a) needs org.markdwon ^2; no plugin has this id; did you mean "
          "org.markdown?\n"
          "plan.dependency-missing | org.a 1.0.0 (/p/org.a) needs com.other *; no plugin has this id");
}

TEST_CASE("a contract in the wrong version is refused with who offers which") {
    Shelf shelf;
    shelf.host_offers("org.tenon.pressroom", "1.0.0");
    shelf.add("org.a").uses("org.tenon.pressroom", "^2");
    CHECK(
        shelf.refusals() ==
        "plan.contract-version | org.a 1.0.0 (/p/org.a) needs contract org.tenon.pressroom ^2; the host offers 1.0.0");
    shelf.add("org.b").offers("org.tenon.pressroom", "3.0.0");
    CHECK(
        shelf.refusals() ==
        "plan.contract-version | org.a 1.0.0 (/p/org.a) needs contract org.tenon.pressroom ^2; the host offers 1.0.0, "
        "org.b offers 3.0.0");
}

TEST_CASE("a contract that nobody offers is refused with the nearest name") {
    Shelf shelf;
    shelf.host_offers("org.tenon.pressroom", "1.0.0");
    shelf.add("org.a").uses("org.tenon.presroom", "^1");
    shelf.add("org.b").uses("com.acme.shop", "^1");
    CHECK(shelf.refusals() ==
          "plan.contract-missing | org.a 1.0.0 (/p/org.a) needs contract org.tenon.presroom ^1; nobody offers it; did "
          "you mean org.tenon.pressroom?\n"
          "plan.contract-missing | org.b 1.0.0 (/p/org.b) needs contract com.acme.shop ^1; nobody offers it");
}

TEST_CASE("two files with one id are both refused, and both paths named") {
    Shelf shelf;
    shelf.add("org.a", "1.0.0").at("/one");
    shelf.add("org.a", "2.0.0").at("/two");
    shelf.add("org.b");
    CHECK(shelf.refusals() ==
          "plan.duplicate-id | org.a 1.0.0 (/one): 2 files have the id org.a: /one, /two\n"
          "plan.duplicate-id | org.a 2.0.0 (/two): 2 files have the id org.a: /one, /two");
    CHECK(shelf.order() == "org.b");
}

TEST_CASE("a plugin whose id is active is refused") {
    Shelf shelf;
    shelf.add("org.a", "2.0.0");
    shelf.active("org.a", "1.0.0");
    CHECK(shelf.refusals() == "plan.already-active | org.a 2.0.0 (/p/org.a): org.a 1.0.0 is active already");
    CHECK(shelf.order().empty());
}

TEST_CASE("the members of a circle are refused, each with its way round") {
    Shelf shelf;
    shelf.add("org.a").needs("org.b", "*");
    shelf.add("org.b").needs("org.c", "*");
    shelf.add("org.c").needs("org.a", "*");
    shelf.add("org.d");
    CHECK(shelf.refusals() ==
          "plan.cycle | org.a 1.0.0 (/p/org.a) needs itself in the end: org.a -> org.b -> org.c -> org.a\n"
          "plan.cycle | org.b 1.0.0 (/p/org.b) needs itself in the end: org.b -> org.c -> org.a -> org.b\n"
          "plan.cycle | org.c 1.0.0 (/p/org.c) needs itself in the end: org.c -> org.a -> org.b -> org.c");
    CHECK(shelf.order() == "org.d");
}

TEST_CASE("a circle can lead through a contract") {
    Shelf shelf;
    shelf.add("org.a").offers("org.shop", "1.0.0").needs("org.b", "*");
    shelf.add("org.b").uses("org.shop", "^1");
    CHECK(shelf.refusals() ==
          "plan.cycle | org.a 1.0.0 (/p/org.a) needs itself in the end: org.a -> org.b -> org.a\n"
          "plan.cycle | org.b 1.0.0 (/p/org.b) needs itself in the end: org.b -> org.a -> org.b");
}

TEST_CASE("a dependency on itself is a circle of one") {
    Shelf shelf;
    shelf.add("org.a").needs("org.a", "*");
    CHECK(shelf.refusals() == "plan.cycle | org.a 1.0.0 (/p/org.a) needs itself in the end: org.a -> org.a");
}

TEST_CASE("a circle of thousands is refused in few words") {
    Shelf shelf;
    for (int i = 0; i < 3000; ++i)
        shelf.add(fmt::format("org.n{}", i)).needs(fmt::format("org.n{}", (i + 1) % 3000), "*");
    const Plan plan = shelf.plan();
    REQUIRE(plan.refusals.size() == 3000);
    CHECK(plan.refusals[0].problem.text ==
          "org.n0 1.0.0 (/p/org.n0) needs itself in the end: 3000 plugins need each other");
}

TEST_CASE("who needs a refused plugin is refused with the whole chain") {
    Shelf shelf;
    shelf.add("org.a").needs("org.b", "^1");
    shelf.add("org.b").needs("org.c", "^1");
    shelf.add("org.c").needs("org.nowhere", "^1");
    CHECK(shelf.refusals() ==
          "plan.dependency-refused | org.a 1.0.0 (/p/org.a) needs org.b ^1, which is refused: org.b 1.0.0 (/p/org.b) "
          "needs org.c ^1, which is refused: org.c 1.0.0 (/p/org.c) needs org.nowhere ^1; no plugin has this id\n"
          "plan.dependency-refused | org.b 1.0.0 (/p/org.b) needs org.c ^1, which is refused: org.c 1.0.0 (/p/org.c) "
          "needs org.nowhere ^1; no plugin has this id\n"
          "plan.dependency-missing | org.c 1.0.0 (/p/org.c) needs org.nowhere ^1; no plugin has this id");
    CHECK(shelf.order().empty());
}

TEST_CASE("who uses the contract of a refused plugin is refused") {
    Shelf shelf;
    shelf.add("org.a").uses("org.shop", "^1");
    shelf.add("org.b").offers("org.shop", "1.0.0").needs("org.nowhere", "*");
    CHECK(shelf.refusals() ==
          "plan.contract-refused | org.a 1.0.0 (/p/org.a) needs contract org.shop ^1 of org.b, which is refused: org.b "
          "1.0.0 (/p/org.b) needs org.nowhere *; no plugin has this id\n"
          "plan.dependency-missing | org.b 1.0.0 (/p/org.b) needs org.nowhere *; no plugin has this id");
}

TEST_CASE("who needs an id that is there twice, or a member of a circle, is refused") {
    Shelf shelf;
    shelf.add("org.a").needs("org.twice", "*");
    shelf.add("org.b").needs("org.x", "*");
    shelf.add("org.twice").at("/one");
    shelf.add("org.twice").at("/two");
    shelf.add("org.x").needs("org.y", "*");
    shelf.add("org.y").needs("org.x", "*");
    const std::string refusals = shelf.refusals();
    CHECK(
        refusals.starts_with("plan.dependency-refused | org.a 1.0.0 (/p/org.a) needs org.twice *, which is refused: "
                             "org.twice 1.0.0 (/one): 2 "
                             "files have the id org.twice: /one, /two\n"
                             "plan.dependency-refused | org.b 1.0.0 (/p/org.b) needs org.x *, which is refused: org.x "
                             "1.0.0 (/p/org.x) needs "
                             "itself in the end: org.x -> org.y -> org.x\n"));
    CHECK(shelf.order().empty());
}

TEST_CASE("one refusal does not hide another of the same plugin") {
    Shelf shelf;
    shelf.host_offers("org.shop", "1.0.0");
    shelf.active("org.a", "0.1.0");
    shelf.add("org.a")
        .needs("org.nowhere", "*")
        .needs("org.b", "^2")
        .needs("org.bad", "*")
        .needs("org.c", "*")
        .uses("org.shop", "^2")
        .uses("org.other", "^1");
    shelf.add("org.b");
    shelf.add("org.bad").needs("org.missing", "*");
    shelf.add("org.c").needs("org.d", "*");
    shelf.add("org.d").needs("org.c", "*").needs("org.missing", "*");
    std::string ids;
    for (const Refusal& refusal : shelf.plan().refusals)
        ids += fmt::format("{} {}\n", shelf.id(refusal.candidate), refusal.problem.id);
    CHECK(ids ==
          "org.a plan.already-active\norg.a plan.dependency-missing\norg.a plan.dependency-version\n"
          "org.a plan.contract-version\norg.a plan.contract-missing\norg.a plan.dependency-refused\n"
          "org.a plan.dependency-refused\n"
          "org.bad plan.dependency-missing\n"
          "org.c plan.cycle\n"
          "org.d plan.dependency-missing\norg.d plan.cycle\n");
    CHECK(shelf.order() == "org.b");
}

TEST_CASE("a long chain of refusals does not make endless texts") {
    Shelf shelf;
    for (int i = 0; i < 2000; ++i) shelf.add(fmt::format("org.n{:04}", i)).needs(fmt::format("org.n{:04}", i + 1), "*");
    const Plan plan = shelf.plan();
    REQUIRE(plan.refusals.size() == 2000);
    CHECK(plan.order.empty());
    for (const Refusal& refusal : plan.refusals) CHECK(refusal.problem.text.size() < 1200);
    CHECK(plan.refusals[1000].problem.text.find("which is refused: ") != std::string::npos);
}

TEST_CASE("of many files with one id the first few are named by their paths") {
    Shelf shelf;
    std::string paths;
    for (int i = 10; i < 30; ++i) shelf.add("org.a").at(fmt::format("/{}", i));
    for (int i = 10; i < 26; ++i) paths += fmt::format("/{}, ", i);
    const Plan plan = shelf.plan();
    REQUIRE(plan.refusals.size() == 20);
    CHECK(plan.refusals[19].problem.text == "org.a 1.0.0 (/29): 20 files have the id org.a: " + paths + "...");
}

TEST_CASE("only the first of very many missing names get a suggestion") {
    Shelf shelf;
    constexpr int count = 3000;
    for (int i = 0; i < count; ++i)
        shelf.add(fmt::format("org.plugin-{:04}", i)).needs(fmt::format("org.plugin-{:04}x", i), "*");
    const Plan plan = shelf.plan();
    REQUIRE(plan.refusals.size() == count);
    CHECK(plan.refusals.front().problem.text ==
          "org.plugin-0000 1.0.0 (/p/org.plugin-0000) needs org.plugin-0000x *; no plugin has this id; did you mean "
          "org.plugin-0000?");
    CHECK(plan.refusals.back().problem.text ==
          "org.plugin-2999 1.0.0 (/p/org.plugin-2999) needs org.plugin-2999x *; no plugin has this id");
}
