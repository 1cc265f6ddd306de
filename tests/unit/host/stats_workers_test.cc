// What the statistics say of workers: in C and C++, as JSON, for Prometheus and as a table.
#include <cstring>
#include <nlohmann/json.hpp>
#include <tenon/stats.hpp>

#include "host/stats.h"
#include "tests/support/catch.h"
#include "tests/support/exposition.h"
#include "tests/support/some_stats.h"

using namespace tenon;

namespace {

tenon_stats with(std::vector<host::WorkerRow> workers) {
    tenon_stats stats;
    stats.when = test::new_year;
    stats.clock = "CLOCK_MONOTONIC";
    stats.workers = std::move(workers);
    return stats;
}

Stats taken_with(std::vector<host::WorkerRow> workers) {
    return Stats(new tenon_stats(with(std::move(workers))));
}

std::string table_of(host::WorkerRow row) {
    return taken_with({std::move(row)}).to_table();
}

}  // namespace

TEST_CASE("a worker is read through the C functions with all that it did and used") {
    const Stats stats = taken_with({test::running_worker(), test::lost_worker()});
    const std::vector<tenon_worker_stats> workers = stats.workers();
    REQUIRE(workers.size() == 2);
    const tenon_worker_stats& runs = workers[0];
    CHECK(runs.struct_size == sizeof runs);
    CHECK(runs.state == TENON_WORKER_RUNS);
    CHECK(view(runs.plugin) == "org.acme.resize");
    CHECK(view(runs.version) == "2.0.0-rc.1");
    CHECK(runs.pid == 4711);
    CHECK(runs.lanes == 3);
    CHECK(runs.restarts == 0);
    CHECK(runs.calls == 1000);
    CHECK(runs.bytes_out == 300'000);
    CHECK(runs.bytes_in == 5ull << 30);
    CHECK(runs.cpu_ns == 1'234'567'890);
    CHECK(runs.resident_kib == 2'048);
    CHECK(runs.peak_kib == 104'960);
    CHECK(runs.minor_faults == 500);
    CHECK(runs.major_faults == 1);
    CHECK(runs.voluntary_switches == 20);
    CHECK(runs.involuntary_switches == 4);
    CHECK(view(runs.last_end).empty());
    CHECK(workers[1].state == TENON_WORKER_QUARANTINED);
    CHECK(workers[1].pid == 0);
    CHECK(workers[1].restarts == 3);
    CHECK(view(workers[1].last_end) == test::lost_worker().last_end);
    CHECK(Stats().workers().empty());
}

TEST_CASE("an older caller's shorter worker is filled as far as it goes, and not beyond") {
    tenon_stats stats = with({test::running_worker()});
    alignas(tenon_worker_stats) unsigned char bytes[sizeof(tenon_worker_stats)];
    std::memset(bytes, 0x5a, sizeof bytes);
    constexpr std::uint32_t size = offsetof(tenon_worker_stats, restarts);
    auto& row = *reinterpret_cast<tenon_worker_stats*>(bytes);
    row.struct_size = size;
    CHECK(tenon_stats_worker_at(&stats, 0, &row) == TENON_OK);
    CHECK(row.struct_size == size);
    CHECK(row.pid == 4711);
    for (std::size_t i = size; i < sizeof bytes; ++i) REQUIRE(bytes[i] == 0x5a);
}

TEST_CASE("the JSON says of workers what their rows say") {
    const auto json = nlohmann::json::parse(taken_with({test::running_worker(), test::lost_worker()}).to_json());
    REQUIRE(json["workers"].size() == 2);
    CHECK(json["workers"][0] == nlohmann::json::parse(R"({
        "plugin": "org.acme.resize", "version": "2.0.0-rc.1", "state": "runs", "pid": 4711, "lanes": 3, "restarts": 0,
        "last_end": "", "calls": 1000, "bytes_out": 300000, "bytes_in": 5368709120, "cpu_ns": 1234567890,
        "resident_kib": 2048, "peak_kib": 104960, "minor_faults": 500, "major_faults": 1, "voluntary_switches": 20,
        "involuntary_switches": 4})"));
    CHECK(json["workers"][1]["pid"].is_null());
    CHECK(json["workers"][1]["state"] == "quarantined");
    CHECK(json["workers"][1]["last_end"] == test::lost_worker().last_end);
}

TEST_CASE("for Prometheus, workers have metrics of their own, in bytes and seconds") {
    const test::Exposition all(taken_with({test::running_worker(), test::lost_worker()}).to_prometheus());
    const test::Labels resize{{"plugin", "org.acme.resize"}};
    const auto kind = [](const char* which) { return test::Labels{{"plugin", "org.acme.resize"}, {"kind", which}}; };
    CHECK(all.value("tenon_worker_info", {{"plugin", "org.acme.resize"}, {"version", "2.0.0-rc.1"}, {"pid", "4711"}}) ==
          "1");
    CHECK(all.value("tenon_worker_state", resize) == "1");
    CHECK(all.value("tenon_worker_restarts_total", resize) == "0");
    CHECK(all.value("tenon_worker_lanes", resize) == "3");
    CHECK(all.value("tenon_worker_calls_total", resize) == "1000");
    CHECK(all.value("tenon_worker_sent_bytes_total", resize) == "300000");
    CHECK(all.value("tenon_worker_received_bytes_total", resize) == "5368709120");
    CHECK(all.value("tenon_worker_cpu_seconds_total", resize) == "1.23456789");
    CHECK(all.value("tenon_worker_resident_bytes", resize) == "2097152");
    CHECK(all.value("tenon_worker_resident_max_bytes", resize) == "107479040");
    CHECK(all.value("tenon_worker_faults_total", kind("minor")) == "500");
    CHECK(all.value("tenon_worker_faults_total", kind("major")) == "1");
    CHECK(all.value("tenon_worker_switches_total", kind("voluntary")) == "20");
    CHECK(all.value("tenon_worker_switches_total", kind("involuntary")) == "4");
    CHECK(all.value("tenon_worker_state", {{"plugin", "org.acme.menu"}}) == "3");
    CHECK(all.value("tenon_worker_restarts_total", {{"plugin", "org.acme.menu"}}) == "3");
    CHECK(all.types().at("tenon_worker_calls_total") == "counter");
    CHECK(all.types().at("tenon_worker_resident_bytes") == "gauge");
}

TEST_CASE("two generations of one plugin are two workers, and without workers nothing is said of them") {
    const test::Exposition both(taken_with({test::running_worker(), test::running_worker()}).to_prometheus());
    CHECK(both.value("tenon_worker_calls_total", {{"plugin", "org.acme.resize"}}) == "1000");
    CHECK(both.value("tenon_worker_calls_total", {{"plugin", "org.acme.resize#2"}}) == "1000");
    CHECK(taken_with({}).to_prometheus().find("tenon_worker") == std::string::npos);
}

TEST_CASE("the table has a second part for workers, with the reason why one ended") {
    CHECK(taken_with({test::running_worker(), test::lost_worker()}).to_table() ==
          "2025-01-01T00:00:00Z; clock: CLOCK_MONOTONIC; watchdog: none\n"
          "plugin  hook  calls  errors  soft/hard  skipped  p50  p99  max  share  breaker\n"
          "\n"
          "worker            pid  restarts  calls      out        in     cpu  resident     peak  state\n"
          "org.acme.resize  4711         0   1000  292 KiB  5.00 GiB  1.23 s  2.00 MiB  102 MiB  runs\n"
          "org.acme.menu       -         3      0      0 B       0 B    0 ns       0 B      0 B  quarantined\n"
          "  last end: org.acme.menu 1.2.3: its worker was ended by signal 11 (Segmentation fault)\n");
}

TEST_CASE("sizes have three digits, and no byte of a plugin reaches the terminal as a command") {
    host::WorkerRow row = test::running_worker();
    row.state = TENON_WORKER_DOWN;
    row.bytes_out = 1'023;
    row.bytes_in = 20'000;
    CHECK(table_of(row).find("  1023 B  19.5 KiB  ") != std::string::npos);
    CHECK(table_of(row).ends_with("  down\n"));
    row.bytes_in = UINT64_MAX;
    CHECK(table_of(row).find("  15.9 EiB  ") != std::string::npos);
    row.state = 77;
    row.plugin = row.last_end = test::hostile_name;
    const std::string table = table_of(row);
    CHECK(table.find("  unknown\n") != std::string::npos);
    for (const char c : table) CHECK((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f')));
}

TEST_CASE("the application gets many workers in pieces, and may stop them") {
    tenon_stats stats = with({});
    stats.workers.resize(5'000, test::lost_worker());
    const auto read = [](void* left, tenon_str) -> std::uint32_t { return --*static_cast<int*>(left) > 0 ? 1 : 0; };
    for (const std::uint32_t format : {TENON_STATS_JSON, TENON_STATS_PROMETHEUS, TENON_STATS_TABLE}) {
        int all = 1'000'000, some = 2;
        CHECK(tenon_stats_write(&stats, format, read, &all) == TENON_OK);
        CHECK(all < 1'000'000 - 5);
        CHECK(tenon_stats_write(&stats, format, read, &some) == TENON_E_CANCELLED);
        CHECK(some == 0);
    }
}
