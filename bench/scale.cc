// Many of everything: handlers on one hook while it is dispatched, hooks, plugins, threads. Through the installed
// library.
#include <malloc.h>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <tenon/host.hpp>
#include <thread>
#include <vector>

#include "event.h"
#include "measure.h"
#include "report.h"
#include "scale_plugins.h"

namespace {

// What is allocated now; freed memory that the process keeps does not hide it.
std::uint64_t heap_kib() {
    const struct mallinfo2 now = ::mallinfo2();
    return (now.uordblks + now.hblkhd) / 1024;
}

using namespace bench;

constexpr std::size_t handlers = 10'000;

std::int32_t on_event(void*, tenon_call*, const void* request, void*) {
    return static_cast<const bench_event*>(request)->number == 0 ? TENON_DECLINED : TENON_CONTINUE;
}

tenon::Hook<bench_event_hook> offered(tenon::Host& host) {
    host.offer<bench_contract>();
    return host.hook<bench_event_hook>();
}

// A thread that dispatches a hook without pause and keeps how long each dispatch took, in microseconds.
class Dispatcher {
public:
    Dispatcher(const tenon::Host& host, tenon_hook* hook)
        : thread_([this, &host, hook] {
              pin(1);
              const tenon::Scope scope(host);
              const bench_event event = {1};
              while (!ends_.load(std::memory_order_relaxed)) {
                  const std::uint64_t begun = wall_ns();
                  tenon_hook_call(hook, scope.raw(), &event, nullptr);
                  const auto took = static_cast<double>(wall_ns() - begun) / 1e3;
                  if (took_.size() < took_.capacity()) took_.push_back(took);
              }
          }) {}
    std::vector<double> end() {
        ends_.store(true);
        thread_.join();
        return std::move(took_);
    }

private:
    std::vector<double> took_ = [] {
        std::vector<double> room(4'000'000);
        room.clear();
        return room;
    }();
    std::atomic<bool> ends_{false};
    std::thread thread_;
};

std::string dispatch_row(const char* what, const std::vector<double>& took) {
    return row({what, std::to_string(took.size()), fixed(median(took), 1), fixed(quantile(took, 0.999), 1),
                fixed(quantile(took, 1), 1)});
}

double us_each(std::uint64_t begun, std::size_t count) {
    return static_cast<double>(wall_ns() - begun) / 1e3 / static_cast<double>(count);
}

using Registrations = std::vector<tenon_registration*>;

Registrations add_all(const tenon::Hook<bench_event_hook>& hook, bool random, std::mt19937& dice) {
    Registrations added;
    std::uniform_int_distribution<std::int32_t> any(-1'000'000, 1'000'000);
    for (std::size_t i = 0; i < handlers; ++i)
        added.push_back(hook.add("handler-" + std::to_string(i), on_event, nullptr, random ? any(dice) : 0));
    return added;
}

void remove_all(const tenon::Hook<bench_event_hook>& hook, const Registrations& registrations) {
    for (tenon_registration* const one : registrations) tenon_hook_remove(hook.raw(), one, 0);
}

// Adds and removes without a pause for as long as the dispatcher is watched; microseconds of a pair.
double churn(const tenon::Hook<bench_event_hook>& hook, Registrations& registrations, std::mt19937& dice) {
    std::uniform_int_distribution<std::size_t> which(0, registrations.size() - 1);
    std::uniform_int_distribution<std::int32_t> any(-1'000'000, 1'000'000);
    const std::uint64_t begun = wall_ns();
    std::size_t pairs = 0;
    for (; wall_ns() - begun < 2'000'000'000; ++pairs) {
        tenon_registration*& one = registrations[which(dice)];
        tenon_hook_remove(hook.raw(), one, 0);
        one = hook.add("again-" + std::to_string(pairs), on_event, nullptr, any(dice));
    }
    return us_each(begun, pairs);
}

std::string many_handlers() {
    pin(0);
    std::mt19937 dice(7);
    tenon::Host host;
    const auto hook = offered(host);
    std::string changes = head({"10,000 handlers on one hook, dispatched meanwhile", "us each"});
    std::string dispatches = head({"dispatches of that hook", "dispatches", "median, us", "p99.9, us", "longest, us"});
    for (const bool random : {false, true}) {
        Dispatcher dispatcher(host, hook.raw());
        std::uint64_t begun = wall_ns();
        Registrations all = add_all(hook, random, dice);
        changes +=
            row({random ? "added, random priorities" : "added, one priority", fixed(us_each(begun, handlers), 2)});
        std::shuffle(all.begin(), all.end(), dice);
        begun = wall_ns();
        remove_all(hook, all);
        changes += row({"removed, in random order", fixed(us_each(begun, handlers), 2)});
        dispatches += dispatch_row(
            random ? "while they are added at random places, and removed" : "while they are added, and removed",
            dispatcher.end());
    }
    Registrations all = add_all(hook, true, dice);
    Dispatcher quiet(host, hook.raw());
    std::this_thread::sleep_for(std::chrono::seconds(2));
    dispatches += dispatch_row("10,000 handlers, nothing changes", quiet.end());
    Dispatcher disturbed(host, hook.raw());
    const double pair = churn(hook, all, dice);
    dispatches += dispatch_row("10,000 handlers, one replaced after the other", disturbed.end());
    changes += row({"removed and another added, at random places (a pair)", fixed(pair, 2)});
    return changes + "\n" + dispatches;
}

// The bench's contract under another id.
std::vector<tenon_record> contract_number(std::size_t number) {
    std::vector<tenon_record> records(std::begin(bench_contract::records), std::end(bench_contract::records));
    std::snprintf(records.front().name, TENON_NAME_SIZE, "org.tenon.bench-%04zu", number);
    return records;
}

std::string many_hooks() {
    constexpr std::size_t hooks = 1000, each = 10;
    tenon::Host host;
    const tenon::Scope scope(host);
    const bench_event event = {1};
    std::vector<tenon_hook*> all;
    const std::uint64_t before = heap_kib();
    const std::uint64_t begun = wall_ns();
    for (std::size_t i = 0; i < hooks; ++i) {
        const std::vector<tenon_record> records = contract_number(i);
        tenon_error error = TENON_ERROR_INIT;
        const std::string_view id = records.front().name;
        tenon_hook* hook = nullptr;
        if (tenon_host_offer(host.raw(), records.data(), records.size(), &error) < 0 ||
            tenon_host_hook(host.raw(), tenon::str(id), TENON_STR("event"), &hook, &error) < 0)
            throw tenon::Error(error);
        for (std::size_t j = 0; j < each; ++j)
            tenon::Hook<bench_event_hook>(hook).add("handler-" + std::to_string(j), on_event, nullptr);
        all.push_back(hook);
    }
    const double set_up_ms = us_each(begun, 1) / 1e3;
    const std::uint64_t after = heap_kib();
    const auto over = [&](std::size_t different) -> Burst {
        return [&, different](std::size_t times) {
            for (std::size_t i = 0; i < times; ++i)
                keep_value(tenon_hook_call(all[i % different], scope.raw(), &event, nullptr));
        };
    };
    const std::vector<double> took = by_turns({over(1), over(hooks)}, 101, 2'000'000);
    return head({"1,000 hooks with 10 handlers each", ""}) + row({"set up, ms", fixed(set_up_ms, 1)}) +
           row({"memory for each handler, KiB", fixed(static_cast<double>(after - before) / (hooks * each), 2)}) +
           row({"a dispatch, the same hook again and again, ns", fixed(took[0], 1)}) +
           row({"a dispatch, each hook in turn, ns", fixed(took[1], 1)});
}

// Dispatches of all threads in 100 ms.
std::uint64_t dispatches_of(const tenon::Host& host, tenon_hook* hook, std::size_t threads) {
    std::atomic<std::uint64_t> sum{0};
    std::atomic<bool> ends{false};
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < threads; ++i)
        all.emplace_back([&] {
            const tenon::Scope scope(host);
            const bench_event event = {1};
            std::uint64_t done = 0;
            for (; !ends.load(std::memory_order_relaxed); ++done) tenon_hook_call(hook, scope.raw(), &event, nullptr);
            sum.fetch_add(done);
        });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ends.store(true);
    for (std::thread& one : all) one.join();
    return sum.load();
}

