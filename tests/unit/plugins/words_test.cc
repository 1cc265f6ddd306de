#include "plugins/spell-check/words.h"

#include <algorithm>

#include "tests/support/catch.h"

using spell_check::split_words;
using spell_check::words_of;
using Words = std::vector<std::string>;

TEST_CASE("prose is split at space and punctuation") {
    CHECK(split_words("One two, (three); \"four\"? five-six don't.") ==
          Words{"One", "two", "three", "four", "five", "six", "don't"});
    CHECK(split_words("well\xe2\x80\x94then, the plugin\xe2\x80\x99s na\xc3\xafve host\xc2\xa0now") ==
          Words{"well", "then", "the", "plugin", "na\xc3\xafve", "host", "now"});
}

TEST_CASE("identifiers, paths, numbers, acronyms and what is shorter than three letters are no words") {
    CHECK(
        split_words("a CamelCase camelCase ABI DLLs snake_case x86 v1.2 host/load.cc foo.md e.g. a=b tenon::Host $HOME "
                    "me@example.org 12 ns of --json") == Words{"json"});
}

TEST_CASE("words of a document carry its lines") {
    const auto words = words_of("# Title here\n\nfirst line\nsecond *line*\n\n- item\n");
    REQUIRE(words.size() == 7);
    CHECK(words[0].text == "Title");
    CHECK(words[0].line == 1);
    CHECK(words[2].text == "first");
    CHECK(words[2].line == 3);
    CHECK(words[4].text == "second");
    CHECK(words[4].line == 4);
    CHECK(words[6].text == "item");
    CHECK(words[6].line == 6);
}

TEST_CASE("code, HTML, addresses and the texts of links do not count") {
    CHECK(words_of("`code` <b>\n\n```\nblock\n```\n\n    indented\n\n<div>html</div>\n\n"
                   "[text](http://x.y/zz) <http://aa.bb/cc>\n")
              .empty());
}

TEST_CASE("one slip is a swap, a missing, a wrong or an additional letter") {
    const Words near = spell_check::one_slip_from("teh");
    const auto has = [&](const char* word) { return std::find(near.begin(), near.end(), word) != near.end(); };
    for (const char* word : {"the", "tech", "ten", "eh"}) CHECK(has(word));
    CHECK_FALSE(has("them"));
    CHECK(near.size() == 2 + 4 * 26 + 3 * 26 + 3);
    CHECK(near.front() == "eth");
    CHECK(spell_check::one_slip_from("na\xc3\xafv").empty());
}
