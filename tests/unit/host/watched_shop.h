// A shop whose log and statistics are watched while other threads are in its handlers.
#pragma once

#include <tenon/stats.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

namespace tenon::test {

// Waits for something that will come; gives up after a time that no machine needs.
template <class Condition>
bool comes_true(Condition&& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

// The log, for any thread.
class SharedLog {
public:
    static void write(void* self, uint32_t, tenon_str plugin, tenon_str text) {
        auto& log = *static_cast<SharedLog*>(self);
        const std::lock_guard guard(log.lock_);
        log.lines_.push_back(std::string(view(plugin)) + ": " + std::string(view(text)));
    }
    // The lines that have `part` in them.
    std::vector<std::string> with(const std::string& part) const {
        const std::lock_guard guard(lock_);
        std::vector<std::string> found;
        for (const std::string& line : lines_)
            if (line.find(part) != std::string::npos) found.push_back(line);
        return found;
    }
    tenon_host_options options() {
        auto out = sized<tenon_host_options>();
        out.trust = TENON_TRUST_TRUSTED;
        out.log = write;
        out.log_data = this;
        return out;
    }

private:
    mutable std::mutex lock_;
    std::vector<std::string> lines_;
};

// One handler's row, with its texts.
struct Row {
    tenon_stats_row row = sized<tenon_stats_row>();
    std::string reason;
    std::string stack;
    const tenon_stats_row* operator->() const { return &row; }
};

inline Row row_of(const tenon::Host& host, std::string_view plugin, std::string_view hook = {}) {
    tenon_stats* raw = nullptr;
    if (tenon_host_stats(host.raw(), &raw) != TENON_OK) throw std::bad_alloc();
    const std::unique_ptr<tenon_stats, void (*)(tenon_stats*)> stats(raw, tenon_stats_destroy);
    Row out;
    for (std::uint64_t i = 0; i < tenon_stats_count(raw); ++i) {
        tenon_stats_row_at(raw, i, &out.row);
        if (view(out->plugin) != plugin || (!hook.empty() && view(out->hook) != hook)) continue;
        out.reason = std::string(view(out->reason));
        out.stack = std::string(view(out->stack));
        return out;
    }
    throw std::runtime_error("no row for " + std::string(plugin));
}

inline constexpr std::uint64_t ms = 1'000'000;

// Processor time of this thread.
inline std::uint64_t used_ns() {
    struct timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000 * ms + static_cast<std::uint64_t>(now.tv_nsec);
}
inline void work_for(std::uint64_t ns) {
    for (const std::uint64_t until = used_ns() + ns; used_ns() < until;) {
    }
}

struct Limits {
    std::uint64_t soft_ns = 0;
    std::uint64_t hard_ns = 0;
    std::uint32_t share = 0;
};

// The hook "opened" has no budgets of its own, so that those of a test are the only ones.
class WatchedShop {
public:
    using Work = std::function<int32_t(tenon_call*)>;
    inline static const std::string hook = SHOP_ID "/opened";

    explicit WatchedShop(const std::function<void(tenon_host_options&)>& adjust = {}) : shop(adjusted(adjust)) {}

    void on_opened(const char* name, const Limits& limits, Work work) {
        works_.push_back(std::make_unique<Work>(std::move(work)));
        auto options = sized<tenon_handler_options>();
        options.name = tenon_str_from(name);
        options.soft_ns = limits.soft_ns;
        options.hard_ns = limits.hard_ns;
        options.share = limits.share;
        opened().add(
            options, [](void* self, tenon_call* call, const void*, void*) { return (*static_cast<Work*>(self))(call); },
            works_.back().get());
    }
    tenon::Hook<shop_opened_hook> opened() const { return shop.host.hook<shop_opened_hook>(); }
    void open(int times = 1) {
        for (int i = 0; i < times; ++i) {
            shop.scope.reset();
            opened()(shop.scope);
        }
    }
    // What this thread has waited for a processor before its first overrun is counted in favour of that one; from here
    // on it is known.
    void have_waits_counted() {
        shop.on_sold("earlier", 0, [](tenon_call*, const shop_article&) { return work_for(4 * ms), 0; });
        REQUIRE(tenon_host_set_budget(shop.host.raw(), str("earlier"), {}, 1 * ms, 0, 0) == TENON_OK);
        for (int i = 0; i < 1000 && row("earlier")->soft_overruns == 0; ++i)
            shop.sold()(shop.scope, sized<shop_article>());
    }
    Row row(std::string_view name) const { return row_of(shop.host, name); }
    bool is(std::string_view name, std::uint32_t breaker) const { return row(name)->breaker == breaker; }
    void set_breaker(std::string_view name, std::uint32_t state) {
        REQUIRE(tenon_host_set_breaker(shop.host.raw(), str(name), str(hook), state) == TENON_OK);
    }
    std::string why_skipped(std::string_view name) const {
        char text[512];
        REQUIRE(tenon_host_why_skipped(shop.host.raw(), str(name), str(hook), text, sizeof text) == TENON_OK);
        return text;
    }

    SharedLog log;  // outlives the shop
    OpenShop shop;

private:
    tenon_host_options adjusted(const std::function<void(tenon_host_options&)>& adjust) {
        tenon_host_options options = log.options();
        if (adjust) adjust(options);
        return options;
    }
    std::vector<std::unique_ptr<Work>> works_;
};

// A dispatch on a thread of its own, in a scope of its own.
class Visitor {
public:
    explicit Visitor(const WatchedShop& shop)
        : thread_([&shop] {
              tenon::Scope scope(shop.shop.host);
              shop.opened()(scope);
          }) {}
    Visitor(const Visitor&) = delete;
    Visitor& operator=(const Visitor&) = delete;
    ~Visitor() { join(); }
    void join() {
        if (thread_.joinable()) thread_.join();
    }

private:
    std::thread thread_;
};

}  // namespace tenon::test
