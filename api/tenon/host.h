/* Embedding: what an application that loads plugins calls. Link with libtenon.
 *
 *     tenon_host_create -> tenon_host_offer (its contracts) -> tenon_host_load (a folder of plugins)
 *     -> tenon_host_hook -> tenon_hook_call, from any number of threads -> tenon_host_destroy
 *
 * Every function returns a status; an `error` argument may be NULL and is filled on failure only. */
#ifndef TENON_HOST_H
#define TENON_HOST_H

#include <tenon/report.h>

TENON_EXTERN_C_BEGIN

typedef struct tenon_host tenon_host;
typedef struct tenon_scope tenon_scope;

/* Receives log lines; `plugin` is empty for the host's own. The text is borrowed. May be called on any thread, also
 * concurrently; no lock of the host is held. */
typedef void (*tenon_log_fn)(void* data, uint32_t level, tenon_str plugin, tenon_str text);

/* Runs task(context, i) for every i below `count`, on threads of its choice, the caller's included, and returns when
 * all have returned. Called on any thread, concurrently; no lock of the host is held. FROZEN. */
typedef void (*tenon_execute_fn)(void* data, void (*task)(void* context, uint64_t index), void* context,
                                 uint64_t count);
typedef struct tenon_executor {
    tenon_execute_fn execute;
    void* data; /* borrowed until the host is destroyed */
} tenon_executor;

/* APPENDABLE; zero is the default of every field but struct_size. All strings are copied. */
typedef struct tenon_host_options {
    uint32_t struct_size;
    uint32_t check;   /* not 0: the checking host, which looks for violations of the ABI (docs/abi.md) */
    tenon_log_fn log; /* NULL: warnings and errors go to standard error */
    void* log_data;
    tenon_str private_folder;  /* where copies of libraries live while loaded; empty: a new folder in $TMPDIR or /tmp */
    tenon_str data_folder;     /* plugins' data folders are made in it; empty: inside the private folder, so not kept */
    tenon_str version;         /* semver, of the application, for [hosts] of manifests; wants `id`; empty: not judged */
    uint64_t drain_timeout_ns; /* how long unloading waits for running calls; 0: 5 s */
    uint64_t arena_limit;      /* bytes that one scope may hold; 0: 256 MiB */
    tenon_str id;              /* the application's id, "org.acme.editor", for [hosts]; empty: not judged */
    tenon_str cache_file;      /* keeps what was read of libraries, for the next start; empty: no cache */
    uint32_t duplicates;       /* TENON_DUPLICATES_... */
    uint32_t breakers;         /* 0: enforced; TENON_BREAKER_METRICS_ONLY (stats.h): measured, never skipping */
    tenon_span pins;           /* of tenon_pin; hold under every policy */
    uint64_t watchdog_period_ns; /* 0: 1 ms; UINT64_MAX: no watchdog, hence no time budgets */
    tenon_executor executor;     /* for PARALLEL hooks; zeros: threads of the host's own */
    tenon_str store_file;        /* health of plugins and who is disabled, kept over restarts; empty: not kept */
    tenon_str operator_file;     /* docs/operator.md; empty: none */
    uint32_t stack_signal;       /* consent to interrupt a thread that overruns, for its stack; 0: none */
    uint32_t reload;             /* TENON_RELOAD_PRODUCTION, _DEVELOPMENT or _NEVER_UNMAP (reload.h) */
    tenon_str canary_file;       /* the helper that tries new builds; empty: the one beside libtenon, if there is one */
    uint32_t workers;            /* TENON_WORKERS_...: which plugins run in processes of their own */
    uint32_t trust;              /* TENON_TRUST_...: of plugins that the operator's file says nothing of */
    tenon_span in_workers;       /* of tenon_str: ids of plugins that do, whatever `workers` says */
    tenon_str worker_file;       /* the program they run in; empty: the one beside libtenon, if there is one */
} tenon_host_options;

