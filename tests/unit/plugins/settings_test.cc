#include "plugins/spell-check/settings.h"

#include "tests/support/catch.h"

using spell_check::parse_settings;

TEST_CASE("without settings the spell check is not slow") {
    CHECK(spell_check::read_settings("/nowhere/settings.toml").delay.count() == 0);
    CHECK(parse_settings("", "s.toml").delay.count() == 0);
    CHECK(parse_settings("", "s.toml").delayed_pages == UINT64_MAX);
}

TEST_CASE("settings say how slow the spell check is, and for how many pages") {
    const auto settings = parse_settings("# slow\n\ndelay = \"20 ms\" # each\r\n  delayed_pages=6", "s.toml");
    CHECK(settings.delay.count() == 20);
    CHECK(settings.delayed_pages == 6);
}

TEST_CASE("a setting that is not understood is refused with its line") {
    for (const char* line :
         {"delay = 20", "delay = \"20 s\"", "delay = \"-1 ms\"", "delay = \"12345 ms\"", "dely = 1",
          "delayed_pages = \"6\"", "delayed_pages = ", "delay", "= 3", "delay = \" ms\"", "delay = \" ms"})
        CHECK_THROWS_WITH(parse_settings(std::string("\n") + line + "\n", "s.toml"),
                          "s.toml:2: wanted delay = \"20 ms\" (at most 9999 ms) or delayed_pages = 6");
}
