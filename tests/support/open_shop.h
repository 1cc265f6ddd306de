// A host that offers the shop, and handlers for it that tests write as lambdas.
#pragma once

#include <tenon/stats.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <tenon/host.hpp>
#include <utility>
#include <vector>

#include "tests/support/shop.h"

namespace tenon::test {

// Collects the host's log instead of printing it. For one thread.
struct LogBook {
    std::vector<std::string> lines;
    static void write(void* self, uint32_t, tenon_str plugin, tenon_str text) {
        static_cast<LogBook*>(self)->lines.push_back(std::string(view(plugin)) + ": " + std::string(view(text)));
    }
};

inline void drop_log(void*, uint32_t, tenon_str, tenon_str) {}

// Whether plugins run in workers: suites are run both ways.
inline bool in_workers() {
    const char* const where = std::getenv("TENON_TEST_WORKERS");
    return where != nullptr && std::string_view(where) == "all";
}

// Without a log, and with breakers that only measure: how fast the machine is changes nothing.
inline tenon_host_options quiet_options() {
    auto options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.log = drop_log;
    options.breakers = TENON_BREAKER_METRICS_ONLY;
    if (in_workers()) options.workers = TENON_WORKERS_ALL;
    return options;
}

class OpenShop {
public:
    using Price = std::function<int32_t(tenon_call*, shop_article&)>;
    using Ask = std::function<int32_t(tenon_call*, const shop_question&, shop_answer&)>;
    using Sold = std::function<int32_t(tenon_call*, const shop_article&)>;

    explicit OpenShop(const tenon_host_options& options = quiet_options()) : host(options), scope((offer(), host)) {}

    // Handlers live as long as the shop.
    tenon_registration* on_price(const char* name, int32_t priority, Price function) {
        return add(price().raw(), name, priority, keep(prices_, std::move(function)),
                   [](void* self, tenon_call* call, const void*, void* value) {
                       return (*static_cast<Price*>(self))(call, *static_cast<shop_article*>(value));
                   });
    }
    tenon_registration* on_ask(const char* name, int32_t priority, Ask function) {
        return add(ask().raw(), name, priority, keep(asks_, std::move(function)),
                   [](void* self, tenon_call* call, const void* question, void* answer) {
                       return (*static_cast<Ask*>(self))(call, *static_cast<const shop_question*>(question),
                                                         *static_cast<shop_answer*>(answer));
                   });
    }
    tenon_registration* on_sold(const char* name, int32_t priority, Sold function) {
        return add(sold().raw(), name, priority, keep(solds_, std::move(function)),
                   [](void* self, tenon_call* call, const void* article, void*) {
                       return (*static_cast<Sold*>(self))(call, *static_cast<const shop_article*>(article));
                   });
    }

    tenon::Hook<shop_price_hook> price() const { return host.hook<shop_price_hook>(); }
    tenon::Hook<shop_ask_hook> ask() const { return host.hook<shop_ask_hook>(); }
    tenon::Hook<shop_sold_hook> sold() const { return host.hook<shop_sold_hook>(); }

    tenon::Host host;
    tenon::Scope scope;

private:
    void offer() { host.offer<shop_contract>(); }

    template <class Function>
    static void* keep(std::vector<std::unique_ptr<Function>>& kept, Function function) {
        kept.push_back(std::make_unique<Function>(std::move(function)));
        return kept.back().get();
    }
    static tenon_registration* add(tenon_hook* hook, const char* name, int32_t priority, void* self,
                                   tenon_handler_fn fn) {
        tenon_registration* registration = nullptr;
        auto options = sized<tenon_handler_options>();
        options.name = tenon_str_from(name);
        options.priority = priority;
        const int32_t status = tenon_hook_add(hook, &options, fn, self, &registration, nullptr);
        if (status < 0) throw tenon::Error(status, "cannot add a handler");
        return registration;
    }

    std::vector<std::unique_ptr<Price>> prices_;
    std::vector<std::unique_ptr<Ask>> asks_;
    std::vector<std::unique_ptr<Sold>> solds_;
};

}  // namespace tenon::test
