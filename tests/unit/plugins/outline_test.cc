#include "plugins/table-of-contents/outline.h"

#include "tests/support/catch.h"

using table_of_contents::nested_list;
using table_of_contents::outline;
using table_of_contents::slug;

TEST_CASE("a slug has lower-case words joined by hyphens") {
    CHECK(slug("The C ABI: rules") == "the-c-abi-rules");
    CHECK(slug("  What's new?  ") == "whats-new");
    CHECK(slug("Größe 10 µm") == "größe-10-µm");
    CHECK(slug("?!") == "section");
    CHECK(slug("") == "section");
}

TEST_CASE("headings get ids, and the rest of the page stays as it is") {
    const auto out = outline("<h1>A <em>b</em></h1>\n<p>x</p>\n<h2 class=\"c\">B</h2>\n<h4>no</h4>");
    CHECK(out.changed);
    CHECK(out.html == "<h1 id=\"a-b\">A <em>b</em></h1>\n<p>x</p>\n<h2 id=\"b\" class=\"c\">B</h2>\n<h4>no</h4>");
    REQUIRE(out.headings.size() == 2);
    CHECK(out.headings[0].level == 1);
    CHECK(out.headings[0].title == "A b");
    CHECK(out.headings[1].id == "b");
}

TEST_CASE("ids are unique, also among ids that are not of headings") {
    const auto out = outline("<p id=\"x-2\"></p><h2>x</h2><h2>X</h2><h2>x 2</h2><h3>x</h3>");
    REQUIRE(out.headings.size() == 4);
    CHECK(out.headings[0].id == "x");
    CHECK(out.headings[1].id == "x-3");
    CHECK(out.headings[2].id == "x-2-2");
    CHECK(out.headings[3].id == "x-4");
}

TEST_CASE("an id that a heading has stays") {
    const auto out = outline("<h2 id=\"here\">There</h2>");
    CHECK_FALSE(out.changed);
    CHECK(out.html == "<h2 id=\"here\">There</h2>");
    REQUIRE(out.headings.size() == 1);
    CHECK(out.headings[0].id == "here");
}

TEST_CASE("the outline of an outlined page is the same outline") {
    const auto first = outline("<h1>A &amp; B</h1><h2>c</h2><h2>c</h2>");
    const auto second = outline(first.html);
    CHECK_FALSE(second.changed);
    REQUIRE(second.headings.size() == first.headings.size());
    for (std::size_t i = 0; i < first.headings.size(); ++i) CHECK(second.headings[i].id == first.headings[i].id);
}

TEST_CASE("a heading that does not close is left alone") {
    const auto out = outline("<h2>a<h2>b</h2>");
    REQUIRE(out.headings.size() == 1);
    CHECK(out.headings[0].title == "b");
}

TEST_CASE("the list nests by level and escapes titles") {
    const auto list = nested_list({{1, "T", "t"}, {2, "a<b", "a"}, {3, "c", "c"}, {2, "d", "d"}});
    CHECK(list ==
          "<ul><li><a href=\"#a\">a&lt;b</a><ul><li><a href=\"#c\">c</a></li></ul></li>"
          "<li><a href=\"#d\">d</a></li></ul>");
}

TEST_CASE("a list that begins below its top level is closed properly") {
    CHECK(nested_list({{3, "a", "a"}, {2, "b", "b"}}) ==
          "<ul><li><a href=\"#a\">a</a></li></ul><ul><li><a href=\"#b\">b</a></li></ul>");
}

TEST_CASE("a page with only its title has no list") {
    CHECK(nested_list({}).empty());
    CHECK(nested_list({{1, "T", "t"}}).empty());
}
