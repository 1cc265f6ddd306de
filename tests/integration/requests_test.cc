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

TEST_CASE("what a file is like is told where it may be read, in process and confined") {
    const Place place;
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, "'read:$temp/shelf/*.txt', 'write:$temp/drafts/**'"));
        CHECK_THAT(
            shop.tell("stat " + place.path("shelf/label.txt")),
            Catch::Matchers::Matches("0: \\[type=file\\]\\[size=15\\]\\[modified=[0-9]{19}\\]\\[writable=false\\]"));
        CHECK_THAT(shop.tell("stat " + place.path("drafts/final")),
                   Catch::Matchers::Matches(
                       "0: \\[type=folder\\]\\[size=[0-9]+\\]\\[modified=[0-9]{19}\\]\\[writable=true\\]"));
        CHECK(shop.tell("stat " + place.path("shelf/none.txt")) ==
              refused(TENON_E_NOT_FOUND, place.path("shelf/none.txt") + " does not exist; ask for what is there"));
        CHECK(shop.tell("stat " + place.path("secret.txt")) == not_asked_for("read:" + place.path("secret.txt")));
        CHECK(shop.tell("stat ..").find("-2: the path \"..\" ") == 0);
    }
}

TEST_CASE("an exception is left out of what was granted, in process and confined") {
    const Place place;
    for (const std::string level : {"trusted", "standard", "strict"}) {
        INFO(level);
        Shop shop(place, told(level, "'read:$temp/notes/** !$temp/notes/private/**'"));
        CHECK(shop.tell("open " + place.path("notes/open.txt")) == "0: notes/open.txt");
        const std::string diary = place.path("notes/private/diary.txt");
        const std::string rule = "!" + place.path("notes/private/**");
        for (const std::string deed : {"open ", "stat "})
            CHECK(shop.tell(deed + diary) ==
                  refused(TENON_E_REFUSED, "read:" + diary + " is denied by the rule \"" + rule +
                                               "\"; take the rule \"" + rule + "\" back"));
        CHECK(shop.logged("is denied by the rule").size() == 1);
    }
}

TEST_CASE("what was granted without an exception does not grant it with one, and the command has all of it") {
    const Place place;
    Shop shop(place, told("standard", "'read:$temp/notes/**'"));
    const std::string note = place.path("notes/open.txt");
    CHECK(shop.tell("open " + note) == not_granted("read:" + note, "'read:$temp/notes/** !$temp/notes/private/**'"));
    CHECK(shop.tell("open " + place.path("notes/private/diary.txt")) ==
          not_asked_for("read:" + place.path("notes/private/diary.txt")));
}

TEST_CASE("what the operator denies goes before what was granted, also before a plugin's own folder") {
    const Place place;
    const std::string general = "[sandbox]\ndeny = ['read:$data/**']\n";
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place,
                  general + told(level, "'read:$temp/plain.txt', 'write:$temp/drafts/**'",
                                 "deny = ['read:$temp/plain.*', 'write:$temp/drafts/final/**']"),
                  "", {"does_as_told"}, place.path("data"));
        CHECK(shop.refusal().empty());
        const auto denied = [](const std::string& what, const std::string& rule) {
            return refused(TENON_E_REFUSED,
                           what + " is denied by the rule \"" + rule + "\"; take the rule \"" + rule + "\" back");
        };
        const std::string plain = place.path("plain.txt"), two = place.path("drafts/final/two.txt");
        CHECK(shop.tell("open " + plain) == denied("read:" + plain, "read:$temp/plain.*"));
        CHECK(shop.tell("open " + two) == "0: drafts/final/two.txt");
        CHECK(shop.tell("write " + two) == denied("write:" + two, "write:$temp/drafts/final/**"));
        CHECK(shop.tell("write " + place.path("drafts/one.txt")) == "0: errno 9");  // it cannot be read, but written
        const std::string own = place.path("data") + "/" + told_id + "/kept.txt";
        CHECK(shop.tell("open " + own) == denied("read:" + own, "read:$data/**"));
    }
}

TEST_CASE("a denial that names no place denies all files, and the log has why") {
    const Place place;
    const char* const home = std::getenv("HOME");
    const std::string before = home != nullptr ? home : "";
    ::setenv("HOME", "/no\nplace", 1);
    const std::string rule = "read:$home/.ssh/**";
    Shop shop(place, told("standard", "", "deny = ['" + rule + "']"), "", {"does_as_told"}, place.path("data"));
    const std::string own = place.path("data") + "/" + told_id + "/kept.txt";
    CHECK(shop.tell("open " + own) == refused(TENON_E_REFUSED, "read:" + own + " is denied by the rule \"" + rule +
                                                                   "\"; take the rule \"" + rule + "\" back"));
    CHECK(shop.logged("names no place").size() == 1);
    CHECK(shop.logged("the denial \"" + rule +
                      "\" names no place here, so that all files are denied; let HOME and TMPDIR name folders, or "
                      "write a path")
              .size() == 1);
    ::setenv("HOME", before.c_str(), 1);
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
