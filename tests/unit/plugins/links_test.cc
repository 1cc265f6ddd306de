#include "examples/pressroom/links.h"

#include "examples/pressroom/html.h"
#include "tests/support/catch.h"

using pressroom::relink;

namespace {

const pressroom::Targets site{{"index.md", "index.html"},
                              {"guide/a.md", "guide/a.html"},
                              {"guide/b c.md", "guide/b c.html"},
                              {"it's.md", "it's.html"}};

std::string relinked(const std::string& link, const std::string& path) {
    const std::string before = "<p>x <a href=\"", after = "\">t</a></p>";
    const std::string html = relink(before + link + after, path, site).html;
    return html.substr(before.size(), html.size() - before.size() - after.size());
}

}  // namespace

TEST_CASE("links to documents become links to their pages") {
    CHECK(relinked("guide/a.md", "index.md") == "guide/a.html");
    CHECK(relinked("a.md#top", "guide/b c.md") == "a.html#top");
    CHECK(relinked("../index.md?x=1&amp;y=2#z", "guide/a.md") == "../index.html?x=1&amp;y=2#z");
    CHECK(relinked("./b%20c.md", "guide/a.md") == "b%20c.html");
    CHECK(relinked("it&#x27;s.md#a", "index.md") == "it%27s.html#a");
}

TEST_CASE("other links are left alone") {
    for (const char* link : {"https://example.org/a.md", "/guide/a.md", "#a.md", "a.txt", "mailto:a.md", ""})
        CHECK(relinked(link, "index.md") == link);
}

TEST_CASE("a link to a document that the site does not have is left alone and told") {
    const auto out = relink("<a href=\"gone.md#x\">t</a>", "index.md", site);
    CHECK(out.html == "<a href=\"gone.md#x\">t</a>");
    CHECK(out.broken == std::vector<std::string>{"gone.md#x"});
}

TEST_CASE("a link out of the site is broken, whatever is there") {
    CHECK(relink("<a href=\"../../index.md\">t</a>", "guide/a.md", site).broken.size() == 1);
}

TEST_CASE("only attributes of tags are links") {
    const std::string html = "href=\"index.md\" <p data-href=\"index.md\">&lt;a href=&quot;index.md&quot;&gt;</p> <";
    CHECK(relink(html, "guide/a.md", site).html == html);
}

TEST_CASE("links between pages are relative and percent-encoded") {
    CHECK(pressroom::link_between("a.html", "a.html") == "a.html");
    CHECK(pressroom::link_between("a/b/c.html", "d.html") == "../../d.html");
    CHECK(pressroom::link_between("index.html", "a b/ü?.html") == "a%20b/%C3%BC%3F.html");
    CHECK(pressroom::link_between("index.html", "a:b.html") == "a%3Ab.html");
}

TEST_CASE("percent sequences are decoded, and what is none stays") {
    CHECK(pressroom::percent_decoded("a%20b%2fc") == "a b/c");
    CHECK(pressroom::percent_decoded("100% %2 %zz%4") == "100% %2 %zz%4");
}

TEST_CASE("everything that means something in HTML is escaped") {
    CHECK(pressroom::escape("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
}
