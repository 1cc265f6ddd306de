// What a plugin may do itself, what the host does for it, and what neither does: at every level of trust.
#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

TEST_CASE("a trusted plugin gets what its manifest asks for, without grants") {
    const Place place;
    Shop shop(place, told("trusted"));
    CHECK(shop.refusal().empty());
    CHECK(shop.tell("open " + place.path("shelf/label.txt")) == "0: shelf/label.txt");
    CHECK(shop.tell("open " + place.path("plain.txt")) == "0: plain.txt");
    CHECK(shop.tell("open " + place.path("secret.txt")).find("-13: ") == 0);
    CHECK(shop.tell("notify closing time") == "0");
    CHECK(shop.tell("read " + place.path("secret.txt")) == "secret.txt");  // in process nobody is in the way
    CHECK(shop.tell("ask something") == "-2");
}

TEST_CASE("what is denied says who, what, and the command that grants it, to the plugin and in the log") {
    const Place place;
    Shop shop(place, told("standard"));
    const std::string path = place.path("shelf/label.txt");
    const std::string denial = shop.tell("open " + path);
    CHECK(denial == not_granted("read:" + path, "'read:$temp/shelf/*.txt'"));
    CHECK(shop.tell("open " + path) == denial);
    CHECK(shop.logged("is not granted") == std::vector{std::string(told_id) + ": " + denial.substr(5)});
    CHECK(shop.tell("notify closing time") == not_granted("notifications", "notifications"));
}

TEST_CASE("twenty notifications a minute are shown, and no more") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, "'notifications'"));
        const auto begin = std::chrono::steady_clock::now();
        std::size_t shown = 0;
        std::string last = shop.tell("notify closing time");
        for (; last == "0" && shown < 1000; ++shown) last = shop.tell("notify closing time");
        // While they are shown, one more becomes possible every three seconds.
        const auto more = (std::chrono::steady_clock::now() - begin) / std::chrono::seconds(3);
        CHECK(shown >= 20);
        CHECK(shown <= 20 + static_cast<std::size_t>(more));
        CHECK_THAT(last, Catch::Matchers::Matches("-17: more than 20 notifications a minute; wait [1-4] s"));
        CHECK(shop.logged(std::string(told_id) + ": notification: closing time: ").size() == shown);
    }
}

TEST_CASE("a request with more names than there may be is none") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, "'notifications'"));
        CHECK(shop.tell("flood 4096") == "0");
        CHECK(shop.tell("flood 4097") == "-2");
        CHECK(shop.tell("flood 5000") == "-2");
    }
}