std::string many_threads() {
    constexpr std::size_t counts[] = {1, 2, 8};
    tenon::Host host;
    const auto hook = offered(host);
    for (int i = 0; i < 16; ++i) hook.add("handler-" + std::to_string(i), on_event, nullptr);
    std::vector<std::vector<double>> done(std::size(counts));
    for (int round = 0; round < 15; ++round)
        for (std::size_t i = 0; i < std::size(counts); ++i)
            done[i].push_back(static_cast<double>(dispatches_of(host, hook.raw(), counts[i])) / 1e5);
    std::string table = head({"threads, one hook with 16 handlers", "million dispatches a second", "times one thread"});
    const double one = median(done[0]);
    for (std::size_t i = 0; i < std::size(counts); ++i)
        table += row({std::to_string(counts[i]), fixed(median(done[i]), 2), fixed(median(done[i]) / one, 2)});
    return table;
}

}  // namespace

int main() try {
    // First, as this process is still small: it is copied for each measurement.
    const std::string plugins = many_plugins(BENCH_PLUGIN);
    std::string table = machine() + ".\n\n";
    std::thread([&] { table += many_handlers(); }).join();
    table += "\n" + many_hooks() + "\n" + plugins + "\n" + many_threads();
    std::printf("\n%s", table.c_str());
    keep(table);
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "scale_bench: %s\n", e.what());
    return 1;
}
