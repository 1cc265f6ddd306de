/* Handlers and the call they run in. */
#ifndef TENON_HOOK_H
#define TENON_HOOK_H

#include <tenon/status.h>

TENON_EXTERN_C_BEGIN

/* Opaque to plugins; obtained in tenon_init, valid until the plugin has stopped. */
typedef struct tenon_hook tenon_hook;
typedef struct tenon_service tenon_service;

/* Dispatches may nest this deep on one thread; the next one fails with TENON_E_TOO_DEEP. */
#define TENON_MAX_DEPTH 32u

/* What happens in one call. Valid on the calling thread until the handler returns; never keep one. */
typedef struct tenon_call tenon_call;

/* A handler of a hook, or a method of a service. TENON_ON_CALLER: called concurrently, also re-entrantly.
 * `self` is the plugin's instance. `request` is the hook's request type or NULL where the hook has none; it is read
 * only. `reply` is the hook's reply type: for FILTER the value to read and change, for FIRST and methods the answer to
 * fill, for NOTIFY NULL. What the reply points at is allocated with tenon_call_alloc, or is part of the request, or
 * is static data of the caller: never the plugin's own memory. Returns a result or an error of status.h.
 *   NOTIFY  TENON_CONTINUE; other results mean the same.
 *   FILTER  TENON_CHANGED if the value was changed, else TENON_CONTINUE. After an error the value is put back.
 *   FIRST   TENON_HANDLED ends the dispatch; TENON_DECLINED or TENON_CONTINUE asks the next handler.
 *   VETO    TENON_DENY ends the dispatch; TENON_HANDLED says "allowed", TENON_CONTINUE nothing.
 *   COLLECT elements are added with tenon_call_emit; `reply` is NULL. After an error they are taken back.
 *   AROUND  runs what comes after it with tenon_call_next, at most once; its result is the dispatch's.
 *   method  TENON_OK, or what the service's contract says.
 * An error is never a verdict: it is recorded in the scope and the dispatch goes on with the next handler. */
typedef int32_t (*tenon_handler_fn)(void* self, tenon_call* call, const void* request, void* reply);

/* A plugin's function for a hook. FROZEN. The strings are static data of the plugin; the host copies them. Priority
 * and order are in the manifest. */
typedef struct tenon_handler {
    tenon_str contract;
    tenon_str hook;
    tenon_handler_fn fn;
} tenon_handler;

/* An answer that comes later. Opaque but for its operations; valid until it is completed. */
typedef struct tenon_pending tenon_pending;
/* APPENDABLE. */
typedef struct tenon_pending_ops {
    uint32_t struct_size;
    uint32_t reserved;
    /* Memory for what the reply points at; as tenon_call_alloc, but for one thread at a time. */
    TENON_ON_ANY void* (*alloc)(tenon_pending* pending, uint64_t size, uint64_t alignment);
    /* Not 0 when nobody waits for the answer any more. It must be completed nevertheless. */
    TENON_ON_ANY uint32_t (*cancelled)(const tenon_pending* pending);
    /* The answer, once: a result or an error, with the reply (copied; NULL where the hook has none). `text` is of an
     * error, else empty. TENON_E_DEADLINE or TENON_E_CANCELLED when it came too late. */
    TENON_ON_ANY int32_t (*complete)(tenon_pending* pending, int32_t status, const void* reply, tenon_str text);
} tenon_pending_ops;
struct tenon_pending {
    const tenon_pending_ops* ops;
};

/* What orders a handler among those of its hook: first the phase, then what it says of others, then its priority
 * (higher first), then its owner's id, then who was added first. The last phase sees the result and cannot change it.
 */
enum { TENON_PHASE_NORMAL = 0, TENON_PHASE_EARLY = 1, TENON_PHASE_LATE = 2, TENON_PHASE_OBSERVE = 3 };

/* How a handler is added; zero is the default of every field but struct_size. All text is copied. APPENDABLE. */
typedef struct tenon_handler_options {
    uint32_t struct_size;
    int32_t priority;
    uint32_t phase; /* TENON_PHASE_... */
    uint32_t share; /* percent of a thread's time; 0: the hook's */
    tenon_str name; /* inside its plugin; for the application's handlers their id */
    /* Of tenon_str: ids of plugins (all their handlers), or "id#name". Names that nobody has count once somebody does.
     */
    tenon_span before;
    tenon_span after;
    uint64_t soft_ns; /* budgets of a call; 0: the hook's */
    uint64_t hard_ns;
} tenon_handler_options;
#define TENON_HANDLER_OPTIONS_INIT {sizeof(tenon_handler_options), 0, 0, 0, {0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, 0, 0}

/* What a call offers. APPENDABLE; use the functions below. */
typedef struct tenon_call_ops {
    uint32_t struct_size;
    uint32_t reserved;
    TENON_ON_CALLER void* (*alloc)(tenon_call* call, uint64_t size, uint64_t alignment);
    TENON_ON_CALLER int32_t (*fail)(tenon_call* call, int32_t code, tenon_str text);
    TENON_ON_CALLER uint32_t (*cancelled)(const tenon_call* call);
    TENON_ON_CALLER uint64_t (*time_left_ns)(const tenon_call* call);
    TENON_ON_CALLER int32_t (*hook)(tenon_call* call, tenon_hook* hook, const void* request, void* reply);
    TENON_ON_CALLER int32_t (*service)(tenon_call* call, tenon_service* service, uint32_t method, const void* request,
                                       void* reply);
    TENON_ON_CALLER int32_t (*nested_error)(const tenon_call* call, tenon_error* out_error);
    TENON_ON_CALLER int32_t (*next)(tenon_call* call);
    TENON_ON_CALLER int32_t (*emit)(tenon_call* call, const void* element);
    TENON_ON_CALLER int32_t (*defer)(tenon_call* call, tenon_pending** out_pending);
} tenon_call_ops;

