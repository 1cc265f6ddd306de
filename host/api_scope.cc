// The C functions of host.h that are about scopes.
#include "host/dispatch.h"
#include "host/host.h"

using namespace tenon::host;

std::int32_t tenon_scope_create(tenon_host* host, tenon_scope** out_scope) {
    if (host == nullptr || out_scope == nullptr) return TENON_E_INVALID;
    try {
        auto shared = std::make_unique<Shared>(host->settings().arena_limit);
        *out_scope = new tenon_scope(shared.get());
        (void)shared.release();
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    }
    slot_of_this_thread();  // so that the first dispatch finds it
    return TENON_OK;
}

void tenon_scope_reset(tenon_scope* scope) {
    Shared& shared = *scope->shared;
    shared.arena.reset();
    shared.attention.store(0, std::memory_order_relaxed);
    shared.deadline_ns = UINT64_MAX;
    shared.nested_error.reset();
    scope->errors.clear();
}

void tenon_scope_destroy(tenon_scope* scope) {
    if (scope == nullptr) return;
    delete scope->shared;
    delete scope;
}

void* tenon_scope_alloc(tenon_scope* scope, std::uint64_t size, std::uint64_t alignment) {
    return scope->shared->arena.alloc(size, alignment);
}

void tenon_scope_set_time_left(tenon_scope* scope, std::uint64_t nanoseconds) {
    Shared& shared = *scope->shared;
    const std::uint64_t now = now_ns();
    const bool none = nanoseconds >= UINT64_MAX - now;
    shared.deadline_ns = none ? UINT64_MAX : now + nanoseconds;
    if (none)
        shared.attention.fetch_and(~std::uint32_t{attention_deadline}, std::memory_order_relaxed);
    else
        shared.attention.fetch_or(attention_deadline, std::memory_order_relaxed);
}

void tenon_scope_cancel(tenon_scope* scope) {
    scope->shared->attention.fetch_or(attention_cancelled, std::memory_order_relaxed);
}

std::uint64_t tenon_scope_error_count(const tenon_scope* scope) {
    return scope->errors.count();
}

std::int32_t tenon_scope_error(const tenon_scope* scope, std::uint64_t index, tenon_error* out_error) {
    if (out_error == nullptr) return TENON_E_INVALID;
    const tenon_error* const error = scope->errors.at(index);
    if (error == nullptr) return TENON_E_NOT_FOUND;
    copy_error(*error, *out_error);
    return TENON_OK;
}
