// What a plan costs: 2,000 plugins with 10,000 edges between them, all sound, and with refusals of every kind.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "manifest/plan.h"

namespace {

using namespace tenon::manifest;

constexpr std::size_t plugins = 2000;
constexpr std::size_t edges = 10000;
constexpr int runs = 30;
constexpr double gate_ms = 50;

// Plugins that need others with a smaller number: no circles.
struct Shelf {
    std::deque<Manifest> manifests;
    std::vector<Candidate> candidates;
    std::vector<Offer> offers;
    System system;
};

Range range(const char* text) {
    return Range::parse(text).take();
}

std::string id(std::size_t number) {
    return fmt::format("org.tenon.bench.plugin-{:04}", number);
}

Shelf sound_shelf() {
    Shelf shelf;
    shelf.system.platform = "linux-x86_64";
    shelf.offers.push_back({"org.tenon.bench", Version::parse("1.0.0").take(), ""});
    for (std::size_t i = 0; i < plugins; ++i) {
        Manifest& manifest = shelf.manifests.emplace_back();
        manifest.id = id(i);
        manifest.version = Version::parse("1.2.3").take();
        manifest.contracts.push_back({"org.tenon.bench", range("^1"), false, {}});
        Candidate& candidate = shelf.candidates.emplace_back();
        candidate.manifest = &manifest;
        candidate.path = fmt::format("/usr/lib/tenon/plugins/{}.so", id(i));
        candidate.platform = "linux-x86_64";
    }
    std::mt19937 random(1);
    for (std::size_t count = 0; count < edges;) {
        const std::size_t from = random() % plugins;
        const std::size_t to = random() % plugins;
        if (to >= from) continue;
        shelf.manifests[from].dependencies.push_back({id(to), range("^1.0"), random() % 8 == 0, {}});
        ++count;
    }
    std::shuffle(shelf.candidates.begin(), shelf.candidates.end(), random);
    return shelf;
}

// One in ten plugins has a reason of its own to be refused; of those that need them, most fall with them.
Shelf refused_shelf() {
    Shelf shelf = sound_shelf();
    for (std::size_t i = 0; i < plugins; i += 10) {
        Candidate& candidate = shelf.candidates[i];
        Manifest& manifest = const_cast<Manifest&>(*candidate.manifest);
        switch (i / 10 % 8) {
            case 0:
                candidate.faults.push_back({"image.bad-elf", candidate.path + ": is broken", ""});
                break;
            case 1:
                candidate.platform = "linux-riscv64";
                break;
            case 2:
                manifest.dependencies.push_back({manifest.id + "x", range("^1"), false, {}});
                break;
            case 3:
                manifest.dependencies.push_back({id(i), range("^2"), false, {}});
                break;
            case 4:
                manifest.contracts.push_back({"org.tenon.bnech", range("^1"), false, {}});
                break;
            case 5:
                manifest.conflicts.push_back({id(i + 1), range("*"), {}});
                break;
            case 6:
                manifest.replaces.push_back({id(i + 1), range("*"), {}});
                break;
            default:
                shelf.manifests[0].dependencies.push_back({manifest.id, range("*"), false, {}});
                break;
        }
    }
    return shelf;
}

std::string row(const char* what, const Shelf& shelf) {
    std::vector<double> times;
    std::vector<double> cpu;  // a busy machine does not add to it
    Plan plan;
    for (int run = 0; run < runs; ++run) {
        const std::clock_t cpu_begun = std::clock();
        const auto begun = std::chrono::steady_clock::now();
        plan = make_plan(shelf.candidates, {shelf.offers, {}, shelf.system, {}});
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
        cpu.push_back(1e3 * static_cast<double>(std::clock() - cpu_begun) / CLOCKS_PER_SEC);
    }
    std::sort(times.begin(), times.end());
    std::sort(cpu.begin(), cpu.end());
    return fmt::format("| {} | {} | {} | {} | {:.1f} | {:.1f} | {:.1f} | < {} {} |\n", what, plan.order.size(),
                       plan.refusals.size(), plan.links.size(), times[times.size() / 2], times.back(),
                       cpu[cpu.size() / 2], gate_ms, times.back() < gate_ms ? "met" : "missed");
}

}  // namespace

int main() {
    std::string table = fmt::format(
        "{} plugins, {} edges, {} runs.\n\n"
        "| plugins | start | refusals | links | median, ms | worst, ms | median of CPU, ms | gate for worst, ms |\n"
        "|---|---|---|---|---|---|---|---|\n",
        plugins, edges, runs);
    table += row("all sound", sound_shelf());
    table += row("with refusals", refused_shelf());
    std::fputs(table.c_str(), stdout);
    if (const char* const path = std::getenv("BENCH_TABLE")) {
        std::FILE* const file = std::fopen(path, "w");
        if (file == nullptr || std::fputs(table.c_str(), file) < 0 || std::fclose(file) != 0) return 1;
    }
    return 0;
}
