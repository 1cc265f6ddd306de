// What the kernel denies a confined plugin, and the host does for it.
#include <unistd.h>

#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

bool is_root() {
    return ::geteuid() == 0;
}

}  // namespace

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

TEST_CASE("what has exceptions, or is denied in part, a confined plugin gets through the host alone") {
    const Place place;
    for (const std::string level : {"standard", "strict"}) {
        INFO(level);
        Shop shop(place, told(level, "'read:$temp/notes/** !$temp/notes/private/**', 'write:$temp/drafts/**'",
                              "deny = ['read:$temp/drafts/final/**', 'read:$data/**']"));
        CHECK(shop.tell("read " + place.path("notes/open.txt")) == "errno 13");
        CHECK(shop.tell("open " + place.path("notes/open.txt")) == "0: notes/open.txt");
        CHECK(shop.tell("read " + place.path("notes/private/diary.txt")) == "errno 13");
        CHECK(shop.tell("open " + place.path("notes/private/diary.txt")).find("-13: ") == 0);
        CHECK(shop.tell("read " + place.path("drafts/one.txt")) == "errno 13");
        CHECK(shop.tell("open " + place.path("drafts/one.txt")) == "0: drafts/one.txt");
        CHECK(shop.tell("read " + place.path("drafts/final/two.txt")) == "errno 13");
        CHECK(shop.tell("open " + place.path("drafts/final/two.txt")).find("-13: ") == 0);
        CHECK(shop.tell("keep three apples") == "errno 13");
    }
    Shop shop(place, told("standard", "'write:$temp/drafts/**'", "deny = ['write:$temp/drafts/final/**']"));
    CHECK(shop.tell("read " + place.path("drafts/final/two.txt")) ==
          "drafts/final/two.txt");  // reading is the kernel's
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

TEST_CASE("a confined plugin has a folder of its own that it may write to, wherever that is") {
    const Place place;
    for (const std::string level : {"standard", "strict"})
        for (const std::string& data : {std::string(), place.path("data")}) {
            INFO(level << " " << data);
            Shop shop(place, told(level), "", {"does_as_told"}, data);
            CHECK(shop.tell("keep three apples") == (data.empty() || !is_root() ? "three apples" : "errno 13"));
            // What the application has chosen is not opened to others; a worker of root is another.
            const bool barred = !data.empty() && is_root();
            const std::string own = data + "/" + told_id;
            const std::vector lines{std::string(told_id) + ": " + data +
                                    ": its worker is not root, and may not pass through to its own folder " + own +
                                    "; let others pass through (chmod o+x)"};
            CHECK(shop.logged("may not pass through") == (barred ? lines : std::vector<std::string>()));
        }
}
