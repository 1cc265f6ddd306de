// The C functions of host.h that are about scopes.
#include "host/answers.h"
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
    shared.answers.reset();
    shared.adopted.clear();
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
    const std::uint64_t now = now_ns();
    set_deadline(*scope->shared, nanoseconds >= UINT64_MAX - now ? UINT64_MAX : now + nanoseconds);
}

void tenon_scope_cancel(tenon_scope* scope) {
    scope->attention->fetch_or(attention_cancelled, std::memory_order_relaxed);
}

std::uint64_t tenon_scope_pending(const tenon_scope* scope) {
    return scope->shared->answers ? scope->shared->answers->pending() : 0;
}

std::int32_t tenon_scope_wait(tenon_scope* scope, std::uint64_t nanoseconds) {
    if (!scope->shared->answers) return TENON_OK;
    const std::uint64_t now = now_ns();
    try {
        return scope->shared->answers->wait(*scope, nanoseconds >= UINT64_MAX - now ? UINT64_MAX : now + nanoseconds);
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    }
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
