// In which order handlers run, told by examples.
#include "host/order.h"

#include "tests/support/catch.h"
#include "tests/unit/host/places.h"

using namespace tenon::host;
using fixtures::Handlers;
using tenon::manifest::Phase;

TEST_CASE("a hook without handlers has an order, too") {
    const Solved solved = solve({});
    CHECK(solved.ok());
    CHECK(solved.order.empty());
    CHECK(solved.missing.empty());
}

TEST_CASE("the phase comes before the priority") {
    const Handlers handlers = Handlers()
                                  .add("org.observes", 90, Phase::observe)
                                  .add("org.late", 50, Phase::late)
                                  .add("org.early", -50, Phase::early)
                                  .add("org.normal", 0);
    CHECK(handlers.order() == "org.early org.normal org.late org.observes");
    CHECK(handlers.why(0, 2) == "org.early runs before org.observes because phase early comes before phase observe");
}

TEST_CASE("the higher priority comes before the owner's id") {
    const Handlers handlers =
        Handlers().add("org.a", INT32_MIN).add("org.b", -1).add("org.c", 20).add("org.d", INT32_MAX);
    CHECK(handlers.order() == "org.d org.c org.b org.a");
    CHECK(handlers.why(1, 2) == "org.c runs before org.b because org.c has priority 20 in phase normal, org.b has -1");
}

TEST_CASE("the owner's id comes before the sequence of registration") {
    const Handlers handlers = Handlers().add("org.acme.b", 10).add("org.acme.a", 10);
    CHECK(handlers.order() == "org.acme.a org.acme.b");
    CHECK(handlers.why(0, 1) ==
          "org.acme.a runs before org.acme.b because both have priority 10 in phase normal, and org.acme.a comes "
          "before org.acme.b by its id");
}

TEST_CASE("of one owner's handlers the one that was registered first runs first, whatever its name") {
    const Handlers handlers = Handlers().add("org.a#z").add("org.a#y").add("org.a");
    CHECK(handlers.order() == "org.a#z org.a#y org.a");
    CHECK(handlers.why(1, 0) ==
          "org.a#z runs before org.a#y because both have priority 0 in phase normal and belong to org.a, and org.a#z "
          "was registered first");
}

TEST_CASE("handlers that are called the same are told apart by their registration") {
    const Handlers handlers = Handlers().add("app").add("app").add("org.a");
    CHECK(handlers.why(0, 1) ==
          "app (registration 0) runs before app (registration 1) because both have priority 0 in phase normal and "
          "belong to app, and app (registration 0) was registered first");
    CHECK(handlers.why(2, 1) ==
          "app (registration 1) runs before org.a because both have priority 0 in phase normal, and app comes before "
          "org.a by its id");
}

TEST_CASE("a wish overrules priority, id and sequence") {
    const Handlers before = Handlers().add("org.a", 10).add("org.z", -10).before("org.a");
    CHECK(before.order() == "org.z org.a");
    CHECK(before.why(0, 1) == R"(org.z runs before org.a because org.z wants to be before "org.a")");
    const Handlers after = Handlers().add("org.a", 10).after("org.z").add("org.z", -10);
    CHECK(after.order() == "org.z org.a");
    CHECK(after.why(0, 1) == R"(org.z runs before org.a because org.a wants to be after "org.z")");
}

