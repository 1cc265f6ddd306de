// What a dispatch costs: Tenon through its installed library, the floor (a loop over the same functions, in the program
// and in a library of its own) and the peers, by turns in one run. The handlers are in 64 separate libraries.
#include <dlfcn.h>

#include <tenon/entry.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include "measure.h"
#include "peers.h"
#include "raw_loop.h"
#include "report.h"
#include "tenon_rows.h"

std::string bench::handler_library(int number) {
    return std::string(BENCH_HANDLERS) + "/handler_" + std::to_string(number) + ".so";
}

namespace {

using namespace bench;

constexpr std::size_t most = 64;
constexpr std::size_t counts[] = {0, 1, 4, 16, 64};
constexpr std::uint64_t turn_ns = 300'000;

// The functions themselves, from the same files, opened without Tenon.
std::vector<tenon_handler_fn> open_functions() {
    std::vector<tenon_handler_fn> found;
    for (std::size_t number = 0; number < most; ++number) {
        void* const handle = ::dlopen(handler_library(static_cast<int>(number)).c_str(), RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) throw std::runtime_error(::dlerror());
        const auto* const entry = static_cast<const tenon_entry_block*>(::dlsym(handle, "tenon_entry"));
        found.push_back(static_cast<const tenon_handler*>(entry->handlers.data)->fn);
    }
    return found;
}

using Lines = std::vector<Line>;

Contender raw(const char* name, void (*loop)(const Line*, std::size_t, const void*)) {
    return {name,
            [](Functions functions) -> std::shared_ptr<void> {
                auto lines = std::make_shared<Lines>();
                for (const tenon_handler_fn fn : functions) lines->push_back({fn, nullptr});
                return lines;
            },
            [loop](const std::shared_ptr<void>& object) -> Burst {
                return [lines = static_cast<const Lines*>(object.get()), loop](std::size_t times) {
                    const bench_event event = {1};
                    for (; times != 0; --times) loop(lines->data(), lines->size(), &event);
                };
            }};
}

// The same, where the compiler sees the loop.
Contender raw_here() {
    Contender here = raw("raw loop", nullptr);
    here.burst = [](const std::shared_ptr<void>& object) -> Burst {
        return [lines = static_cast<const Lines*>(object.get())](std::size_t times) {
            const bench_event event = {1};
            for (; times != 0; --times) {
                keep_value(lines);
                call_all(lines->data(), lines->size(), &event);
            }
        };
    };
    return here;
}

// By contender, then by number of handlers.
using Figures = std::vector<std::vector<double>>;

Figures measure_all(const std::vector<Contender>& contenders, Functions functions, int rounds) {
    Figures figures(contenders.size());
    for (const std::size_t count : counts) {
        std::vector<std::shared_ptr<void>> objects;
        std::vector<Burst> bursts;
        for (const Contender& contender : contenders) {
            objects.push_back(contender.attach(functions.first(count)));
            bursts.push_back(contender.burst(objects.back()));
        }
        const std::vector<double> medians = by_turns(bursts, rounds, turn_ns);
        for (std::size_t i = 0; i < contenders.size(); ++i) figures[i].push_back(medians[i]);
        bursts.clear();  // scopes go before their hosts
    }
    return figures;
}

std::string row_of(const std::string& name, const std::vector<double>& figures) {
    std::vector<std::string> cells = {name};
    for (const double figure : figures) cells.push_back(figure == 0 ? "-" : fixed(figure, figure < 100 ? 2 : 0));
    return row(cells);
}

std::string contention_table(const std::vector<Contender>& contenders, Functions functions, int rounds) {
    std::string table = head({"two threads on one object with 16 handlers", "slowdown", "rounds that counted"});
    for (const Contender& contender : contenders) {
        if (!contender.thread_safe) {
            table += row({contender.name, "not made for threads", "-"});
            continue;
        }
        const std::shared_ptr<void> object = contender.attach(functions.first(16));
        const Contention found = contention(contender.burst(object), contender.burst(object), rounds, turn_ns);
        table += row({contender.name, found.slowdown == 0 ? "-" : fixed(found.slowdown, 2) + "x",
                      std::to_string(found.rounds) + " of " + std::to_string(rounds)});
    }
    return table;
}

std::string verdict(double value, double limit) {
    return fixed(value, 2) + (value <= limit ? " (met)" : " (missed)");
}

// Each gate against both floors.
std::string gates(const std::vector<double>& here, const std::vector<double>& library, const std::vector<double>& own,
                  const std::vector<double>& exact) {
    const auto ratios = [&](std::size_t at, double limit) {
        return std::vector<std::string>{verdict(own[at] / library[at], limit), verdict(own[at] / here[at], limit)};
    };
    const auto one = ratios(1, 1.8);
    const auto sixteen = ratios(3, 1.2);
    const double timing = (exact[3] - own[3]) / 16;
    return head({"gate", "limit", "against the loop in a library", "against the loop in the program"}) +
           row({"empty hook, ns", "2.5", verdict(own[0], 2.5), ""}) + row({"1 handler, ratio", "1.8", one[0], one[1]}) +
           row({"16 handlers, ratio", "1.2", sixteen[0], sixteen[1]}) +
           row({"exact timing with histogram, ns more per handler (16 handlers)", "16",
                exact[3] == 0 ? "-" : verdict(timing, 16), ""});
}

int run(int rounds) {
    const std::vector<tenon_handler_fn> functions = open_functions();
    std::vector<Contender> contenders = {raw("raw loop in a library", bench_call_all),
                                         raw_here(),
                                         tenon_notify(),
                                         tenon_filter(),
                                         tenon_first(),
                                         tenon_listened(),
                                         boost_signals2(),
                                         libsigcpp(),
                                         qt(),
                                         gobject()};
    std::thread([] { pin(1); }).join();  // a process that never had a second thread elides atomic instructions
    const Figures figures = measure_all(contenders, functions, rounds);
    std::vector<double> exact;
    for (const std::size_t count : counts)
        exact.push_back(count == 0 ? 0 : exactly_timed(Functions(functions).first(count)));
    std::string table = machine() + ". " + std::to_string(rounds) + " rounds.\n\n" +
                        head({"ns per dispatch", "empty", "1", "4", "16", "64"});
    for (std::size_t i = 0; i < contenders.size(); ++i) table += row_of(contenders[i].name, figures[i]);
    table += row_of("Tenon, every handler timed exactly", exact);
    std::erase_if(contenders, [](const Contender& one) { return one.name.starts_with("Tenon, "); });
    table += "\n" + gates(figures[1], figures[0], figures[2], exact);
    table += "\n" + contention_table(contenders, functions, rounds * 2);
    std::printf("\n%s", table.c_str());
    keep(table);
    return 0;
}

}  // namespace

// dispatch_bench [rounds]
int main(int argc, char** argv) try {
    return run(argc > 1 ? std::max(std::atoi(argv[1]), 3) : 301);
} catch (const std::exception& e) {
    std::fprintf(stderr, "dispatch_bench: %s\n", e.what());
    return 1;
}