/* Where plugins run (docs/workers.md). The operator's word for a plugin comes before all of this. */
enum {
    TENON_WORKERS_AS_MANIFEST = 0, /* those whose manifest says isolation = "worker" */
    TENON_WORKERS_ALL = 1,
    TENON_WORKERS_NONE = 2 /* all in this process, but those in in_workers */
};

/* How far a plugin is trusted (docs/sandbox.md). Whoever is not trusted runs in a worker, and confined there. What the
 * operator says of a plugin comes before this. */
enum {
    TENON_TRUST_DEFAULT = 0, /* TENON_TRUST_STANDARD; _TRUSTED with TENON_WORKERS_NONE, which can mean nothing else */
    TENON_TRUST_TRUSTED = 1, /* where TENON_WORKERS_... says, and not confined */
    TENON_TRUST_STANDARD = 2,
    TENON_TRUST_STRICT = 3, /* lower ceilings, less of the system */
    TENON_TRUST_LOCKED = 4  /* it computes, and nothing else */
};

/* Which of several plugins starts that have one id, or offer one contract, service or SONAME. */
enum {
    TENON_DUPLICATES_REFUSE = 0, /* none of them */
    TENON_DUPLICATES_NEWEST = 1, /* the newest version of the plugin or contract; none where that does not decide */
    TENON_DUPLICATES_PINNED = 2  /* the one that a pin chooses; none where there is no pin */
};
/* FROZEN. `name`: a plugin's id, a contract, a service or a SONAME; `choice`: a version of the plugin, the path of its
 * file, or, for other names than plugin ids, the id of a plugin. */
typedef struct tenon_pin {
    tenon_str name;
    tenon_str choice;
} tenon_pin;

/* A new host, independent of any other in the process. */
TENON_API TENON_ON_ANY int32_t tenon_host_create(const tenon_host_options* options, tenon_host** out_host,
                                                 tenon_error* error);
/* Unloads everything in reverse order and frees the host. No call may be running or begin; plugins whose handlers never
 * returned stay mapped. NULL is allowed. */
TENON_API TENON_ON_LOADER void tenon_host_destroy(tenon_host* host);

/* Offers a contract to plugins; the records (TENON_RECORDS) are copied. TENON_E_INVALID when they are malformed or the
 * contract is already offered. Offer before loading. */
TENON_API TENON_ON_LOADER int32_t tenon_host_offer(tenon_host* host, const tenon_record* records, uint64_t count,
                                                   tenon_error* error);
/* Provides a service that an offered contract describes; methods are called with `self`, which is borrowed, until the
 * host is destroyed. The table and its functions are copied. TENON_E_INVALID when no contract describes the service or
 * somebody provides it already. */
TENON_API TENON_ON_LOADER int32_t tenon_host_provide(tenon_host* host, const tenon_service_table* service, void* self,
                                                     tenon_error* error);

/* What loading the same paths would do, from the files alone: nothing is loaded and nothing of a plugin runs. The
 * report has the plugins that would start, in that order (TENON_STATE_RESOLVED), each with what it starts after, then
 * those that are refused. TENON_OK when none is, else TENON_E_REFUSED; TENON_E_IO, without a report, when a path cannot
 * be read. The report is the caller's to destroy. */
TENON_API TENON_ON_LOADER int32_t tenon_host_discover(tenon_host* host, const tenon_str* paths, uint64_t count,
                                                      tenon_report** out_report, tenon_error* error);
/* Loads and starts plugins, in dependency order. A path is a library, or a folder: the libraries in it and in its
 * subfolders that carry a Tenon note are taken. TENON_OK when all are active, TENON_E_REFUSED when some are not; the
 * report says which, why and what to do, and is the caller's to destroy. TENON_E_IO, with nothing loaded and no report,
 * when a path cannot be read. */
