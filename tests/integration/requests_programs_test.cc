// Programs that a plugin runs through its host.
#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

const std::string every_program =
    "'process:/usr/bin/printf %s {text}', 'process:/usr/bin/env', 'process:/usr/bin/tee /dev/stderr', "
    "'process:/bin/sh -c {script}'";

}  // namespace

TEST_CASE("a program runs with the values in its template, and gives its output and its exit status") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_program));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("run /usr/bin/printf text=three apples; $HOME") == "0: 0 three apples; $HOME");
        CHECK(shop.tell("run /usr/bin/tee") == "0: 0 from the till[errors=from the till]");
        CHECK(shop.tell("run /bin/sh script=echo sold out; exit 3") == "0: 3 sold out\n");
        CHECK(shop.tell("run /bin/sh script=kill -9 $$") == "0: -9");
    }
}

TEST_CASE("a program that the manifest does not ask for is denied") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_program));
        CHECK(shop.tell("run /usr/bin/id") == not_asked_for("process:/usr/bin/id"));
    }
}

TEST_CASE("a program that was not granted is denied with the command that grants it") {
    const Place place;
    Shop shop(place, told("standard", "'process:/usr/bin/env'"));
    CHECK(shop.tell("run /usr/bin/printf text=apples") ==
          not_granted("process:/usr/bin/printf", "'process:/usr/bin/printf %s {text}'"));
    CHECK(shop.tell("run /usr/bin/tee") == not_granted("process:/usr/bin/tee", "'process:/usr/bin/tee /dev/stderr'"));
    CHECK(shop.tell("run /usr/bin/env").starts_with("0: 0 "));
}

TEST_CASE("a value that would be an option is refused, and so are values that no template takes") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_program));
        CHECK(shop.tell("run /usr/bin/printf text=--version") ==
              refused(TENON_E_INVALID,
                      "process:/usr/bin/printf: the value of \"text\" makes an argument that begins with \"-\", which "
                      "would be an option; give another value"));
        const std::string fix = "; give a value for each {name} in the arguments of a grant, and no other";
        CHECK(shop.tell("run /usr/bin/printf") ==
              refused(TENON_E_INVALID, "process:/usr/bin/printf: no grant has arguments of no values" + fix));
        CHECK(shop.tell("run /usr/bin/env text=apples") ==
              refused(TENON_E_INVALID, "process:/usr/bin/env: no grant has arguments of the values \"text\"" + fix));
    }
}

TEST_CASE("a program sees nothing of the host's environment") {
    const Place place;
    REQUIRE(::getenv("SHOP_SECRET") != nullptr);
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_program + ", 'env:SHOP_SECRET'"));
        CHECK(shop.tell("env SHOP_SECRET") == "sesame");
        CHECK(shop.tell("run /usr/bin/env") == "0: 0 PATH=/usr/bin:/bin\nLANG=C.UTF-8\n");
    }
}
