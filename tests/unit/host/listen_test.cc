// Who listens to every call: interceptors, traces, counts.
#include <nlohmann/json.hpp>

#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

struct Heard {
    std::vector<std::string> lines;
    tenon_interceptor interceptor() {
        auto out = sized<tenon_interceptor>();
        out.data = this;
        out.before = [](void* self, const tenon_call_event* event) {
            static_cast<Heard*>(self)->lines.push_back("> " + words(*event));
        };
        out.after = [](void* self, const tenon_call_event* event) {
            const bool timed = event->end_ns >= event->begin_ns && event->begin_ns != 0;
            static_cast<Heard*>(self)->lines.push_back("< " + words(*event) + " " + std::to_string(event->status) +
                                                       (timed ? "" : " without times"));
        };
        return out;
    }
    static std::string words(const tenon_call_event& event) {
        return std::to_string(event.depth) + " " + std::string(view(event.plugin)) + " " +
               std::string(view(event.hook));
    }
};

// "outer" dispatches the hook "sold", whose handler "inner" fails.
void make_nested(WatchedShop& shop) {
    tenon_hook* const sold = shop.shop.sold().raw();
    shop.shop.on_sold("inner", 0, [](tenon_call*, const shop_article&) { return int32_t{TENON_E_FAILED}; });
    shop.on_opened("outer", {}, [sold](tenon_call* call) {
        const auto article = sized<shop_article>();
        return tenon_call_hook(call, sold, &article, nullptr);
    });
}

std::string stopped_trace(WatchedShop& shop) {
    std::string text;
    const auto take = [](void* data, tenon_str piece) {
        *static_cast<std::string*>(data) += view(piece);
        return uint32_t{1};
    };
    REQUIRE(tenon_host_trace_stop(shop.shop.host.raw(), take, &text) == TENON_OK);
    return text;
}

}  // namespace

TEST_CASE("an interceptor hears every call with its depth, plugin, hook and status, until it is removed") {
    WatchedShop shop;
    make_nested(shop);
    Heard heard;
    const tenon_interceptor interceptor = heard.interceptor();
    std::uint64_t number = 0;
    REQUIRE(tenon_host_add_interceptor(shop.shop.host.raw(), &interceptor, &number) == TENON_OK);
    shop.open();
    CHECK(heard.lines ==
          std::vector<std::string>{"> 0 outer org.tenon.test.shop/opened", "> 1 inner org.tenon.test.shop/sold",
                                   "< 1 inner org.tenon.test.shop/sold -1", "< 0 outer org.tenon.test.shop/opened 0"});
    CHECK(tenon_host_remove_interceptor(shop.shop.host.raw(), number) == TENON_OK);
    CHECK(tenon_host_remove_interceptor(shop.shop.host.raw(), number) == TENON_E_NOT_FOUND);
    shop.open();
    CHECK(heard.lines.size() == 4);
}

TEST_CASE("removing an interceptor waits for the calls that it is hearing, and is refused from inside one") {
    WatchedShop shop;
    struct Slow {
        std::atomic<bool> inside{false}, leave{false}, left{false};
    } slow;
    auto interceptor = sized<tenon_interceptor>();
    interceptor.data = &slow;
    interceptor.after = [](void* self, const tenon_call_event*) {
        auto& it = *static_cast<Slow*>(self);
        it.inside = true;
        while (!it.leave) std::this_thread::yield();
        it.left = true;
    };
    std::uint64_t number = 0;
    std::int32_t refused = 0;
    tenon_host* const host = shop.shop.host.raw();
    shop.on_opened("removes", {}, [&](tenon_call*) {
        refused = tenon_host_remove_interceptor(host, number);
        return int32_t{TENON_CONTINUE};
    });
    REQUIRE(tenon_host_add_interceptor(host, &interceptor, &number) == TENON_OK);
    Visitor visitor(shop);
    REQUIRE(comes_true([&] { return slow.inside.load(); }));
    CHECK(refused == TENON_E_STATE);
    bool had_left = false;
    std::thread remover([&] {
        CHECK_NOTHROW(tenon_host_remove_interceptor(host, number));
        had_left = slow.left;
    });
    slow.leave = true;
    remover.join();
    visitor.join();
    CHECK(had_left);
}

