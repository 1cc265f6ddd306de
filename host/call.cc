// What a handler may ask of the call it runs in.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>

#include "host/answers.h"
#include "host/around.h"
#include "host/catalogue.h"
#include "host/collect.h"
#include "host/host.h"
#include "host/plugin.h"

namespace tenon::host {

namespace {

Level& of(tenon_call* call) noexcept {
    return *static_cast<Level*>(call);
}
const Level& of(const tenon_call* call) noexcept {
    return *static_cast<const Level*>(call);
}

// The error with all that the host knows about where it happened.
tenon_error located(const Level& call, std::int32_t code, std::string_view domain, std::string_view text) noexcept {
    tenon_error error = TENON_ERROR_INIT;
    error.code = code;
    base::copy_text(error.domain, sizeof error.domain, domain);
    base::copy_text(error.text, sizeof error.text, text);
    if (!call.runs()) return error;
    const tenon_registration& handler = call.handler();
    base::copy_text(error.plugin, sizeof error.plugin, handler.place.owner);
    base::copy_text(error.hook, sizeof error.hook, handler.point->name);
    if (handler.plugin != nullptr) handler.plugin->locate(error);
    return error;
}

void* call_alloc(tenon_call* call, std::uint64_t size, std::uint64_t alignment) noexcept {
    return of(call).scope->shared->arena.alloc(size, alignment);
}

std::int32_t call_fail(tenon_call* raw, std::int32_t code, tenon_str text) noexcept {
    Level& call = of(raw);
    const std::int32_t status = code < 0 ? code : TENON_E_FAILED;
    call.scope->errors.add(located(call, status, "plugin", {text.data, text.size}));
    call.failed_by = call.running.load(std::memory_order_relaxed);
    return status;
}

std::uint32_t call_cancelled(const tenon_call* raw) noexcept {
    const Level& call = of(raw);
    if ((call.began.load(std::memory_order_relaxed) & struck) != 0) return 1;
    if (call.scope->attention->load(std::memory_order_relaxed) == 0) return 0;
    return why_stop(*call.scope->shared) < 0 ? 1 : 0;
}

std::uint64_t call_time_left(const tenon_call* raw) noexcept {
    const std::uint64_t deadline = of(raw).scope->shared->deadline_ns.load(std::memory_order_relaxed);
    if (deadline == UINT64_MAX) return UINT64_MAX;
    const std::uint64_t now = now_ns();
    return now >= deadline ? 0 : deadline - now;
}

// Runs something in a child scope and keeps its first error for call_nested_error.
template <class Run>
std::int32_t nested(Level& call, Run&& run) noexcept {
    tenon_scope child(call.scope->shared);
    call.scope->shared->nested_error.reset();
    const std::unique_ptr<Answers>& answers = call.scope->shared->answers;
    const std::uint64_t before = answers ? answers->expected() : 0;
    const std::int32_t status = run(child);
    if (answers) answers->forget_targets(before);  // they are on the stack of the handler
    if (const tenon_error* error = child.errors.at(0)) {
        std::unique_ptr<tenon_error>& kept = call.scope->shared->nested_error;
        if (!kept) kept.reset(new (std::nothrow) tenon_error);
        if (kept) *kept = *error;
    }
    return status;
}

std::int32_t call_hook(tenon_call* raw, tenon_hook* hook, const void* request, void* reply) noexcept {
    if (hook == nullptr) return TENON_E_INVALID;
    return nested(of(raw), [&](tenon_scope& child) { return dispatch(*hook, child, request, reply); });
}

std::int32_t call_method(tenon_call* raw, tenon_service* service, std::uint32_t method, const void* request,
                         void* reply) noexcept {
    if (service == nullptr) return TENON_E_INVALID;
    return nested(of(raw), [&](tenon_scope& child) { return call_service(*service, child, method, request, reply); });
}

std::int32_t call_nested_error(const tenon_call* raw, tenon_error* out) noexcept {
    const std::unique_ptr<tenon_error>& kept = of(raw).scope->shared->nested_error;
    if (!kept || out == nullptr) return TENON_E_NOT_FOUND;
    copy_error(*kept, *out);
    return TENON_OK;
}

std::int32_t call_next(tenon_call* raw) noexcept {
    return around_next(of(raw));
}

std::int32_t call_emit(tenon_call* raw, const void* element) noexcept {
    Sink* const sink = of(raw).sink;
    return sink == nullptr ? std::int32_t{TENON_E_STATE} : sink->emit(element);
}

std::int32_t call_defer(tenon_call* raw, tenon_pending** out) noexcept {
    return defer(of(raw), out);
}

// Without allocating: for functions that must not throw.
struct StatusText {
    explicit StatusText(std::int32_t status) noexcept {
        std::snprintf(text, sizeof text, "the handler returned %d", status);
    }
    char text[48];
};

}  // namespace

constinit const tenon_call_ops call_operations = {
    sizeof(tenon_call_ops), 0,         call_alloc, call_fail, call_cancelled, call_time_left, call_hook, call_method,
    call_nested_error,      call_next, call_emit,  call_defer};

void copy_error(const tenon_error& from, tenon_error& to) noexcept {
    const std::uint32_t size = std::min<std::uint32_t>(to.struct_size, sizeof from);
    std::memcpy(static_cast<void*>(&to), &from, size);
    if (size >= sizeof to.struct_size) to.struct_size = size;
}

void note_failure(Level& call, Point& point, std::int32_t status, bool counted) noexcept {
    const tenon_registration& handler = call.handler();
    if (call.failed_by != &handler) call.scope->errors.add(located(call, status, "tenon", StatusText(status).text));
    call.failed_by = nullptr;
    if (!counted) return;
    const std::uint64_t before = handler.monitor.errors.load(std::memory_order_relaxed);
    if ((before & (before + 1)) != 0) return;
    const tenon_error* const last = call.scope->errors.last();
    const char* const words = last != nullptr ? last->text : "failed; the scope has kept the errors before";
    try {
        point.host->log().write(TENON_LOG_ERROR, handler.place.owner,
                                fmt::format("{}: {} (error {} of this handler)", point.name, words, before + 1));
    } catch (const std::bad_alloc&) {  // the error itself is in the scope
    }
}

std::int32_t fail_with(Level& call, std::int32_t code, const base::Problem& why) noexcept {
    tenon_error error = located(call, code, "tenon", why.text);
    base::copy_text(error.reason, sizeof error.reason, why.id);
    base::copy_text(error.fix, sizeof error.fix, why.fix);
    call.scope->errors.add(error);
    call.failed_by = call.running.load(std::memory_order_relaxed);
    return code;
}

void note_skip(Level& call) noexcept {
    tenon_error error = located(call, TENON_E_SKIPPED, "tenon",
                                "the handler's breaker is open, and the hook does not go on without it");
    base::copy_text(error.reason, sizeof error.reason, "call.skipped");
    base::copy_text(error.fix, sizeof error.fix,
                    "See the handler's row in the statistics; tenon_host_set_breaker resets it.");
    call.scope->errors.add(error);
}

std::int32_t note_exception(Level& call) noexcept {
    try {
        throw;
    } catch (const std::exception& e) {
        return call_fail(&call, TENON_E_EXCEPTION, tenon_str_from(e.what()));
    } catch (...) {
        return call_fail(&call, TENON_E_EXCEPTION, tenon_str_from("an exception that is not a std::exception"));
    }
}

}  // namespace tenon::host
