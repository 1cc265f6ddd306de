// A contract with a hook of each kind and mode, a host that offers it, and handlers for it that tests write as lambdas.
// No hook has a budget, so that slow machines strike nobody.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tenon/host.hpp>
#include <tenon/stats.hpp>
#include <utility>
#include <vector>

#include "tests/support/open_shop.h"

#define GALLERY_ID "org.tenon.test.gallery"
#define GALLERY_ITEM(F, T) F(T, u32, struct_size) F(T, i32, number) F(T, str, text) F(T, u64, extra)
TENON_APPENDABLE(gallery_item, GALLERY_ITEM, text);
#define GALLERY_ENUMS(E)
#define GALLERY_STRUCTS(S) S(gallery_item, GALLERY_ITEM)
#define GALLERY_HOOKS(H)                                                                              \
    H(gallery, notice, TENON_NOTIFY, gallery_item, tenon_none, 0, 0)                                  \
    H(gallery, filter, TENON_FILTER, tenon_none, gallery_item, 0, 0)                                  \
    H(gallery, first, TENON_FIRST, gallery_item, gallery_item, 0, 0)                                  \
    H(gallery, veto, TENON_VETO, gallery_item, tenon_none, 0, 0)                                      \
    H(gallery, collect, TENON_COLLECT, gallery_item, gallery_item, 0, 0)                              \
    H(gallery, around, TENON_AROUND, gallery_item, gallery_item, 0, 0)                                \
    H(gallery, strict_veto, TENON_VETO | TENON_DENY_BY_DEFAULT, gallery_item, tenon_none, 0, 0)       \
    H(gallery, closed_veto, TENON_VETO | TENON_FAIL_CLOSED, gallery_item, tenon_none, 0, 0)           \
    H(gallery, closed_notice, TENON_NOTIFY | TENON_FAIL_CLOSED, gallery_item, tenon_none, 0, 0)       \
    H(gallery, closed_around, TENON_AROUND | TENON_FAIL_CLOSED, gallery_item, gallery_item, 0, 0)     \
    H(gallery, parallel_notice, TENON_NOTIFY | TENON_PARALLEL, gallery_item, tenon_none, 0, 0)        \
    H(gallery, parallel_veto, TENON_VETO | TENON_PARALLEL, gallery_item, tenon_none, 0, 0)            \
    H(gallery, parallel_collect, TENON_COLLECT | TENON_PARALLEL, gallery_item, gallery_item, 0, 0)    \
    H(gallery, async_notice, TENON_NOTIFY | TENON_ASYNC, gallery_item, tenon_none, 0, 0)              \
    H(gallery, async_first, TENON_FIRST | TENON_ASYNC, gallery_item, gallery_item, 0, 0)              \
    H(gallery, replay, TENON_NOTIFY | TENON_REPLAY, gallery_item, tenon_none, 0, 0)                   \
    H(gallery, limited, TENON_NOTIFY | TENON_DEADLINE_MS(100), gallery_item, tenon_none, 0, 0)        \
    H(gallery, limited_long, TENON_NOTIFY | TENON_DEADLINE_MS(8000), gallery_item, tenon_none, 0, 0)  \
    H(gallery, limited_short, TENON_NOTIFY | TENON_DEADLINE_MS(4000), gallery_item, tenon_none, 0, 0) \
    H(gallery, limited_around, TENON_AROUND | TENON_DEADLINE_MS(100), gallery_item, gallery_item, 0, 0)
#define GALLERY_SERVICES(S)
#define GALLERY_CONTRACT(C) \
    C(gallery, GALLERY_ID, 1, 0, 0, GALLERY_ENUMS, GALLERY_STRUCTS, GALLERY_HOOKS, GALLERY_SERVICES)
TENON_CONTRACT(GALLERY_CONTRACT);