TEST_CASE("a trace of nested dispatches has the inner call inside the outer one") {
    WatchedShop shop;
    make_nested(shop);
    tenon_host* const host = shop.shop.host.raw();
    shop.open();  // before the trace: not in it
    REQUIRE(tenon_host_trace_start(host, 0) == TENON_OK);
    CHECK(tenon_host_trace_start(host, 0) == TENON_E_STATE);
    shop.open(2);
    const nlohmann::json trace = nlohmann::json::parse(stopped_trace(shop));
    CHECK(trace["otherData"]["dropped"] == 0);
    std::vector<nlohmann::json> calls;
    for (const nlohmann::json& event : trace["traceEvents"])
        if (event["ph"] == "X") calls.push_back(event);
    REQUIRE(calls.size() == 4);
    for (const std::size_t i : {0u, 2u}) {
        const nlohmann::json &outer = calls[i], &inner = calls[i + 1];
        CHECK(outer["args"]["plugin"] == "outer");
        CHECK(inner["args"]["plugin"] == "inner");
        CHECK(inner["args"]["status"] == -1);
        CHECK(inner["args"]["depth"] == 1);
        CHECK(inner["tid"] == outer["tid"]);
        const double begin = outer["ts"], end = begin + outer["dur"].get<double>();
        CHECK(inner["ts"] >= begin);
        CHECK(inner["ts"].get<double>() + inner["dur"].get<double>() <= end + 0.0005);  // three digits are written
    }
    CHECK(tenon_host_trace_stop(host, [](void*, tenon_str) { return uint32_t{1}; }, nullptr) == TENON_E_STATE);
}

TEST_CASE("a trace keeps as many calls as it may and counts the others") {
    WatchedShop shop;
    make_nested(shop);
    REQUIRE(tenon_host_trace_start(shop.shop.host.raw(), 3) == TENON_OK);
    shop.open(5);
    const nlohmann::json trace = nlohmann::json::parse(stopped_trace(shop));
    CHECK(trace["otherData"]["calls"] == 3);
    CHECK(trace["otherData"]["dropped"] == 7);
}

TEST_CASE("calls are counted exactly, whichever threads they come from, and rows stand in the order of running") {
    WatchedShop shop;
    constexpr int threads = 4, times = 5000;
    shop.on_opened("b", {}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });
    shop.on_opened("a", {}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });
    shop.shop.on_sold("z", 7, [](tenon_call*, const shop_article&) { return int32_t{TENON_CONTINUE}; });
    shop.shop.on_sold("c", 3, [](tenon_call*, const shop_article&) { return int32_t{TENON_CONTINUE}; });
    const auto dispatch = [&] {
        Scope scope(shop.shop.host);
        for (int i = 0; i < times; ++i) {
            shop.opened()(scope);
            if (i % 2 == 0) shop.shop.sold()(scope, sized<shop_article>());
        }
    };
    // The shop's hook "sold" has budgets that a busy machine may overrun; what is judged here is counting.
    CHECK(tenon_host_set_budget(shop.shop.host.raw(), {}, {}, 0, 0, 0) == TENON_OK);
    std::vector<std::thread> all;
    for (int i = 0; i < threads; ++i) all.emplace_back(dispatch);
    for (std::thread& thread : all) thread.join();

    tenon_stats* raw = nullptr;
    REQUIRE(tenon_host_stats(shop.shop.host.raw(), &raw) == TENON_OK);
    std::vector<std::pair<std::string, std::uint64_t>> rows;
    for (std::uint64_t i = 0; i < tenon_stats_count(raw); ++i) {
        auto row = sized<tenon_stats_row>();
        CHECK(tenon_stats_row_at(raw, i, &row) == TENON_OK);
        rows.emplace_back(view(row.plugin), row.calls);
    }
    auto beyond = sized<tenon_stats_row>();
    CHECK(tenon_stats_row_at(raw, rows.size(), &beyond) == TENON_E_NOT_FOUND);
    tenon_stats_destroy(raw);
    constexpr std::uint64_t every = threads * times, half = every / 2;
    using Rows = std::vector<std::pair<std::string, std::uint64_t>>;
    CHECK(rows == Rows{{"a", every}, {"b", every}, {"z", half}, {"c", half}});
}
