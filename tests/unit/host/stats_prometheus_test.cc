#include <nlohmann/json.hpp>
#include <random>
#include <tenon/stats.hpp>

#include "host/stats.h"
#include "tests/support/catch.h"
#include "tests/support/exposition.h"
#include "tests/support/some_stats.h"

using namespace tenon;
using test::Exposition;
using test::Labels;

namespace {

std::string text_of(std::vector<host::StatRow> rows) {
    tenon_stats stats = test::some_stats();
    stats.rows = std::move(rows);
    return Stats(new tenon_stats(std::move(stats))).to_prometheus();
}

const Labels resize{{"plugin", "org.acme.resize"}, {"hook", "shop/price"}, {"handler", "round"}};

Labels with(Labels labels, const std::string& name, const std::string& value) {
    labels[name] = value;
    return labels;
}

// What a label's value must come back as.
std::string readable(const std::string& bytes) {
    std::string text =
        nlohmann::json::parse(nlohmann::json(bytes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    for (std::size_t at = 0; (at = text.find('\0', at)) != std::string::npos;) text.replace(at, 1, "\uFFFD");
    return text;
}

}  // namespace

TEST_CASE("counters, gauges and limits are those of the row, times in seconds") {
    const Exposition all(text_of({test::quiet_row(), test::troubled_row()}));
    CHECK(all.value("tenon_clock_info", {{"clock", "TSC at 2.45 GHz"}}) == "1");
    CHECK(all.value("tenon_watchdog_period_seconds", {}) == "0.001");
    CHECK(all.value("tenon_handler_info", with(resize, "version", "2.0.0-rc.1")) == "1");
    CHECK(all.value("tenon_handler_calls_total", resize) == "1000");
    CHECK(all.value("tenon_handler_errors_total", resize) == "7");
    CHECK(all.value("tenon_handler_exceptions_total", resize) == "2");
    CHECK(all.value("tenon_handler_overruns_total", with(resize, "limit", "soft")) == "90");
    CHECK(all.value("tenon_handler_overruns_total", with(resize, "limit", "hard")) == "10");
    CHECK(all.value("tenon_handler_overruns_not_charged_total", resize) == "1");
    CHECK(all.value("tenon_handler_skipped_total", resize) == "40");
    CHECK(all.value("tenon_handler_short_circuits_total", resize) == "25");
    CHECK(all.value("tenon_handler_timed_total", resize) == "15");
    CHECK(all.value("tenon_handler_inclusive_seconds_total", resize) == "0.3");
    CHECK(all.value("tenon_handler_self_max_seconds", resize) == "0.002000001");
    CHECK(all.value("tenon_handler_share_ratio", resize) == "0.0314");
    CHECK(all.value("tenon_handler_last_overrun_timestamp_seconds", resize) == "1735689596.999999999");
    CHECK(all.value("tenon_handler_breaker_state", resize) == "2");
    CHECK(all.value("tenon_handler_breaker_trips_total", resize) == "2");
    CHECK(all.value("tenon_handler_breaker_since_timestamp_seconds", resize) == "1735689588");
    CHECK(all.value("tenon_handler_budget_seconds", with(resize, "limit", "soft")) == "0.00005");
    CHECK(all.value("tenon_handler_budget_seconds", with(resize, "limit", "hard")) == "0.001");
    CHECK(all.value("tenon_handler_budget_share_ratio", resize) == "0.1");
    CHECK(all.types().at("tenon_handler_calls_total") == "counter");
    CHECK(all.types().at("tenon_handler_breaker_state") == "gauge");
    CHECK(all.types().at("tenon_handler_self_seconds") == "histogram");
}

TEST_CASE("what never was, and a limit that is not there, have no sample") {
    const Exposition all(text_of({test::quiet_row()}));
    CHECK(all.value("tenon_handler_calls_total", {}) == "0");
    CHECK(all.value("tenon_handler_breaker_state", {}) == "1");
    for (const char* name : {"tenon_handler_last_overrun_timestamp_seconds", "tenon_handler_budget_seconds",
                             "tenon_handler_breaker_since_timestamp_seconds", "tenon_handler_budget_share_ratio"})
        CHECK(all.value(name, {}) == "none");
}

TEST_CASE("the histogram counts upwards in powers of two to all calls") {
    const Exposition all(text_of({test::troubled_row()}));
    const auto bucket = [&](const std::string& le) {
        return all.value("tenon_handler_self_seconds_bucket", with(resize, "le", le));
    };
    CHECK(bucket("0.000001024") == "900");
    CHECK(bucket("0.001048576") == "900");
    CHECK(bucket("0.002097152") == "1000");
    CHECK(bucket("8.589934592") == "1000");
    CHECK(bucket("+Inf") == "1000");
    CHECK(all.value("tenon_handler_self_seconds_sum", resize) == "0.2009");
    CHECK(all.value("tenon_handler_self_seconds_count", resize) == "1000");
    int buckets = 0;
    std::uint64_t last = 0;
    for (const test::Sample& sample : all.samples())
        if (sample.name == "tenon_handler_self_seconds_bucket") {
            ++buckets;
            CHECK(std::stoull(sample.value) >= last);
            last = std::stoull(sample.value);
        }
    CHECK(buckets == 25);
}

TEST_CASE("quotes, line ends, backslashes and bytes that are no UTF-8 stay inside their label") {
    const Exposition all(text_of({test::hostile_row()}));
    const std::string name = readable(test::hostile_name);
    CHECK(all.value("tenon_handler_calls_total", {{"plugin", name}, {"hook", name}, {"handler", name}}) ==
          "18446744073709551615");
    CHECK(all.value("tenon_handler_info", {{"version", name}}) == "1");
}

TEST_CASE("handlers of one name are told by a number") {
    host::StatRow third = test::quiet_row();
    third.handler = "#2";
    const Exposition all(text_of({third, test::quiet_row(), test::quiet_row(), test::quiet_row()}));
    for (const char* handler : {"", "#2", "#3", "#4"})
        CHECK(all.value("tenon_handler_calls_total", {{"handler", handler}}) == "0");
}

TEST_CASE("names that differ only in bytes that cannot be shown do not become one sample") {
    host::StatRow one = test::quiet_row(), other = test::quiet_row();
    one.plugin = "x\xff";
    other.plugin = "x\xfe";
    const Exposition all(text_of({one, other}));
    CHECK(all.value("tenon_handler_calls_total", {{"plugin", "x\uFFFD"}, {"handler", ""}}) == "0");
    CHECK(all.value("tenon_handler_calls_total", {{"plugin", "x\uFFFD"}, {"handler", "#2"}}) == "0");
}

TEST_CASE("random names come back as they were") {
    std::mt19937 random(99);
    constexpr char letters[] = "\\\"\nn{}=, #a\xc3\xa9\xff";
    const std::string alphabet(letters, sizeof letters);  // with its NUL
    for (int round = 0; round < 2000; ++round) {
        host::StatRow row = test::quiet_row();
        row.handler.resize(random() % 12);
        for (char& c : row.handler) c = alphabet[random() % alphabet.size()];
        const Exposition all(text_of({row}));
        REQUIRE(all.value("tenon_handler_calls_total", {{"handler", readable(row.handler)}}) == "0");
    }
}

TEST_CASE("the reader of these tests refuses what the format does not allow") {
    const std::string head = "# HELP x_total X.\n# TYPE x_total counter\n";
    CHECK(Exposition(head + "x_total{a=\"b\\n\"} 1\n").value("x_total", {{"a", "b\n"}}) == "1");
    for (const char* text : {"x_total{a=\"b\"} 1", "x_total{a=\"b} 1\n", "x_total{a=\"b\\q\"} 1\n", "x_total{a=b} 1\n",
                             "x_total 1\nx_total 2\n", "y_total 1\n", "x_total{a=\"b\n\"} 1\n", "x_total one\n",
                             "x_total{a=\"b\",a=\"c\"} 1\n", "# HELP x_total X.\n"})
        CHECK_THROWS_AS(Exposition(head + text), std::runtime_error);
}
