// How long it takes to know 2,000 plugins in one folder: cold, with nothing known before, and warm, with the cache file
// of an earlier scan; each alone, and with the manifests parsed. The plugins are in the page cache in both cases: only
// the operating system can empty it.
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "loader/scan.h"
#include "manifest/manifest.h"

using namespace tenon;

namespace {

constexpr std::size_t plugins = 2000;
constexpr int runs = 31;
constexpr double cold_gate_ms = 600, warm_gate_ms = 60;
constexpr std::string_view template_id = "org.tenon.bench.plugin-0000";

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "discovery_bench: %s\n", why.c_str());
    std::exit(1);
}

// Writes the plugins, each with an id of its own, of the same length, in its note.
void make_plugins(const std::string& folder) {
    base::Result<std::string> bytes = base::read_file(BENCH_PLUGINS "/bench_discovery_plugin.so", 16u << 20);
    if (!bytes) give_up(bytes.problem().text);
    const std::size_t place = bytes.value().find(template_id);
    if (place == std::string::npos) give_up("the plugin does not have the id that is expected");
    for (std::size_t i = 0; i < plugins; ++i) {
        bytes.value().replace(place, template_id.size(), fmt::format("org.tenon.bench.plugin-{:04}", i));
        if (const base::Check problem = base::write_file(fmt::format("{}/p{:04}.so", folder, i), bytes.value()))
            give_up(problem->text);
    }
}

// Files that are new are not kept in a cache.
void wait_until_settled(const std::string& path) {
    struct stat facts{};
    struct timespec now{};
    do {
        ::usleep(100'000);
        ::clock_gettime(CLOCK_REALTIME, &now);
        if (::stat(path.c_str(), &facts) != 0) give_up(path + " is gone");
    } while (!loader::is_settled(loader::identity_of(facts), {now.tv_sec, now.tv_nsec}));
}

struct Case {
    const char* what;
    double gate_ms;
    bool cached;         // with a cache file
    bool warm;           // which an earlier scan has left
    bool with_manifest;  // parsed
};

void check(const loader::Scan& scan, const Case& wanted) {
    if (scan.rows.size() != plugins || !scan.problems.empty()) give_up("the scan did not find what was made");
    for (const loader::ScanRow& row : scan.rows)
        if (!row.outcome || row.from_cache != wanted.warm) give_up(row.path + ": is not known as it should be");
}

struct Times {
    double wall = 0, cpu = 0;  // milliseconds
};

// Time of the wall clock and of the processor: where they differ, the machine had other work.
Times now() {
    const auto of = [](clockid_t clock) {
        struct timespec time{};
        ::clock_gettime(clock, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    };
    return {of(CLOCK_MONOTONIC), of(CLOCK_PROCESS_CPUTIME_ID)};
}

double median(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

// One run, from opening the cache to saving it.
Times run(const Case& what, const std::string& folder, const std::string& file) {
    if (!what.warm) ::unlink(file.c_str());
    const Times begun = now();
    loader::ImageCache cache = loader::ImageCache::open(what.cached ? file : "");
    const loader::Scan scan = loader::scan(folder, {}, what.cached ? &cache : nullptr);
    if (what.cached && cache.save()) give_up("the cache cannot be written");
    std::size_t parsed = 0;
    if (what.with_manifest)
        for (const loader::ScanRow& row : scan.rows)
            if (row.outcome && manifest::parse_manifest(row.outcome.value().manifest, row.path).manifest) ++parsed;
    const Times ended = now();
    check(scan, what);
    if (what.with_manifest && parsed != plugins) give_up("not all manifests are right");
    return {ended.wall - begun.wall, ended.cpu - begun.cpu};
}

std::string row(const Case& what, const std::string& folder, const std::string& file) {
    run({"", 0, true, false, false}, folder, file);
    std::vector<double> wall, cpu;
    for (int i = 0; i < runs; ++i) {
        const Times times = run(what, folder, file);
        wall.push_back(times.wall);
        cpu.push_back(times.cpu);
    }
    const double time = median(wall);
    return fmt::format("| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | < {} {} |\n", what.what, time,
                       *std::max_element(wall.begin(), wall.end()), median(cpu), time * 1000 / plugins, what.gate_ms,
                       time < what.gate_ms ? "met" : "missed");
}

}  // namespace

int main() {
    const std::string folder = base::make_unique_folder(base::temporary_folder(), "tenon-bench-").take();
    const std::string shelf = folder + "/plugins", file = folder + "/images";
    if (const base::Check problem = base::make_folder(shelf)) give_up(problem->text);
    make_plugins(shelf);
    wait_until_settled(shelf + fmt::format("/p{:04}.so", plugins - 1));
    std::string rows;
    for (const Case& each : {Case{"cold, without a cache", cold_gate_ms, false, false, false},
                             Case{"cold, the cache is written", cold_gate_ms, true, false, false},
                             Case{"cold, and the manifests parsed", cold_gate_ms, true, false, true},
                             Case{"warm", warm_gate_ms, true, true, false},
                             Case{"warm, and the manifests parsed", warm_gate_ms, true, true, true}})
        rows += row(each, shelf, file);
    struct stat cache{};
    ::stat(file.c_str(), &cache);
    const std::string table = fmt::format(
        "{} plugins in one folder, {} runs, one thread, files in the page cache; the cache file has {} KiB.\n\n"
        "| scan | median, ms | worst, ms | processor, ms | per plugin, us | gate for the median, ms |\n"
        "|---|---|---|---|---|---|\n{}",
        plugins, runs, cache.st_size / 1024, rows);
    base::remove_tree(folder);
    std::fputs(table.c_str(), stdout);
    if (const char* const out = std::getenv("BENCH_TABLE"))
        if (const base::Check problem = base::write_file(out, table)) give_up(problem->text);
    return 0;
}