TENON_API TENON_ON_LOADER int32_t tenon_host_load(tenon_host* host, const tenon_str* paths, uint64_t count,
                                                  tenon_report** out_report, tenon_error* error);
/* Stops and unloads one plugin. TENON_E_STATE while others depend on it, and from inside one of its own calls.
 * TENON_E_BUSY when calls outlast the drain time: the plugin is then out of service and retired, and tenon_host_collect
 * finishes later. `out_report` (may be NULL) has one row: "unloaded", or "retired" with the reason when the image is
 * still mapped. */
TENON_API TENON_ON_LOADER int32_t tenon_host_unload(tenon_host* host, tenon_str id, tenon_report** out_report,
                                                    tenon_error* error);
/* Tries once more to finish plugins that were retired because calls were running; returns how many of them are left, or
 * TENON_E_BUSY while the host is loading. */
TENON_API TENON_ON_LOADER int32_t tenon_host_collect(tenon_host* host);
/* A report of all plugins that the host knows, in load order, refused ones included; the caller's to destroy. */
TENON_API TENON_ON_LOADER int32_t tenon_host_plugins(tenon_host* host, tenon_report** out_report);
/* Lets a plugin load again that was disabled, because of max_errors or by tenon_host_disable, and forgives its errors
 * so far; its handlers are called again at once if it is loaded. TENON_E_STATE without a store_file. */
TENON_API TENON_ON_ANY int32_t tenon_host_enable(tenon_host* host, tenon_str id, tenon_error* error);
/* Keeps a plugin from loading, and its handlers from being called, from now on and after restarts. */
TENON_API TENON_ON_ANY int32_t tenon_host_disable(tenon_host* host, tenon_str id, tenon_str reason, tenon_error* error);
/* Violations of the ABI that a checking host has seen; each was logged with its evidence. */
TENON_API TENON_ON_ANY uint64_t tenon_host_violations(const tenon_host* host);

/* A hook of an offered contract; valid until the host is destroyed. */
TENON_API TENON_ON_ANY int32_t tenon_host_hook(tenon_host* host, tenon_str contract, tenon_str name,
                                               tenon_hook** out_hook, tenon_error* error);
/* On the loader's turn, like loading: TENON_E_BUSY while that goes on. A stub of a service by its id, with the methods
 * as in the host's own offered contract, or, when the host offers no contract with it, as in its provider's. Valid
 * until the host is destroyed; calls fail with TENON_E_GONE while nobody provides it. */
TENON_API TENON_ON_LOADER int32_t tenon_host_service(tenon_host* host, tenon_str id, tenon_service** out_service,
                                                     tenon_error* error);

/* The same for an application that was built with a view of the contract that may not be the one on offer: the types of
 * the hook in `records` are compared with it. TENON_E_MISMATCH names the field. */
TENON_API TENON_ON_ANY int32_t tenon_host_hook_as(tenon_host* host, const tenon_record* records, uint64_t count,
                                                  tenon_str name, tenon_hook** out_hook, tenon_error* error);

/* Dispatches. Returns the verdict of the hook's kind (hook.h): NOTIFY CONTINUE, FILTER CHANGED or CONTINUE, FIRST
 * HANDLED or DECLINED, VETO DENY or CONTINUE, COLLECT CONTINUE, AROUND what tenon_hook_around returns without a body;
 * PENDING when ASYNC answers are still to come (tenon_scope_wait); a negative status when nothing was dispatched, or
 * when the scope was cancelled or its deadline passed on the way: the handlers before that have run. Handlers that
 * failed are recorded in the scope. `reply` stays readable until the scope is reset or destroyed. Never blocks on other
 * threads. */
TENON_API TENON_ON_CALLER int32_t tenon_hook_call(tenon_hook* hook, tenon_scope* scope, const void* request,
                                                  void* reply);
/* Calls a method of a service; returns what it returns. */
TENON_API TENON_ON_CALLER int32_t tenon_service_call(tenon_service* service, tenon_scope* scope, uint32_t method,
                                                     const void* request, void* reply);