struct tenon_call {
    const tenon_call_ops* ops;
};

/* Memory for the reply, zero-filled, `alignment` a power of two up to 16; it lives until the outermost caller resets or
 * ends its scope. NULL when out of memory or over the scope's limit. */
static inline void* tenon_call_alloc(tenon_call* call, uint64_t size, uint64_t alignment) {
    return call->ops->alloc(call, size, alignment);
}

/* Records the error with its text (copied) and returns `code`: `return tenon_call_fail(call, TENON_E_FAILED, text);` */
static inline int32_t tenon_call_fail(tenon_call* call, int32_t code, tenon_str text) {
    return call->ops->fail(call, code, text);
}

/* Not 0 when the call is to end: cancelled by the caller, past the deadline, or seen past its hard budget. Cheap; poll
 * it in loops. */
static inline uint32_t tenon_call_cancelled(const tenon_call* call) {
    return call->ops->cancelled(call);
}

/* Nanoseconds until the deadline, 0 when it has passed, UINT64_MAX when there is none. */
static inline uint64_t tenon_call_time_left_ns(const tenon_call* call) {
    return call->ops->time_left_ns(call);
}

/* Dispatches a hook from inside a call, in a child scope: the arena, the deadline and the cancel word are this call's,
 * the errors are the child's own. */
static inline int32_t tenon_call_hook(tenon_call* call, tenon_hook* hook, const void* request, void* reply) {
    return call->ops->hook(call, hook, request, reply);
}

/* Calls method number `method` (of the caller's contract) of a service, in a child scope. TENON_E_GONE when its
 * provider has stopped, TENON_E_UNIMPLEMENTED when the provider is older than the method. */
static inline int32_t tenon_call_service(tenon_call* call, tenon_service* service, uint32_t method, const void* request,
                                         void* reply) {
    return call->ops->service(call, service, method, request, reply);
}

/* The first error of the last tenon_call_hook or tenon_call_service in this thread's scope; TENON_E_NOT_FOUND when it
 * had none. */
static inline int32_t tenon_call_nested_error(const tenon_call* call, tenon_error* out_error) {
    return call->ops->nested_error(call, out_error);
}

/* AROUND: runs the handlers after this one, and in the end the caller's own body, with the same request and reply;
 * returns their result: the body's, or what a handler made of it; TENON_DECLINED where there is no body. Each handler
 * that runs around another takes one of the TENON_MAX_DEPTH levels. TENON_E_STATE when called twice, or for other
 * kinds. */
static inline int32_t tenon_call_next(tenon_call* call) {
    return call->ops->next(call);
}

/* COLLECT: adds a copy of an element of the hook's reply type. TENON_E_FULL when the caller wants no more,
 * TENON_E_STATE for other kinds. */
static inline int32_t tenon_call_emit(tenon_call* call, const void* element) {
    return call->ops->emit(call, element);
}

/* ASYNC: the handler will answer later, on any thread, with out_pending->ops->complete; it returns TENON_PENDING. What
 * it needs of the request it copies. Once per call; TENON_E_STATE for other hooks. A plugin's answers are given up,
 * with TENON_E_GONE, when it has stopped. Where a handler
 * dispatches an ASYNC hook itself, answers that come later bring it no reply. */
static inline int32_t tenon_call_defer(tenon_call* call, tenon_pending** out_pending) {
    return call->ops->defer(call, out_pending);
}

/* Copies text into the call's arena; {NULL, 0} when out of memory. */
static inline tenon_str tenon_call_copy(tenon_call* call, tenon_str text) {
    tenon_str out = {0, 0};
    char* copy = text.size ? (char*)tenon_call_alloc(call, text.size, 1) : 0;
    if (copy) {
        memcpy(copy, text.data, (size_t)text.size);
        out.data = copy;
        out.size = text.size;
    }
    return out;
}

/* Appends a copy of `element` to a span of a reply, in the call's arena; elements that are there keep all their bytes,
 * also the ones that this caller does not know. False when out of memory, with the span as it was. */
static inline bool tenon_call_append(tenon_call* call, tenon_span* span, const void* element, uint32_t size) {
    const uint64_t old = span->count;
    const uint32_t stride = old != 0 && span->stride > size ? span->stride : size;
    char* copy;
    if (old >= UINT64_MAX / stride - 1) return false;
    copy = (char*)tenon_call_alloc(call, (old + 1) * stride, 16);
    if (!copy) return false;
    for (uint64_t i = 0; i < old; ++i)
        memcpy(copy + i * stride, (const char*)span->data + i * span->stride, span->stride);
    memcpy(copy + old * stride, element, size);
    span->data = copy;
    span->count = old + 1;
    span->stride = stride;
    return true;
}

TENON_EXTERN_C_END

#endif