TEST_CASE("a wish that names an owner means all of its handlers, one that names a handler only that one") {
    CHECK(Handlers().add("org.a#x").add("org.a#y").add("org.z", -5).before("org.a").order() == "org.z org.a#x org.a#y");
    const Handlers one = Handlers().add("org.a#x").add("org.a#y").add("org.z", -5).before("org.a#y");
    CHECK(one.order() == "org.a#x org.z org.a#y");
    CHECK(one.why(1, 2) == R"(org.z runs before org.a#y because org.z wants to be before "org.a#y")");
    CHECK(Handlers().add("org.a#x").add("org.a#y").after("org.z").add("org.z#any", -5).order() ==
          "org.a#x org.z#any org.a#y");
}

TEST_CASE("an id that begins like another one is another one") {
    const Handlers handlers = Handlers().add("org.acme").add("org.acme.tax").add("org.z").before("org.acme.tax");
    CHECK(handlers.order() == "org.acme org.z org.acme.tax");
}

TEST_CASE("who names its own owner means the others of that owner") {
    const Handlers last = Handlers().add("org.a#x", 9).after("org.a").add("org.a#y").add("org.a#z");
    CHECK(last.order() == "org.a#y org.a#z org.a#x");
    const Handlers sibling = Handlers().add("org.a#x").add("org.a#y").before("org.a#x");
    CHECK(sibling.order() == "org.a#y org.a#x");
    const Handlers alone = Handlers().add("org.a").before("org.a").after("org.a");
    CHECK(alone.order() == "org.a");
    CHECK(solve(alone.places()).missing.empty());
}

TEST_CASE("a chain moves handlers that were inserted before") {
    // Each was put to its place as it came: z, then a before it by its id. The last one turns both around.
    const Handlers turned = Handlers().add("org.z").add("org.a").add("org.m").after("org.z").before("org.a");
    CHECK(turned.order() == "org.z org.m org.a");
    CHECK(
        turned.why(1, 0) ==
        R"(org.z runs before org.a by way of org.m: org.m wants to be after "org.z"; org.m wants to be before "org.a")");
    // p must go behind q, and takes with it r, which is behind p and ran before q until now.
    const Handlers pulled =
        Handlers().add("org.p", 30).add("org.r", 20).after("org.p").add("org.q", 10).before("org.p").add("org.s", 15);
    CHECK(pulled.order() == "org.s org.q org.p org.r");
}

TEST_CASE("a handler that waits lets those pass that have a higher priority than the one it waits for") {
    const Handlers handlers =
        Handlers().add("org.first", 100).after("org.slow").add("org.middle", 10).add("org.slow", 0);
    CHECK(handlers.order() == "org.middle org.slow org.first");
    CHECK(handlers.why(0, 1) ==
          R"(org.middle runs before org.first because org.first waits for org.slow (org.first wants to be after )"
          R"("org.slow"), and org.middle runs before org.slow: org.middle has priority 10 in phase normal, org.slow )"
          "has 0");
    const Handlers further = Handlers()
                                 .add("org.first", 100)
                                 .after("org.between")
                                 .add("org.middle", 10)
                                 .add("org.between", 50)
                                 .add("org.slow", 0)
                                 .before("org.between");
    CHECK(further.order() == "org.middle org.slow org.between org.first");
    CHECK(further.why(0, 1) ==
          R"(org.middle runs before org.first because org.first waits for org.slow (org.slow wants to be before )"
          R"("org.between"; org.first wants to be after "org.between"), and org.middle runs before org.slow: )"
          "org.middle has priority 10 in phase normal, org.slow has 0");
}

TEST_CASE("a wish that agrees with the phases changes nothing, and across phases the phase is what decides") {
    const Handlers handlers = Handlers()
                                  .add("org.a", 0, Phase::early)
                                  .before("org.b")
                                  .add("org.b", 0, Phase::normal)
                                  .before("org.c")
                                  .add("org.c", 0, Phase::late);
    CHECK(handlers.order() == "org.a org.b org.c");
    CHECK(handlers.why(0, 1) == R"(org.a runs before org.b because org.a wants to be before "org.b")");
    CHECK(handlers.why(0, 2) == "org.a runs before org.c because phase early comes before phase late");
}

TEST_CASE("a wish against the phases is a cycle") {
    const Handlers before = Handlers().add("org.x", 0, Phase::late).before("org.y").add("org.y", 0, Phase::early);
    CHECK(before.problem() ==
          "hook.order-cycle: com.example.shop/price: the order of its handlers is a circle: org.x is in phase late and "
          "wants to be before org.y of phase early; org.y runs before org.x because phase early comes before phase "
          "late | put both into one phase, or remove the wish");
    CHECK(solve(before.places()).cycle.members == std::vector<std::size_t>{0, 1});
    CHECK(solve(before.places()).order.empty());
    const Handlers after = Handlers().add("org.y", 0, Phase::normal).after("org.x").add("org.x", 0, Phase::observe);
    CHECK(after.problem() ==
          "hook.order-cycle: com.example.shop/price: the order of its handlers is a circle: org.y is in phase normal "
          "and wants to be after org.x of phase observe; org.y runs before org.x because phase normal comes before "
          "phase observe | put both into one phase, or remove the wish");
    // One of the owner's handlers is enough.
    const Handlers owner = Handlers().add("org.o#a", 0, Phase::early).add("org.o#b").add("org.x").before("org.o");
    CHECK(owner.problem().find("org.x is in phase normal and wants to be before org.o#a of phase early") !=
          std::string::npos);
}

TEST_CASE("a handler that wants to be before itself is a cycle of one") {
    const Handlers handlers = Handlers().add("org.a#x").before("org.a#x").add("org.b");
    CHECK(handlers.problem() ==
          "hook.order-cycle: com.example.shop/price: the order of its handlers is a circle: org.a#x runs before "
          "org.a#x because org.a#x wants to be before \"org.a#x\" | remove the wish");
    CHECK(
        handlers.why(0, 1) ==
        "org.a#x and org.b have no order: org.a#x runs before org.a#x because org.a#x wants to be before \"org.a#x\"");
}

TEST_CASE("two handlers that both want to be first are a cycle with the reasons of both") {
    const Handlers handlers = Handlers().add("org.other").add("org.b").before("org.a").add("org.a").before("org.b");
    CHECK(handlers.problem() ==
          "hook.order-cycle: com.example.shop/price: the order of its handlers is a circle: org.a runs before org.b "
          "because org.a wants to be before \"org.b\"; org.b runs before org.a because org.b wants to be before "
          "\"org.a\" | remove one of these wishes");
    CHECK(solve(handlers.places()).cycle.members == std::vector<std::size_t>{2, 1});
}

TEST_CASE("a cycle is told with its members, without those that only wait for it") {
    const Handlers handlers = Handlers()
                                  .add("org.a")
                                  .after("org.d")
                                  .add("org.b")
                                  .after("org.c")
                                  .add("org.c")
                                  .after("org.d")
                                  .add("org.d")
                                  .after("org.b");
    const Solved solved = solve(handlers.places());
    CHECK(solved.cycle.members == std::vector<std::size_t>{1, 3, 2});
    CHECK(solved.cycle.reasons ==
          std::vector<std::string>{"org.b runs before org.d because org.d wants to be after \"org.b\"",
                                   "org.d runs before org.c because org.c wants to be after \"org.d\"",
                                   "org.c runs before org.b because org.b wants to be after \"org.c\""});
    CHECK(handlers.why(0, 1).find("org.a and org.b have no order: org.b runs before org.d because") == 0);
}

TEST_CASE("a cycle of any length is found, and the first 32 members of a long one are told") {
    for (const std::size_t length : {1u, 2u, 3u, 10u, 32u, 33u, 1000u}) {
        Handlers handlers;
        for (std::size_t i = 0; i < length; ++i)
            handlers.add("org.a#" + std::to_string(i)).before("org.a#" + std::to_string((i + 1) % length));
        handlers.add("org.a#first", 5).add("org.b");
        const Solved solved = solve(handlers.places());
        CHECK(solved.order.empty());
        REQUIRE(solved.cycle.members.size() == length);
        REQUIRE(solved.cycle.reasons.size() == length);
        for (std::size_t i = 0; i < length; ++i) CHECK(solved.cycle.members[i] == i);
        const std::string text = handlers.problem();
        CHECK((text.find("; and 1 more | remove") != std::string::npos) == (length == 33));
        CHECK((text.find("; and 968 more | remove") != std::string::npos) == (length == 1000));
    }
}

TEST_CASE("names that nobody has are listed, and the order is there nevertheless") {
    const Handlers handlers = Handlers()
                                  .add("org.acme.tax")
                                  .add("org.acme.price", 5)
                                  .before("org.acme.taxi")
                                  .after("org.none")
                                  .after("org.acme.tax#vat");
    CHECK(handlers.order() == "org.acme.price org.acme.tax");
    const std::vector<const Place*> places = handlers.places();
    const Solved solved = solve(places);
    REQUIRE(solved.missing.size() == 3);
    CHECK(solved.missing[0].place == 1);
    CHECK_FALSE(solved.missing[0].after);
    CHECK(solved.missing[0].name == "org.acme.taxi");
    CHECK(solved.missing[1].after);
    const auto text = [&](std::size_t i) {
        const tenon::base::Problem problem = missing_problem("com.example.shop/price", places, solved.missing[i]);
        return problem.id + ": " + problem.text + " | " + problem.fix;
    };
    CHECK(text(0) ==
          "hook.order-missing: com.example.shop/price: org.acme.price wants to be before \"org.acme.taxi\", but no "
          "handler here has that name; did you mean \"org.acme.tax\"? | correct the name, or leave it: the wish counts "
          "as soon as there is such a handler");
    CHECK(text(1) ==
          "hook.order-missing: com.example.shop/price: org.acme.price wants to be after \"org.none\", but no handler "
          "here has that name | correct the name, or leave it: the wish counts as soon as there is such a handler");
}

TEST_CASE("nobody is asked whether they meant themselves") {
    const Handlers handlers = Handlers().add("org.acme.price#vat").before("org.acme.prize").after("org.acme.price#cat");
    const std::vector<const Place*> places = handlers.places();
    const Solved solved = solve(places);
    CHECK(solved.missing.size() == 2);
    for (const MissingName& missing : solved.missing)
        CHECK(missing_problem("a/b", places, missing).text.find("did you mean") == std::string::npos);
}

TEST_CASE("a handler without a name is not the one with an empty name") {
    const Handlers handlers = Handlers().add("org.a").add("org.z").before("org.a#");
    CHECK(handlers.order() == "org.a org.z");
    CHECK(solve(handlers.places()).missing.at(0).name == "org.a#");
}

TEST_CASE("a name that is no text is told so that no terminal obeys it") {
    const Handlers handlers = Handlers().add("org.a").before("\x1b[2J");
    const std::vector<const Place*> places = handlers.places();
    const Solved solved = solve(places);
    CHECK(missing_problem("a/b", places, solved.missing.at(0)).text ==
          "a/b: org.a wants to be before \"\\x1b[2J\", but no handler here has that name");
}

TEST_CASE("what is missing is listed beside a cycle") {
    const Handlers handlers = Handlers().add("org.a").before("org.b").before("org.none").add("org.b").before("org.a");
    CHECK(solve(handlers.places()).missing.size() == 1);
    CHECK(solve(handlers.places()).cycle.members.size() == 2);
}

TEST_CASE("ten thousand handlers in a chain of ten thousand wishes are solved") {
    constexpr std::size_t count = 10000;
    Handlers handlers;
    for (std::size_t i = 0; i < count; ++i) {
        handlers.add("org.a#" + std::to_string(i), static_cast<std::int32_t>(i));
        if (i + 1 < count) handlers.before("org.a#" + std::to_string(i + 1));
    }
    const std::vector<const Place*> places = handlers.places();
    const Solved solved = solve(places);
    REQUIRE(solved.order.size() == count);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(solved.order[i] == i);
    const std::string text = why(places, count - 1, 0);
    CHECK(text.find("org.a#0 runs before org.a#9999 by way of org.a#1, org.a#2, ") == 0);
    CHECK(text.find(", org.a#32, and 9966 more: org.a#0 wants to be before \"org.a#1\"; ") != std::string::npos);
    CHECK(text.find("; and 9967 more") != std::string::npos);
}
