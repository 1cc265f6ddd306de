// The C functions of stats.h that look into a running host, and those that change what it enforces.
#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "host/barrier.h"
#include "host/budget.h"
#include "host/collected.h"
#include "host/host.h"
#include "host/text.h"
#include "host/time_text.h"

using namespace tenon;
using namespace tenon::host;

namespace {

bool is_meant(const tenon_registration& handler, std::string_view plugin, std::string_view hook) {
    return (plugin.empty() || handler.place.owner == plugin) && (hook.empty() || handler.point->name == hook);
}

// Calls `visit` for the handlers that are meant; TENON_E_NOT_FOUND if none is.
template <class Visit>
std::int32_t for_meant(tenon_host* host, tenon_str plugin, tenon_str hook, Visit&& visit) {
    return barrier([&]() -> std::int32_t {
        if (host == nullptr) return TENON_E_INVALID;
        bool any = false;
        host->table().each_in_order([&](tenon_registration& handler) {
            if (!is_meant(handler, view_of(plugin), view_of(hook))) return;
            any = true;
            visit(handler);
        });
        return any ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_NOT_FOUND};
    });
}

std::int32_t hand_out(const std::string& sentence, char* text, std::uint64_t size) {
    if (text == nullptr || size == 0) return TENON_E_INVALID;
    base::copy_text(text, size, sentence);
    return TENON_OK;
}

// The handlers that a name means: "owner" the first of that owner's, "owner#name" that one.
std::optional<std::size_t> index_of(const std::vector<const Place*>& places, std::string_view name) {
    const std::size_t mark = name.find('#');
    const std::string_view owner = name.substr(0, mark);
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i]->owner == owner && (mark == std::string_view::npos || places[i]->name == name.substr(mark + 1)))
            return i;
    return {};
}

}  // namespace

std::int32_t tenon_host_stats(tenon_host* host, tenon_stats** out_stats) {
    return barrier([&]() -> std::int32_t {
        if (host == nullptr || out_stats == nullptr) return TENON_E_INVALID;
        *out_stats = collect_stats(*host).release();
        return TENON_OK;
    });
}

namespace {

std::int32_t decide(tenon_host* host, tenon_error* error, const std::function<base::Check(Store&)>& decision) {
    return barrier([&]() -> std::int32_t {
        if (host == nullptr) return TENON_E_INVALID;
        Store* const store = host->store();
        base::Problem problem{"store.none", "the host keeps no store", "Set tenon_host_options.store_file."};
        if (store == nullptr) return base::to_error(problem, TENON_E_STATE, error), std::int32_t{TENON_E_STATE};
        const base::Check refused = decision(*store);
        if (!refused) return TENON_OK;
        const std::int32_t status = refused->id == "store.bad-id" ? TENON_E_INVALID : TENON_E_IO;
        return base::to_error(*refused, status, error), status;
    });
}

// Its handlers, if it is loaded.
void force_all(Host& host, std::string_view id, bool disabled) {
    host.each_watched([&](Plugin& plugin) {
        if (plugin.id() != id) return;
        plugin.health.disabled = disabled;
        if (!disabled) plugin.health.errors_so_far = 0;
    });
    host.table().each([&](tenon_registration& handler) {
        if (handler.plugin != nullptr && handler.place.owner == id)
            handler.monitor.force(handler,
                                  disabled ? std::uint32_t{TENON_BREAKER_FORCED_OPEN} : host.settings().breakers);
    });
}

}  // namespace

std::int32_t tenon_host_enable(tenon_host* host, tenon_str id, tenon_error* error) {
    return decide(host, error, [&](Store& store) {
        base::Check refused = store.enable(view_of(id));
        if (!refused) force_all(*host, view_of(id), false);
        return refused;
    });
}

std::int32_t tenon_host_disable(tenon_host* host, tenon_str id, tenon_str reason, tenon_error* error) {
    return decide(host, error, [&](Store& store) {
        base::Check refused = store.disable(view_of(id), view_of(reason), "the application", unix_ns());
        if (!refused) force_all(*host, view_of(id), true);
        return refused;
    });
}

std::int32_t tenon_host_set_budget(tenon_host* host, tenon_str plugin, tenon_str hook, std::uint64_t soft_ns,
                                   std::uint64_t hard_ns, std::uint32_t share) {
    if (share > 100 || (soft_ns != 0 && hard_ns != 0 && hard_ns < soft_ns)) return TENON_E_INVALID;
    return for_meant(host, plugin, hook, [&](tenon_registration& handler) {
        handler.monitor.set_budget({soft_ns, hard_ns, share, TENON_FROM_LIVE, TENON_FROM_LIVE, TENON_FROM_LIVE});
    });
}

std::int32_t tenon_host_set_breaker(tenon_host* host, tenon_str plugin, tenon_str hook, std::uint32_t state) {
    if (state != TENON_BREAKER_CLOSED && (state < TENON_BREAKER_FORCED_OPEN || state > TENON_BREAKER_METRICS_ONLY))
        return TENON_E_INVALID;
    return for_meant(host, plugin, hook, [&](tenon_registration& handler) { handler.monitor.force(handler, state); });
}

std::int32_t tenon_host_why_skipped(tenon_host* host, tenon_str plugin, tenon_str hook, char* text,
                                    std::uint64_t size) {
    std::string sentence;
    const std::int32_t status = for_meant(host, plugin, hook, [&](const tenon_registration& handler) {
        if (sentence.empty()) sentence = why_skipped(handler);
    });
    return status < 0 ? status : hand_out(sentence, text, size);
}

std::int32_t tenon_hook_why(tenon_hook* hook, tenon_str first, tenon_str second, char* text, std::uint64_t size) {
    return barrier([&]() -> std::int32_t {
        if (hook == nullptr) return TENON_E_INVALID;
        std::string sentence;
        hook->host->table().with_places(*hook, [&](const std::vector<const Place*>& places) {
            const auto a = index_of(places, view_of(first));
            const auto b = index_of(places, view_of(second));
            if (a && b && *a != *b) sentence = why(places, *a, *b);
        });
        return sentence.empty() ? std::int32_t{TENON_E_NOT_FOUND} : hand_out(sentence, text, size);
    });
}