namespace tenon::test {

inline gallery_item item(std::int32_t number = 0, std::string_view text = {}) {
    auto made = sized<gallery_item>();
    made.number = number;
    made.text = str(text);
    return made;
}

// Wishes of a handler, kept for as long as it is being added.
struct Wishes {
    std::uint32_t phase = TENON_PHASE_NORMAL;
    std::int32_t priority = 0;
    std::vector<std::string> before{};
    std::vector<std::string> after{};
};

class OpenGallery {
public:
    using Handler = std::function<std::int32_t(tenon_call*, const gallery_item*, gallery_item*)>;

    explicit OpenGallery(const tenon_host_options& options = quiet_options())
        : host(options), scope((host.offer<gallery_contract>(), host)) {}

    template <class H>
    tenon_hook* raw() const {
        return host.hook<H>().raw();
    }

    // Handlers live as long as the gallery. `out_error` takes a refusal; without it there must be none.
    template <class H>
    tenon_registration* on(const char* name, Handler handler, const Wishes& wishes = {},
                           tenon_error* out_error = nullptr) {
        std::vector<tenon_str> before;
        std::vector<tenon_str> after;
        for (const std::string& one : wishes.before) before.push_back(str(one));
        for (const std::string& one : wishes.after) after.push_back(str(one));
        auto options = sized<tenon_handler_options>();
        options.name = tenon_str_from(name);
        options.phase = wishes.phase;
        options.priority = wishes.priority;
        options.before = {before.data(), before.size(), sizeof(tenon_str), 0};
        options.after = {after.data(), after.size(), sizeof(tenon_str), 0};
        kept_.push_back(std::make_unique<Handler>(std::move(handler)));
        tenon_registration* added = nullptr;
        const std::int32_t status = tenon_hook_add(raw<H>(), &options, call_it, kept_.back().get(), &added, out_error);
        if (status < 0 && out_error == nullptr) throw Error(status, "cannot add a handler");
        return added;
    }
    template <class H>
    tenon_registration* on(const char* name, std::int32_t priority, Handler handler) {
        return on<H>(name, std::move(handler), Wishes{TENON_PHASE_NORMAL, priority});
    }

    // The verdict, or the error as it is.
    template <class H>
    std::int32_t call(void* reply = nullptr, std::int32_t number = 0) {
        return call<H>(scope, reply, number);
    }
    template <class H>
    std::int32_t call(Scope& in, void* reply = nullptr, std::int32_t number = 0) const {
        const gallery_item asked = item(number);
        return tenon_hook_call(raw<H>(), in.raw(), &asked, reply);
    }

    // The statistics' row of the handler with that name; it must be there.
    tenon_stats_row row(std::string_view name) const {
        tenon_stats* raw_stats = nullptr;
        if (tenon_host_stats(host.raw(), &raw_stats) < 0) throw Error(TENON_E_FAILED, "no statistics");
        const std::unique_ptr<tenon_stats, void (*)(tenon_stats*)> stats(raw_stats, tenon_stats_destroy);
        for (std::uint64_t i = 0; i < tenon_stats_count(stats.get()); ++i) {
            auto found = sized<tenon_stats_row>();
            if (tenon_stats_row_at(stats.get(), i, &found) < 0) break;
            if (view(found.plugin) != name) continue;
            for (tenon_str* text :
                 {&found.plugin, &found.version, &found.hook, &found.handler, &found.reason, &found.stack})
                *text = {nullptr, 0};  // they go with the statistics
            return found;
        }
        throw Error(TENON_E_NOT_FOUND, "no such handler");
    }
    void force(const char* name, std::uint32_t breaker) const {
        if (tenon_host_set_breaker(host.raw(), tenon_str_from(name), {nullptr, 0}, breaker) < 0)
            throw Error(TENON_E_NOT_FOUND, "no such handler");
    }

    Host host;
    Scope scope;

private:
    static std::int32_t call_it(void* self, tenon_call* call, const void* request, void* reply) {
        return (*static_cast<Handler*>(self))(call, static_cast<const gallery_item*>(request),
                                              static_cast<gallery_item*>(reply));
    }
    std::vector<std::unique_ptr<Handler>> kept_;
};

}  // namespace tenon::test
