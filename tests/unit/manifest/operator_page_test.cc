// docs/operator.md is tested as it stands: its example is read, and what it says about it, about keys, bounds and
// defaults is true.
#include <algorithm>
#include <vector>

#include "base/file.h"
#include "tests/unit/manifest/operator_parsing.h"

using namespace tenon::manifest;

namespace {

std::string page() {
    auto text = tenon::base::read_file(TENON_OPERATOR_PAGE, 1 << 20);
    REQUIRE(text.ok());
    return text.take();
}

std::string block(const std::string& kind) {
    const std::string text = page();
    const std::size_t begin = text.find("```" + kind + "\n");
    REQUIRE(begin != text.npos);
    const std::size_t first = begin + kind.size() + 4;
    return text.substr(first, text.find("```", first) - first);
}

// The rows of the table behind the line that begins with this.
std::string rows_behind(const std::string& start) {
    const std::string text = page();
    const std::size_t begin = text.find("\n" + start);
    INFO(start);
    REQUIRE(begin != text.npos);
    const std::size_t first = text.find("|---", begin);
    return text.substr(first, text.find("\n\n", first) - first);
}

// The keys that the parser knows where `text` has an unknown one.
std::vector<std::string> keys_at(const std::string& text) {
    const ParsedOperator parsed = parse_operator(text + "zzzzzzzz = 1", "o.toml");
    REQUIRE(parsed.problems.size() == 1);
    std::string list = parsed.problems[0].fix;  // "remove it; the keys here are soft, hard, ..."
    list.erase(0, list.find("are ") + 4);
    std::vector<std::string> keys;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(", ", at), list.size());
        keys.push_back(list.substr(at, end - at));
        at = end + 2;
    }
    return keys;
}

}  // namespace

TEST_CASE("the operator's page shows a file that is right, and says rightly what holds") {
    const Operator words = words_of(block("toml"));
    const auto limits = [&](const char* hook) {
        const OperatorBudget budget = budget_for(words, "org.acme.statistics", hook);
        REQUIRE((budget.soft && budget.hard && budget.share));
        return fmt::format("{} {} {}", budget.soft->value / 1'000'000, budget.hard->value / 1'000'000,
                           budget.share->value);
    };
    CHECK(limits("org.tenon.pressroom/page_done") == "5 10 5");
    CHECK(limits("org.tenon.pressroom/render") == "5 200 5");
    CHECK(page().find("`soft` = 5 ms, `hard` = 10 ms, `share` = 5 %; and for `render`, 5 ms, 200 ms and 5 %") !=
          std::string::npos);
    CHECK(words.breaker.in_a_row == 3);
    CHECK(shown(words, isolation_for(words, "org.acme.statistics")).starts_with("worker at "));
}

TEST_CASE("the operator's page shows problems as they are told") {
    const std::string wrong =
        "[watchdog]\nperiod = '2 s'\n\n\n\n\n\n[hooks.'org.tenon.pressroom/render']\ndead_line = 1";
    const ParsedOperator parsed = parse_operator(wrong, "operator.toml");
    REQUIRE(parsed.problems.size() == 2);
    const std::string shown = block("text");
    for (const tenon::base::Problem& problem : parsed.problems) {
        INFO(problem.text);
        CHECK(shown.find(problem.text + "\n") != shown.npos);
    }
}

TEST_CASE("the operator's page has a row for every key that the parser knows") {
    struct Table {
        const char* start;
        const char* text;
        std::size_t keys;
    };
    for (const Table& table :
         {Table{"`[watchdog]`", "[watchdog]\n", 2}, Table{"`[budget]`", "[budget]\n", 3},
          Table{"`[hooks.", "[hooks.'a.b/c']\n", 4}, Table{"`[plugins.\"id\"]`", "[plugins.'a.b']\n", 8},
          Table{"`[plugins.\"id\".hooks.", "[plugins.'a.b'.hooks.'a.b/c']\n", 4},
          Table{"`[sandbox]`", "[sandbox]\n", 12}, Table{"`[breaker]`", "[breaker]\n", 10}}) {
        const std::string rows = rows_behind(table.start);
        const auto keys = keys_at(table.text);
        CHECK(keys.size() == table.keys);
        for (const std::string& key : keys) {
            INFO(table.start << " " << key);
            CHECK(rows.find("`" + key + "`") != rows.npos);
        }
    }
    for (const std::string& key : keys_at("")) CHECK(page().find("\n`[" + key) != std::string::npos);
}

TEST_CASE("the operator's page states the defaults of breakers as they are") {
    const OperatorBreaker numbers;
    const std::string rows = rows_behind("`[breaker]`");
    const auto row = [&](const std::string& key, const std::string& standard) {
        const std::size_t at = rows.find("| `" + key + "` |");
        INFO(key);
        REQUIRE(at != rows.npos);
        const std::string line = rows.substr(at, rows.find('\n', at) - at);
        CHECK(line.find("| " + standard + " |") != line.npos);
    };
    row("window", std::to_string(numbers.window));
    row("minimum", std::to_string(numbers.minimum));
    row("percent", std::to_string(numbers.percent));
    row("in_a_row", std::to_string(numbers.in_a_row));
    row("open", fmt::format("`\"{} s\"`", numbers.open_ns / 1'000'000'000));
    row("max_open", fmt::format("`\"{} min\"`", numbers.max_open_ns / 60'000'000'000));
    row("jitter", fmt::format("`\"{} %\"`", numbers.jitter_percent));
    row("healthy", fmt::format("`\"{} min\"`", numbers.healthy_ns / 60'000'000'000));
    row("probes", std::to_string(numbers.probes));
    row("must_pass", std::to_string(numbers.must_pass));
}
