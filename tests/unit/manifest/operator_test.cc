// What an operator's file says, and which of its values holds.
#include "tests/unit/manifest/operator_parsing.h"

using namespace tenon::manifest;

TEST_CASE("an empty operator's file states nothing, and the breakers keep their numbers") {
    for (const char* nothing :
         {"", "# nothing", "\xef\xbb\xbf", "[watchdog]\n[budget]\n[hooks]\n[plugins]\n[breaker]"}) {
        const Operator words = words_of(nothing);
        CHECK(words.file == "o.toml");
        CHECK_FALSE(words.watchdog_period.has_value());
        CHECK_FALSE(words.stacks.has_value());
        CHECK(words.hooks.empty());
        CHECK(words.plugins.empty());
        CHECK(words.breaker.window == 128);
        CHECK(words.breaker.open_ns == 5'000'000'000);
        CHECK(shown(words, budget_for(words, "org.acme.a", "org.acme.shop/sold")) ==
              "soft none, hard none, share none");
        CHECK(shown(words, breaker_for(words, "org.acme.a", "org.acme.shop/sold")) == "none");
        CHECK(shown(words, isolation_for(words, "org.acme.a")) == "none");
    }
}

TEST_CASE("the watchdog's period and its stacks are read with their places") {
    const Operator words = words_of("[watchdog]\nperiod = '100 us'\nstacks = false");
    CHECK(shown(words, words.watchdog_period) == "100000 ns at o.toml:2:10");
    REQUIRE(words.stacks.has_value());
    CHECK_FALSE(words.stacks->value);
    CHECK(words.stacks->at == Location{3, 10});
    CHECK(words_of("[watchdog]\nstacks = true").stacks->value);
    CHECK(words_of("[watchdog]\nperiod = '1 s'").watchdog_period->value == 1'000'000'000);
}

TEST_CASE("each value comes from the table that says the most about the handler") {
    const Operator words = words_of(R"([budget]
soft = "1 ms"
hard = "2 ms"
share = "3 %"
[hooks."org.acme.shop/sold"]
soft = "4 ms"
hard = "5 ms"
share = "6 %"
[plugins."org.acme.tax"]
soft = "7 ms"
hard = "8 ms"
[plugins."org.acme.tax".hooks."org.acme.shop/sold"]
soft = "9 ns"
)");
    CHECK(shown(words, budget_for(words, "org.acme.tax", "org.acme.shop/sold")) ==
          "soft 9 ns at o.toml:13:8, hard 8000000 ns at o.toml:11:8, share 6 at o.toml:8:9");
    CHECK(shown(words, budget_for(words, "org.acme.tax", "org.acme.shop/price")) ==
          "soft 7000000 ns at o.toml:10:8, hard 8000000 ns at o.toml:11:8, share 3 at o.toml:4:9");
    CHECK(shown(words, budget_for(words, "org.acme.other", "org.acme.shop/sold")) ==
          "soft 4000000 ns at o.toml:6:8, hard 5000000 ns at o.toml:7:8, share 6 at o.toml:8:9");
    CHECK(shown(words, budget_for(words, "", "")) ==
          "soft 1000000 ns at o.toml:2:8, hard 2000000 ns at o.toml:3:8, share 3 at o.toml:4:9");
}

TEST_CASE("a breaker's word for one hook wins over the plugin's, also when it is auto") {
    const Operator words = words_of(R"([plugins."org.acme.tax"]
breaker = "open"
hooks = { "org.acme.shop/sold" = { breaker = "auto" }, "org.acme.shop/price" = { soft = "1 ms" } }
[plugins."org.acme.index".hooks]
"org.acme.shop/sold" = { breaker = "closed" }
"org.acme.shop/price" = { breaker = "metrics" }
)");
    CHECK(shown(words, breaker_for(words, "org.acme.tax", "org.acme.shop/sold")) == "auto at o.toml:3:46");
    CHECK(shown(words, breaker_for(words, "org.acme.tax", "org.acme.shop/price")) == "open at o.toml:2:11");
    CHECK(shown(words, breaker_for(words, "org.acme.tax", "org.acme.shop/list")) == "open at o.toml:2:11");
    CHECK(shown(words, breaker_for(words, "org.acme.index", "org.acme.shop/sold")) == "closed at o.toml:5:36");
    CHECK(shown(words, breaker_for(words, "org.acme.index", "org.acme.shop/price")) == "metrics at o.toml:6:37");
    CHECK(shown(words, breaker_for(words, "org.acme.index", "org.acme.shop/list")) == "none");
    CHECK(shown(words, breaker_for(words, "org.acme.other", "org.acme.shop/sold")) == "none");
}

TEST_CASE("where a plugin runs is read with its place, and holds for that plugin alone") {
    const Operator words = words_of(R"([plugins."org.acme.tax"]
isolation = "worker"
[plugins]
"org.acme.index" = { breaker = "auto", isolation = "process" }
"org.acme.other" = { breaker = "open", hooks = { "org.acme.shop/sold" = { soft = "1 ms" } } }
)");
    CHECK(shown(words, isolation_for(words, "org.acme.tax")) == "worker at o.toml:2:13");
    CHECK(shown(words, isolation_for(words, "org.acme.index")) == "process at o.toml:4:52");
    CHECK(shown(words, isolation_for(words, "org.acme.other")) == "none");
    CHECK(shown(words, isolation_for(words, "org.acme")) == "none");
    CHECK(shown(words, isolation_for(words, "")) == "none");
}

TEST_CASE("deadlines, errors and the places of tables are kept") {
    const Operator words = words_of(R"([hooks."org.acme.shop/sold"]
deadline = "1440 min"
[plugins."org.acme.tax"]
max_errors = 1000000000
[plugins."org.acme.tax".hooks."org.acme.shop/sold"]
)");
    CHECK(shown(words, words.hooks.at("org.acme.shop/sold").deadline) == "86400000000000 ns at o.toml:2:12");
    CHECK(words.hooks.at("org.acme.shop/sold").at == Location{1, 8});
    const OperatorPlugin& tax = words.plugins.at("org.acme.tax");
    CHECK(shown(words, tax.max_errors) == "1000000000 at o.toml:4:14");
    CHECK(tax.at == Location{3, 10});
    CHECK(tax.hooks.at("org.acme.shop/sold").at == Location{5, 31});
}

TEST_CASE("all numbers of breakers can be stated") {
    const OperatorBreaker breaker = words_of(R"([breaker]
window = 1024
minimum = 1024
percent = 100
in_a_row = 1000000
open = "60 min"
max_open = "1440 min"
jitter = "100 %"
healthy = "1 ms"
probes = 16
must_pass = 16)")
                                        .breaker;
    CHECK(breaker.window == 1024);
    CHECK(breaker.minimum == 1024);
    CHECK(breaker.percent == 100);
    CHECK(breaker.in_a_row == 1'000'000);
    CHECK(breaker.open_ns == 3'600'000'000'000);
    CHECK(breaker.max_open_ns == 86'400'000'000'000);
    CHECK(breaker.jitter_percent == 100);
    CHECK(breaker.healthy_ns == 1'000'000);
    CHECK(breaker.probes == 16);
    CHECK(breaker.must_pass == 16);
}

TEST_CASE("the name of the file is shown safely") {
    ParsedOperator result = parse_operator("[budget]\nsoft = '1 ms'", "a\x1b[2J.toml");
    REQUIRE(result.words.has_value());
    CHECK(origin(*result.words, result.words->budget.soft->at) == "a\\x1b[2J.toml:2:8");
}

TEST_CASE("a plugin's confinement is what is said of it, and of all where nothing is said of it") {
    const Operator words = words_of(R"([sandbox]
level = "standard"
memory = "1 GiB"
without = ["namespaces"]
grant = ["env:LANG"]
deny = ["read:/home/me/.ssh/**"]
[plugins."org.acme.tax".sandbox]
level = "locked"
allow_degraded = true
allow_private = true
files = 7
file_size = "4 KiB"
cpu = "150 %"
cpu_time = "30 s"
processes = 3
grant = ["read:/srv/tax/**"]
deny = ["write:$home/*.csv"]
)");
    const OperatorSandbox tax = sandbox_for(words, "org.acme.tax");
    CHECK(tax.level == Trust::locked);
    CHECK(tax.allow_degraded == true);
    CHECK(tax.allow_private == true);
    CHECK(tax.limits.memory == 1u << 30);
    CHECK(tax.limits.files == 7u);
    CHECK(tax.limits.processes == 3u);
    CHECK(tax.limits.cpu == 150u);
    CHECK(tax.limits.cpu_time == 30'000'000'000u);
    CHECK(tax.limits.file_size == 4096u);
    CHECK(tax.without == std::vector<std::string>{"namespaces"});
    CHECK(tax.grant == std::vector<std::string>{"read:/srv/tax/**", "env:LANG"});
    CHECK(tax.deny == std::vector<std::string>{"write:$home/*.csv", "read:/home/me/.ssh/**"});
    CHECK(tax.at == Location{7, 1});
    const OperatorSandbox other = sandbox_for(words, "org.acme.other");
    CHECK(other.level == Trust::standard);
    CHECK_FALSE(other.allow_degraded);
    CHECK_FALSE(other.allow_private);
    CHECK_FALSE(other.limits.files);
    CHECK(other.deny == std::vector<std::string>{"read:/home/me/.ssh/**"});
    CHECK(other.at == Location{1, 1});
    CHECK_FALSE(sandbox_for(words_of(""), "org.acme.tax").level);
    CHECK_FALSE(sandbox_for(words_of(""), "org.acme.tax").at);
    CHECK(to_string(Trust::strict) == "strict");
}
