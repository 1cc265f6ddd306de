#include "plugins/text/html.h"

#include "tests/support/catch.h"

TEST_CASE("a tag is found with its name, attributes and place") {
    const auto tag = text::next_tag("ab <h2 id=\"x\">t</h2>", 0);
    REQUIRE(tag);
    CHECK(tag->name == "h2");
    CHECK(tag->attributes == " id=\"x\"");
    CHECK_FALSE(tag->closing);
    CHECK(tag->begin == 3);
    CHECK(tag->end == 14);
}

TEST_CASE("a '>' in a quoted value does not end the tag") {
    const auto tag = text::next_tag("<a title=\"1 > 0\">", 0);
    REQUIRE(tag);
    CHECK(tag->end == 17);
    CHECK(text::attribute(*tag, "title") == "1 > 0");
}

TEST_CASE("comments and lonely '<' are no tags") {
    const auto tag = text::next_tag("<!-- <h1> --> 1 < 2 <p>", 0);
    REQUIRE(tag);
    CHECK(tag->name == "p");
}

TEST_CASE("what does not close is no tag") {
    for (const char* html : {"<", "</", "<p", "<p title=\"", "<p title=\">", "<!--", "<!-- <p>"})
        CHECK_FALSE(text::next_tag(html, 0));
}

TEST_CASE("an attribute is found by its whole name") {
    const auto tag = text::next_tag("<p data-id=\"no\" id='yes'>", 0);
    REQUIRE(tag);
    CHECK(text::attribute(*tag, "id") == "yes");
    CHECK(text::attribute(*tag, "class").empty());
    const auto odd = text::next_tag("<p hidden id = a/b class='' x=d\"y\" / z>", 0);
    REQUIRE(odd);
    CHECK(text::attribute(*odd, "id") == "a/b");
    CHECK(text::attribute(*odd, "x") == "d\"y\"");
    CHECK(text::attribute(*odd, "hidden").empty());
    CHECK(text::attribute(*odd, "z").empty());
}

TEST_CASE("plain text has no tags, no comments and no entities") {
    CHECK(text::plain_text("a<!-- b --><i>c</i> <!-- d") == "ac ");
    CHECK(text::plain_text("a <em>b</em> &lt;c&gt; &amp;amp; &copy;") == "a b <c> &amp; &copy;");
}

TEST_CASE("escaped text comes back as it was") {
    const std::string text = "<a href=\"x\">'&amp;'</a>";
    CHECK(text::escape("<'\"&>") == "&lt;&#39;&quot;&amp;&gt;");
    CHECK(text::plain_text(text::escape(text)) == text);
}
