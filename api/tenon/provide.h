/* What the application does for plugins when they ask for it (request.h): the clipboard, models, devices, its content,
 * notifications. Tenon has none of these: it checks what the plugin was granted, the sizes and how often, and calls the
 * application's function. docs/providers.md tells all of it. */
#ifndef TENON_PROVIDE_H
#define TENON_PROVIDE_H

#include <tenon/host.h>
#include <tenon/request.h>

TENON_EXTERN_C_BEGIN

/* An answer to fill in: without a descriptor, which 0 would be one of. */
#define TENON_ANSWER_INIT {sizeof(tenon_answer), 0, -1, 0, {NULL, 0}, {NULL, 0, 0, 0}, {NULL, 0}}

/* A plugin's request, on its way to the application; all of it is borrowed until the provider returns, and is used by
 * its thread. What the plugin wrote is foreign: it is bounded, and its texts are UTF-8, and no more is known of it.
 * APPENDABLE. */
typedef struct tenon_provider_call {
    uint32_t struct_size;
    uint32_t reserved;
    tenon_str plugin; /* its id */
    const tenon_request* request;
    uint64_t deadline_ns; /* of CLOCK_MONOTONIC, when nobody waits any more; 0: none */
    uint64_t most_tokens; /* MODEL: that it may use; 0: as many as it likes */
    /* 1 when nobody waits for the answer: the plugin or its worker goes, the provider is withdrawn, the deadline has
     * passed. Any thread, until the provider returns. What takes its time asks now and then: the others wait for it. */
    uint32_t (*is_cancelled)(const struct tenon_provider_call* call);
    /* Once at most, before the provider returns. Copies what it is given, and duplicates the descriptor, which is above
     * 2: all of it stays the application's. A duplicate shares position and rights of the one that it is of: give one
     * that was opened for this answer, read-only or sealed where the plugin is not to write. MODEL: the answer's
     * `number` counts with an error, too. */
    void (*answer)(const struct tenon_provider_call* call, const tenon_answer* answer);
} tenon_provider_call;

/* Returns TENON_OK, or less than 0 with the reason in the answer's `error`, which the plugin is told; TENON_E_STATE and
 * _GONE become TENON_E_FAILED. Runs on the thread that asks: in a call of the plugin, also of one in a worker, that is
 * the thread that called the hook or the service, usually one of the application's own. So it must not wait for that
 * thread, nor for a lock that is held around calls of plugins. A worker that asks from a thread of its own has one of
 * the host's. Without a lock of Tenon's; several at once. Must not throw. */
typedef int32_t (*tenon_provider_fn)(void* data, const tenon_provider_call* call);

/* Has `fn` do what plugins ask for with requests of this kind: NOTIFY, or one of CLIPBOARD_READ and what follows. NULL
 * withdraws whoever provides it, or, where `data` is not NULL, the one that has this `data` and no other. Those before
 * are called no more when this returns: it waits until running calls of them are over, which see that they are
 * cancelled. `data` is borrowed until then, or until tenon_host_destroy returns, which waits for them, too.
 * TENON_E_INVALID for other kinds; TENON_E_STATE from inside a provider of this host, with nothing changed. */
TENON_API TENON_ON_ANY int32_t tenon_host_set_provider(tenon_host* host, uint32_t kind, tenon_provider_fn fn,
                                                       void* data, tenon_error* error);

TENON_EXTERN_C_END

#endif
