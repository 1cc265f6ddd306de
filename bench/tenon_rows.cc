#include "tenon_rows.h"

#include <tenon/stats.h>

#include <stdexcept>
#include <tenon/host.hpp>
#include <vector>

#include "measure.h"

namespace bench {

namespace {

struct Attached {
    tenon::Host host;
    tenon_hook* hook = nullptr;
};

std::shared_ptr<Attached> offered() {
    auto attached = std::make_shared<Attached>();
    attached->host.offer<bench_contract>();
    return attached;
}

std::shared_ptr<Attached> loaded(Functions functions) {
    auto attached = offered();
    std::vector<std::string> files;
    for (std::size_t i = 0; i < functions.size(); ++i) files.push_back(handler_library(static_cast<int>(i)));
    if (!files.empty() && !attached->host.load(files).all_active()) throw std::runtime_error("a handler was refused");
    attached->hook = attached->host.hook<bench_event_hook>().raw();
    return attached;
}

template <class Hook>
std::shared_ptr<void> added(Functions functions) {
    auto attached = offered();
    const auto hook = attached->host.hook<Hook>();
    for (std::size_t i = 0; i < functions.size(); ++i) hook.add("handler-" + std::to_string(i), functions[i], nullptr);
    attached->hook = hook.raw();
    return attached;
}

Burst burst_of(const std::shared_ptr<void>& object) {
    Attached& attached = *static_cast<Attached*>(object.get());
    auto scope = std::make_shared<tenon::Scope>(attached.host);
    return [hook = attached.hook, scope](std::size_t times) {
        const bench_event event = {1};
        bench_event reply = {1};
        for (; times != 0; --times) keep_value(tenon_hook_call(hook, scope->raw(), &event, &reply));
        if (scope->error_count() != 0) throw std::runtime_error("a handler failed");
    };
}

struct Counted {
    std::uint64_t calls = 0;
    std::uint64_t timed = 0;
};

Counted counted(const tenon::Host& host) {
    tenon_stats* stats = nullptr;
    if (tenon_host_stats(host.raw(), &stats) < 0) throw std::runtime_error("no statistics");
    Counted sum;
    for (std::uint64_t i = 0; i < tenon_stats_count(stats); ++i) {
        auto one = tenon::sized<tenon_stats_row>();
        tenon_stats_row_at(stats, i, &one);
        sum.calls += one.calls;
        sum.timed += one.timed;
    }
    tenon_stats_destroy(stats);
    return sum;
}

}  // namespace

Contender tenon_notify() {
    return {"Tenon", [](Functions functions) -> std::shared_ptr<void> { return loaded(functions); }, burst_of};
}

Contender tenon_filter() {
    return {"Tenon, FILTER", added<bench_filter_hook>, burst_of};
}

Contender tenon_first() {
    return {"Tenon, FIRST", added<bench_first_hook>, burst_of};
}

Contender tenon_listened() {
    return {"Tenon, with an interceptor",
            [](Functions functions) -> std::shared_ptr<void> {
                auto attached = loaded(functions);
                auto interceptor = tenon::sized<tenon_interceptor>();
                std::uint64_t id = 0;
                if (tenon_host_add_interceptor(attached->host.raw(), &interceptor, &id) < 0)
                    throw std::runtime_error("the interceptor was refused");
                return attached;
            },
            burst_of};
}

// A handler whose mean is above a microsecond is timed at each call. The mean follows the last calls, so one slow call
// before each eight quick ones keeps it there; only the quick ones are measured.
double exactly_timed(Functions functions) {
    constexpr std::uint64_t quick = 8, warm_up = 192, batches = 300;
    const auto attached = loaded(functions);
    const tenon::Scope scope(attached->host);
    const bench_event slow = {200'000}, event = {1};
    const auto call = [&](const bench_event& with) {
        keep_value(tenon_hook_call(attached->hook, scope.raw(), &with, nullptr));
    };
    for (std::uint64_t i = 0; i < warm_up; ++i) call(slow);
    const Counted before = counted(attached->host);
    std::vector<double> took;
    for (std::uint64_t batch = 0; batch < batches; ++batch) {
        call(slow);
        const std::uint64_t begun = wall_ns();
        for (std::uint64_t i = 0; i < quick; ++i) call(event);
        took.push_back(static_cast<double>(wall_ns() - begun) / quick);
    }
    const Counted after = counted(attached->host);
    const bool all_timed = after.timed - before.timed == after.calls - before.calls;
    return all_timed ? median(std::move(took)) : 0;
}

}  // namespace bench
