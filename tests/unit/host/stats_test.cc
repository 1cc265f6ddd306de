// Statistics as C and C++ read them, as JSON and as a table.
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tenon/stats.hpp>

#include "host/stats.h"
#include "tests/support/catch.h"
#include "tests/support/some_stats.h"

using namespace tenon;

namespace {

Stats taken(tenon_stats stats) {
    return Stats(new tenon_stats(std::move(stats)));
}

Stats taken_of(host::StatRow row) {
    tenon_stats stats = test::some_stats();
    stats.rows = {std::move(row)};
    return taken(std::move(stats));
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != std::string::npos);  // the last line ends, too
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

}  // namespace

TEST_CASE("a row is read through the C functions with its texts and quantiles") {
    const Stats stats = taken(test::some_stats());
    CHECK(stats.size() == 4);
    const tenon_stats_row row = stats[1];
    CHECK(view(row.plugin) == "org.acme.resize");
    CHECK(view(row.version) == "2.0.0-rc.1");
    CHECK(view(row.hook) == "shop/price");
    CHECK(view(row.handler) == "round");
    CHECK(row.calls == 1000);
    CHECK(row.errors == 7);
    CHECK(row.exceptions == 2);
    CHECK(row.soft_overruns == 90);
    CHECK(row.hard_overruns == 10);
    CHECK(row.skipped == 40);
    CHECK(row.short_circuits == 25);
    CHECK(row.not_charged == 1);
    CHECK(row.timed == 15);
    CHECK(row.self_ns == 900'000 + 200'000'000);
    CHECK(row.total_ns == 300'000'000);
    CHECK((row.p50_ns >= 1'000 && row.p50_ns <= 1'031));
    CHECK(row.p90_ns == row.p50_ns);
    CHECK(row.p99_ns == 2'000'000);
    CHECK(row.p999_ns == 2'000'000);
    CHECK(row.max_ns == 2'000'001);
    CHECK(row.share_ppm == 31'400);
    CHECK(row.last_overrun == test::new_year - 3 * test::second - 1);
    CHECK(row.last_overrun_ns == 12'345'678);
    CHECK(row.breaker == TENON_BREAKER_OPEN);
    CHECK(row.trips == 2);
    CHECK(row.since == test::new_year - 12 * test::second);
    CHECK(row.next_probe == test::new_year + 4 * test::second + 200'000'000);
    CHECK(view(row.reason) == "8 of the last 16 calls were strikes");
    CHECK(view(row.stack) == "resize::round(shop_article*)\nresize::handle\n");
    CHECK(row.budget.soft_ns == 50'000);
    CHECK(row.budget.hard_from == TENON_FROM_OPERATOR);
    CHECK(row.budget.share == 10);
}

TEST_CASE("the rows are a range") {
    const Stats stats = taken(test::some_stats());
    std::vector<std::string> plugins;
    for (const tenon_stats_row& row : stats) plugins.emplace_back(view(row.plugin));
    CHECK(plugins ==
          std::vector<std::string>{"org.acme.menu", "org.acme.resize", test::hostile_name, test::hostile_name});
    for (const tenon_stats_row& row : Stats()) FAIL(view(row.plugin));
}

TEST_CASE("an older caller's shorter row is filled as far as it goes, and not beyond") {
    tenon_stats stats = test::some_stats();
    alignas(tenon_stats_row) unsigned char bytes[sizeof(tenon_stats_row)];
    std::memset(bytes, 0x5a, sizeof bytes);
    constexpr std::uint32_t size = offsetof(tenon_stats_row, calls);
    auto& row = *reinterpret_cast<tenon_stats_row*>(bytes);
    row.struct_size = size;
    CHECK(tenon_stats_row_at(&stats, 1, &row) == TENON_OK);
    CHECK(row.struct_size == size);
    CHECK(view(row.handler) == "round");
    for (std::size_t i = size; i < sizeof bytes; ++i) REQUIRE(bytes[i] == 0x5a);
}

TEST_CASE("arguments that make no sense are refused") {
    tenon_stats stats = test::some_stats();
    auto row = sized<tenon_stats_row>();
    const auto take = [](void*, tenon_str) -> std::uint32_t { return 1; };
    CHECK(tenon_stats_row_at(&stats, 4, &row) == TENON_E_NOT_FOUND);
    CHECK(tenon_stats_row_at(nullptr, 0, &row) == TENON_E_NOT_FOUND);
    CHECK(tenon_stats_row_at(&stats, 0, nullptr) == TENON_E_INVALID);
    row.struct_size = 3;
    CHECK(tenon_stats_row_at(&stats, 0, &row) == TENON_E_INVALID);
    CHECK(tenon_stats_count(nullptr) == 0);
    CHECK(tenon_stats_write(nullptr, TENON_STATS_JSON, take, nullptr) == TENON_E_INVALID);
    CHECK(tenon_stats_write(&stats, TENON_STATS_JSON, nullptr, nullptr) == TENON_E_INVALID);
    CHECK(tenon_stats_write(&stats, 0, take, nullptr) == TENON_E_INVALID);
    CHECK(tenon_stats_write(&stats, 4, take, nullptr) == TENON_E_INVALID);
    stats.workers = {test::running_worker()};
    auto worker = sized<tenon_worker_stats>();
    CHECK(tenon_stats_worker_at(&stats, 1, &worker) == TENON_E_NOT_FOUND);
    CHECK(tenon_stats_worker_at(nullptr, 0, &worker) == TENON_E_NOT_FOUND);
    CHECK(tenon_stats_worker_at(&stats, 0, nullptr) == TENON_E_INVALID);
    worker.struct_size = 3;
    CHECK(tenon_stats_worker_at(&stats, 0, &worker) == TENON_E_INVALID);
    CHECK(tenon_stats_worker_count(nullptr) == 0);
    tenon_stats_destroy(nullptr);
    CHECK_THROWS_WITH(Stats().to_json(), "the statistics cannot be written: -2");
}

TEST_CASE("the application gets the text in pieces, may stop it, and may even throw") {
    tenon_stats stats = test::some_stats();
    stats.rows.resize(2000, test::troubled_row());
    struct Reader {
        int pieces = 0;
        int wanted = 0;
    };
    const auto read = [](void* data, tenon_str) -> std::uint32_t {
        auto& reader = *static_cast<Reader*>(data);
        return ++reader.pieces < reader.wanted ? 1 : 0;
    };
    const auto throws = [](void*, tenon_str) -> std::uint32_t { throw std::runtime_error("no"); };
    for (const std::uint32_t format : {TENON_STATS_JSON, TENON_STATS_PROMETHEUS, TENON_STATS_TABLE}) {
        Reader whole{0, 1'000'000}, part{0, 2}, first{0, 1};
        CHECK(tenon_stats_write(&stats, format, read, &whole) == TENON_OK);
        CHECK(whole.pieces > 5);
        CHECK(tenon_stats_write(&stats, format, read, &part) == TENON_E_CANCELLED);
        CHECK(part.pieces == 2);
        CHECK(tenon_stats_write(&stats, format, read, &first) == TENON_E_CANCELLED);
        CHECK(first.pieces == 1);
        CHECK(tenon_stats_write(&stats, format, throws, nullptr) == TENON_E_EXCEPTION);
    }
}

TEST_CASE("the JSON says what the rows say") {
    const auto json = nlohmann::json::parse(taken(test::some_stats()).to_json());
    CHECK(json["when"] == "2025-01-01T00:00:00.000000000Z");
    CHECK(json["clock"] == "TSC at 2.45 GHz");
    CHECK(json["watchdog_period_ns"] == 1'000'000);
    REQUIRE(json["handlers"].size() == 4);
    const auto wanted = nlohmann::json::parse(R"({
        "plugin": "org.acme.resize", "version": "2.0.0-rc.1", "hook": "shop/price", "handler": "round",
        "calls": 1000, "errors": 7, "exceptions": 2, "skipped": 40, "short_circuits": 25, "timed": 15,
        "self_ns": 200900000, "total_ns": 300000000,
        "self": {"p50_ns": 1007, "p90_ns": 1007, "p99_ns": 2000000, "p999_ns": 2000000, "max_ns": 2000001},
        "share_ppm": 31400,
        "overruns": {"soft": 90, "hard": 10, "not_charged": 1, "last":
            {"when": "2024-12-31T23:59:56.999999999Z", "ns": 12345678,
             "stack": "resize::round(shop_article*)\nresize::handle\n"}},
        "breaker": {"state": "open", "reason": "8 of the last 16 calls were strikes", "trips": 2,
             "since": "2024-12-31T23:59:48.000000000Z", "next_probe": "2025-01-01T00:00:04.200000000Z"},
        "budget": {"soft": {"ns": 50000, "from": "hook"}, "hard": {"ns": 1000000, "from": "operator"},
             "share": {"percent": 10, "from": "live"}}})");
    CHECK(json["handlers"][1] == wanted);
    const auto& quiet = json["handlers"][0];
    CHECK(quiet["overruns"]["last"].is_null());
    CHECK(quiet["breaker"]["since"].is_null());
    CHECK(quiet["breaker"]["state"] == "closed");
    CHECK(quiet["budget"] == nlohmann::json::parse(R"({"soft": null, "hard": null, "share": null})"));
    CHECK(json["handlers"][2]["calls"] == UINT64_MAX);
    CHECK(json["handlers"][2]["plugin"].get<std::string>().starts_with("a\"b\\c\nd\r\x1b[31m\t\x7f"));
}

TEST_CASE("without handlers there is an empty list, and a table of titles alone") {
    tenon_stats stats;
    stats.clock = "CLOCK_MONOTONIC";
    const Stats none = taken(std::move(stats));
    CHECK(
        none.to_json() ==
        "{\"when\":null,\"clock\":\"CLOCK_MONOTONIC\",\"watchdog_period_ns\":0,\"handlers\":[\n],\"workers\":[\n]}\n");
    CHECK(none.to_table() ==
          "1970-01-01T00:00:00Z; clock: CLOCK_MONOTONIC; watchdog: none\n"
          "plugin  hook  calls  errors  soft/hard  skipped  p50  p99  max  share  breaker\n");
}

TEST_CASE("the table has a line for each handler, and below it what is out of the ordinary") {
    tenon_stats stats = test::some_stats();
    stats.rows.resize(2);
    CHECK(taken(std::move(stats)).to_table() ==
          "2025-01-01T00:00:00Z; clock: TSC at 2.45 GHz; watchdog: every 1 ms\n"
          "plugin                 hook        calls  errors  soft/hard  skipped   p50   p99   max   share  breaker\n"
          "org.acme.menu          shop/price      0       0        0/0        0     -     -     -  0.00 %  closed\n"
          "org.acme.resize#round  shop/price   1000       7      90/10       40  1 us  2 ms  2 ms  3.14 %  open\n"
          "  breaker: 8 of the last 16 calls were strikes; since 2024-12-31T23:59:48Z (12 s ago); next probe in 4.2 s; "
          "2 trips\n"
          "  calls that did not call next: 25\n"
          "  budget: soft 50 us (hook), hard 1 ms (operator), share 10 % (live)\n"
          "  last overrun: 12.3 ms, 3 s ago\n"
          "    resize::round(shop_article*)\n"
          "    resize::handle\n");
}

TEST_CASE("a breaker without a reason, a single trip and a probe that is due are told, too") {
    host::StatRow row = test::quiet_row();
    row.breaker = TENON_BREAKER_METRICS_ONLY;
    row.trips = 1;
    row.next_probe = test::new_year - test::second;
    CHECK(lines_of(taken_of(row).to_table()).at(3) == "  breaker: metrics only; next probe 1 s ago; 1 trip");
    row.breaker = 77;
    CHECK(lines_of(taken_of(row).to_table()).at(2).ends_with("  unknown"));
}

TEST_CASE("each state of a breaker and each origin of a budget has its word") {
    CHECK(host::breaker_name(TENON_BREAKER_CLOSED) == "closed");
    CHECK(host::breaker_name(TENON_BREAKER_HALF_OPEN) == "half-open");
    CHECK(host::breaker_name(TENON_BREAKER_FORCED_OPEN) == "forced open");
    CHECK(host::breaker_name(TENON_BREAKER_FORCED_CLOSED) == "forced closed");
    CHECK(host::breaker_name(0) == "unknown");
    CHECK(host::from_name(TENON_FROM_NOWHERE) == "nowhere");
    CHECK(host::from_name(TENON_FROM_MANIFEST) == "manifest");
    CHECK(host::from_name(5) == "unknown");
}

TEST_CASE("no byte of a name reaches the terminal as a command, and columns stay below each other") {
    const std::string table = taken(test::some_stats()).to_table();
    for (const char c : table) CHECK((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f')));
    CHECK(table.find("a\"b\\c\\x0ad\\x0d\\x1b[31m\\x09\\x7f\\x00\\xff") != std::string::npos);
    tenon_stats stats = test::some_stats();
    stats.rows.resize(2);
    stats.rows[0].plugin = "k\u00fcche";
    const std::vector<std::string> lines = lines_of(taken(std::move(stats)).to_table());
    CHECK(lines.at(2).starts_with("k\u00fcche                  shop/price"));
    host::StatRow row = test::quiet_row();
    row.plugin = std::string(1000, 'x');
    CHECK(lines_of(taken_of(row).to_table()).at(2).starts_with(std::string(64, 'x') + "...  shop/price"));
}
