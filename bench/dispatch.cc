// What a dispatch costs: Tenon through its installed library, against the floor (a loop over the same functions) and
// boost::signals2, in one run. Handlers are in 64 separate libraries.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <tenon/entry.h>
#include <boost/signals2.hpp>
#include <cstdio>
#include <memory>
#include <tenon/host.hpp>
#include <thread>

#include "event.h"
#include "report.h"

namespace {

constexpr int most = 64;
const std::vector<int> counts = {0, 1, 4, 16, 64};

std::string library(int number) {
    return std::string(BENCH_HANDLERS) + "/handler_" + std::to_string(number) + ".so";
}

// The functions themselves, from the same files, opened without Tenon.
const std::vector<tenon_handler_fn>& functions() {
    static const std::vector<tenon_handler_fn> all = [] {
        std::vector<tenon_handler_fn> found;
        for (int number = 0; number < most; ++number) {
            void* const handle = ::dlopen(library(number).c_str(), RTLD_NOW | RTLD_LOCAL);
            if (handle == nullptr) throw std::runtime_error(::dlerror());
            const auto* const entry = static_cast<const tenon_entry_block*>(::dlsym(handle, "tenon_entry"));
            found.push_back(static_cast<const tenon_handler*>(entry->handlers.data)->fn);
        }
        return found;
    }();
    return all;
}

struct Line {
    tenon_handler_fn fn;
    void* self;
};

void raw_loop(benchmark::State& state) {
    std::vector<Line> lines;
    for (int i = 0; i < state.range(0); ++i) lines.push_back({functions()[static_cast<std::size_t>(i)], nullptr});
    const bench_event event = {1};
    for (auto _ : state) {
        benchmark::DoNotOptimize(lines.data());
        for (const Line& line : lines) benchmark::DoNotOptimize(line.fn(line.self, nullptr, &event, nullptr));
        benchmark::ClobberMemory();
    }
}

void tenon_call_hook(benchmark::State& state) {
    tenon::Host host;
    host.offer<bench_contract>();
    for (int i = 0; i < state.range(0); ++i)
        if (!host.load(library(i)).all_active()) state.SkipWithError("a handler was refused");
    const auto hook = host.hook<bench_event_hook>();
    tenon::Scope scope(host);
    const bench_event event = {1};
    for (auto _ : state) benchmark::DoNotOptimize(tenon_hook_call(hook.raw(), scope.raw(), &event, nullptr));
    if (scope.error_count() != 0) state.SkipWithError("a handler failed");
}

void boost_signals2(benchmark::State& state) {
    boost::signals2::signal<void(const bench_event&)> signal;
    for (int i = 0; i < state.range(0); ++i)
        signal.connect([fn = functions()[static_cast<std::size_t>(i)]](const bench_event& event) {
            benchmark::DoNotOptimize(fn(nullptr, nullptr, &event, nullptr));
        });
    const bench_event event = {1};
    for (auto _ : state) signal(event);
}

void add(const char* name, void (*function)(benchmark::State&)) {
    auto* const one = benchmark::RegisterBenchmark(name, function);
    for (const int count : counts) one->Arg(count);
    one->Repetitions(9)->ReportAggregatesOnly(true);
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    add("raw loop", raw_loop);
    add("Tenon", tenon_call_hook);
    add("boost::signals2", boost_signals2);
    // A process that never had a second thread elides atomic instructions in the peers: this one has had one.
    std::thread([] {}).join();
    bench::Medians medians;
    benchmark::RunSpecifiedBenchmarks(&medians);
    const std::string table =
        bench::machine() + ".\n\n" + bench::markdown(medians, {"raw loop", "Tenon", "boost::signals2"}, counts);
    std::printf("\n%s", table.c_str());
    bench::keep(table);
    return 0;
}