/* AROUND: `body`, which may be NULL, runs inside all handlers, with `self`, the request and the reply. Returns the
 * outermost handler's result; a handler that fails before it has called next is left out. */
TENON_API TENON_ON_CALLER int32_t tenon_hook_around(tenon_hook* hook, tenon_scope* scope, const void* request,
                                                    void* reply, tenon_handler_fn body, void* self);

/* What COLLECT gathers: the reply of its dispatch. `limit` elements at most (0: 65536); `items` begins empty and its
 * elements live in the scope. APPENDABLE. */
typedef struct tenon_collection {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t limit;
    tenon_span items;
} tenon_collection;

/* The application's own handlers; `options->name` identifies the handler in reports, `self` is borrowed. The handle is
 * the hook's until it is removed. TENON_E_INVALID also when the handlers would have to run in a circle. A hook that
 * replays calls the handler before this returns. */
TENON_API TENON_ON_ANY int32_t tenon_hook_add(tenon_hook* hook, const tenon_handler_options* options,
                                              tenon_handler_fn fn, void* self, tenon_registration** out_registration,
                                              tenon_error* error);
/* As tenon_plugin_ops.remove_handler. The handle must not be used again. */
TENON_API TENON_ON_ANY int32_t tenon_hook_remove(tenon_hook* hook, tenon_registration* registration, uint32_t wait);

/* A scope: arena, deadline, cancel word and errors of calls that one thread makes. It keeps its memory when reset.
 * Destroying NULL is allowed; all scopes go before their host. */
TENON_API TENON_ON_ANY int32_t tenon_scope_create(tenon_host* host, tenon_scope** out_scope);
TENON_API TENON_ON_CALLER void tenon_scope_reset(tenon_scope* scope);
TENON_API TENON_ON_CALLER void tenon_scope_destroy(tenon_scope* scope);
/* Memory in the scope's arena, zero-filled, for requests and values; as tenon_call_alloc. */
TENON_API TENON_ON_CALLER void* tenon_scope_alloc(tenon_scope* scope, uint64_t size, uint64_t alignment);
/* Time left for the calls to come, from now; UINT64_MAX: none. Handlers see it; dispatch ends before a handler that
 * would begin after it. Reset clears it. */
TENON_API TENON_ON_CALLER void tenon_scope_set_time_left(tenon_scope* scope, uint64_t nanoseconds);
/* Asks the running call to end. */
TENON_API TENON_ON_ANY void tenon_scope_cancel(tenon_scope* scope);
/* ASYNC: how many answers are still to come, of this thread's scope and its nested dispatches. */
TENON_API TENON_ON_CALLER uint64_t tenon_scope_pending(const tenon_scope* scope);
/* Waits until all answers have come, or the time is over (UINT64_MAX: none), or the scope's deadline passes or it is
 * cancelled: what has not come then is given up. Puts replies where the dispatch's caller wanted them, errors into the
 * scope. The last dispatch's verdict, or TENON_E_DEADLINE or TENON_E_CANCELLED. A scope that is reset or destroyed
 * gives up what is pending. */
TENON_API TENON_ON_CALLER int32_t tenon_scope_wait(tenon_scope* scope, uint64_t nanoseconds);
/* Errors that handlers reported since the last reset, nested calls not counted. */
TENON_API TENON_ON_CALLER uint64_t tenon_scope_error_count(const tenon_scope* scope);
/* The `index`th of them; the first 8 are kept. TENON_E_NOT_FOUND beyond. */
TENON_API TENON_ON_CALLER int32_t tenon_scope_error(const tenon_scope* scope, uint64_t index, tenon_error* out_error);

/* "major.minor" of the ABI that this library implements. Static. */
TENON_API TENON_ON_ANY const char* tenon_abi_version(void);

TENON_EXTERN_C_END

#endif
