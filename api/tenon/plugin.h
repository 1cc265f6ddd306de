/* What a plugin is to its host: life-cycle slots, services, and what it may ask. */
#ifndef TENON_PLUGIN_H
#define TENON_PLUGIN_H

#include <tenon/contract.h>
#include <tenon/hook.h>
#include <tenon/request.h>

TENON_EXTERN_C_BEGIN

typedef struct tenon_init tenon_init;     /* during create and start only, on the loader's thread */
typedef struct tenon_plugin tenon_plugin; /* from create until stop has returned, on any thread */
typedef struct tenon_registration tenon_registration;

enum { TENON_LOG_DEBUG = 1, TENON_LOG_INFO = 2, TENON_LOG_WARNING = 3, TENON_LOG_ERROR = 4 };

/* A service that a plugin offers: its methods in the order of its contract, called with the plugin's instance. FROZEN.
 * A NULL method, or one beyond method_count, is "not implemented". */
typedef struct tenon_service_table {
    tenon_str id;
    const tenon_handler_fn* methods;
    uint64_t method_count;
} tenon_service_table;

/* A stretch of saved state: who wrote it, in which version of its schema. APPENDABLE. */
typedef struct tenon_state {
    uint32_t struct_size;
    uint32_t schema_version;
    tenon_str schema;
    tenon_bytes data;
} tenon_state;

/* The life cycle, all slots optional, called on the loader's thread, one at a time. APPENDABLE.
 * create gives the instance, destroy takes it; start and stop come in pairs and may come again after stop. stop
 * returns when no thread, timer or callback of the plugin runs any more. A plugin whose start fails is destroyed and
 * closed, one whose create fails is closed; others go on. The other slots are called by the parts of the host that
 * install, upgrade, configure and reload. */
typedef struct tenon_lifecycle {
    uint32_t struct_size;
    uint32_t reserved;
    TENON_ON_LOADER int32_t (*create)(tenon_init* init, void** out_self);
    TENON_ON_LOADER int32_t (*start)(void* self, tenon_init* init);
    TENON_ON_LOADER int32_t (*stop)(void* self);
    TENON_ON_LOADER void (*destroy)(void* self);
    TENON_ON_LOADER int32_t (*installed)(void* self, tenon_init* init);
    TENON_ON_LOADER int32_t (*upgraded)(void* self, tenon_init* init, tenon_str from, tenon_str to);
    TENON_ON_LOADER int32_t (*uninstalling)(void* self, tenon_init* init);
    TENON_ON_LOADER int32_t (*configuration_changed)(void* self, tenon_str toml);
    /* Hot reload (docs/reload.md). The state's bytes, made with tenon_call_alloc, are the host's until the generation
     * that restores them is gone: it may keep them. Saving leaves the instance as it is, because a rollback goes on
     * with it. A state of an older version comes to restore_state only if the manifest says that it migrates it. */
    TENON_ON_LOADER int32_t (*save_state)(void* self, tenon_call* call, tenon_state* out_state);
    TENON_ON_LOADER int32_t (*restore_state)(void* self, tenon_call* call, const tenon_state* state);
    /* Policy "journal": what the other generation has noted since it saved, entry by entry. */
    TENON_ON_LOADER int32_t (*apply_journal)(void* self, tenon_call* call, tenon_bytes entry);
} tenon_lifecycle;

/* What start-up offers. APPENDABLE. */
typedef struct tenon_init_ops {
    uint32_t struct_size;
    uint32_t reserved;
    /* The handle to keep for later. */
    TENON_ON_LOADER tenon_plugin* (*plugin)(tenon_init* init);
    /* A stub of a service that this plugin's note says it uses; TENON_E_NOT_FOUND when nobody offers it. */
    TENON_ON_LOADER int32_t (*service)(tenon_init* init, tenon_str id, tenon_service** out_service);
    /* A hook to dispatch, of a contract in this plugin's note. */
    TENON_ON_LOADER int32_t (*hook)(tenon_init* init, tenon_str contract, tenon_str name, tenon_hook** out_hook);
    /* The read-only folder of what the plugin ships with, and its own writable folder, which exists. Valid until
     * destroy has returned. */
    TENON_ON_LOADER tenon_str (*resource_folder)(tenon_init* init);
    TENON_ON_LOADER tenon_str (*data_folder)(tenon_init* init);
    /* Says why create or start fails; the text is copied. Returns `code`. */
    TENON_ON_LOADER int32_t (*fail)(tenon_init* init, int32_t code, tenon_str text);
} tenon_init_ops;

struct tenon_init {
    const tenon_init_ops* ops;
};

/* What a plugin may ask on any thread, from create until stop has returned. APPENDABLE. */
typedef struct tenon_plugin_ops {
    uint32_t struct_size;
    uint32_t reserved;
    /* One line to the host's log; the text is copied. */
    TENON_ON_ANY void (*log)(tenon_plugin* plugin, uint32_t level, tenon_str text);
    /* Adds a handler while running; `self` is what it is called with. The host removes what is left when it takes the
     * plugin out of service, before stop. A dispatch that has begun does not see it. `options` may be NULL. When it is
     * refused, the host's log says why: TENON_E_MISMATCH names the field, TENON_E_INVALID the circle. */
    TENON_ON_ANY int32_t (*add_handler)(tenon_plugin* plugin, const tenon_handler* handler, void* self,
                                        const tenon_handler_options* options, tenon_registration** out_registration);
    /* Removes it. With `wait` not 0, returns when no call of it is running any more; from inside a call of that very
     * handler this is refused with TENON_E_STATE. Without, calls that have begun go on. Waits just so when the host has
     * removed it already. The handle must not be used again. TENON_E_NOT_FOUND when it is not this plugin's, or gone
     * already. Two handlers that wait for each other's end wait for ever. */
    TENON_ON_ANY int32_t (*remove_handler)(tenon_plugin* plugin, tenon_registration* registration, uint32_t wait);
    /* Runs `body` in a call of its own, for threads that the plugin started. The call's memory ends with it. Returns
     * what `body` returns. */
    TENON_ON_ANY int32_t (*run)(tenon_plugin* plugin, int32_t (*body)(void* data, tenon_call* call), void* data);
    /* State policy "journal": notes a change of the state, for the generation that is taking over. The entry is copied;
     * when nobody takes over, TENON_OK and nothing is kept. TENON_E_NO_MEMORY beyond 64 MiB: that reload is refused,
     * the change itself counts. A change that comes while the state is being saved may be in both: number entries. */
    TENON_ON_ANY int32_t (*journal)(tenon_plugin* plugin, tenon_bytes entry);
    /* Asks the host to do what the plugin may not do itself (request.h), and waits for it. Also where the plugin runs
     * in process, by the same rules. TENON_E_REFUSED: it has not the permission, and the answer's error says which one;
     * TENON_E_NOT_FOUND; TENON_E_FULL: more than the host's limits; TENON_E_DEADLINE: the time of the call that
     * it is made in, or the host's own for it, is over; TENON_E_CANCELLED: the plugin is being stopped, or its worker
     * has ended; TENON_E_IO. `take` may be NULL. */
    TENON_ON_ANY int32_t (*request)(tenon_plugin* plugin, const tenon_request* request, tenon_take_fn take, void* data);
} tenon_plugin_ops;

struct tenon_plugin {
    const tenon_plugin_ops* ops;
};

TENON_EXTERN_C_END

#endif
