// What the kernel denies a confined plugin, and the host does for it.
#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

TEST_CASE("a confined plugin reads what was granted: itself, or through the host where the kernel has no rule") {
    const Place place;
    for (const std::string level : {"standard", "strict"}) {
        Shop shop(place, told(level, "'read:$temp/shelf/*.txt', 'read:$temp/plain.txt', 'env:SHOP_SIGN'"));
        CHECK(shop.refusal().empty());
        CHECK(shop.tell("read " + place.path("plain.txt")) == "plain.txt");
        CHECK(shop.tell("read " + place.path("shelf/label.txt")) == "errno 13");
        CHECK(shop.tell("read " + place.path("secret.txt")) == "errno 13");
        CHECK(shop.tell("read /etc/shadow") == "errno 13");
        CHECK(shop.tell("open " + place.path("shelf/label.txt")) == "0: shelf/label.txt");
        CHECK(shop.tell("env SHOP_SIGN") == "open");
        CHECK(shop.tell("env SHOP_SECRET") == "not there");
        CHECK(shop.tell("env SHOP_UNASKED") == "not there");
    }
}

TEST_CASE("a locked plugin gets nothing, whatever was granted") {
    const Place place;
    Shop shop(place, told("locked", "'read:$temp/plain.txt', 'env:SHOP_SIGN', 'notifications'"));
    CHECK(shop.refusal().empty());
    CHECK(shop.tell("read " + place.path("plain.txt")) == "errno 1");  // no call takes a path
    CHECK(shop.tell("open " + place.path("plain.txt")).find("-13: ") == 0);
    CHECK(shop.tell("env SHOP_SIGN") == "not there");
    CHECK(shop.tell("notify closing time").find("-13: ") == 0);
}
