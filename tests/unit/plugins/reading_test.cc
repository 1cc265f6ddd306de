#include "plugins/stats/reading.h"

#include "tests/support/catch.h"

TEST_CASE("words are counted in prose, not in blocks of code or tags") {
    CHECK(stats::count_words("") == 0);
    CHECK(stats::count_words("<p>one two</p><p>three</p>") == 3);
    CHECK(stats::count_words("<p>one</p><pre><code>a b c</code></pre><p>two</p>") == 2);
    CHECK(stats::count_words("<p>a &mdash; b - c</p>") == 4);
}

TEST_CASE("emphasis inside a word does not split it, a block between words does") {
    CHECK(stats::count_words("<em>un</em>likely") == 1);
    CHECK(stats::count_words("<li>a</li><li>b</li>") == 2);
}

TEST_CASE("reading time is rounded up to minutes") {
    CHECK(stats::reading_time(0) == "1 min");
    CHECK(stats::reading_time(220) == "1 min");
    CHECK(stats::reading_time(221) == "2 min");
}
