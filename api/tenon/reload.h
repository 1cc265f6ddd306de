/* Hot reload: a running plugin's new build takes its place, as a transaction. Calls go on without a lock meanwhile; the
 * old build serves until the new one has started, and goes on serving when anything is wrong with the new one.
 * docs/reload.md tells all of it. */
#ifndef TENON_RELOAD_H
#define TENON_RELOAD_H

#include <tenon/host.h>

TENON_EXTERN_C_BEGIN

/* tenon_host_options.reload */
enum {
    TENON_RELOAD_PRODUCTION = 0,  /* reloads are tried in a canary first when there is one, and on probation for 10 s */
    TENON_RELOAD_DEVELOPMENT = 1, /* no canary, on probation for 0.5 s, and files are watched from loading on */
    TENON_RELOAD_NEVER_UNMAP = 2  /* as in production; code that was mapped once stays so */
};

/* How a reload ended. */
enum {
    TENON_RELOADED = 1,     /* the new build serves; `unmapped` says what became of the old one */
    TENON_UNCHANGED = 2,    /* the file is the one that runs */
    TENON_REFUSED = 3,      /* the old build serves as before; the reason says why */
    TENON_ON_PROBATION = 4, /* the new build serves, the old one stands by */
    TENON_ROLLED_BACK = 5   /* the old build serves again */
};
/* "reloaded" and so on; "unknown" for other numbers. Static. */
TENON_API TENON_ON_ANY const char* tenon_reload_verdict_name(uint32_t verdict);

/* What the time went to. */
enum {
    TENON_RELOAD_WAIT = 0,      /* for whoever has the file open for writing */
    TENON_RELOAD_STAGE = 1,     /* the private copy */
    TENON_RELOAD_CHECK = 2,     /* manifest, ABI, contracts, dependencies, permissions */
    TENON_RELOAD_CANARY = 3,    /* loaded and started in another process */
    TENON_RELOAD_LOAD = 4,      /* mapped, constructors */
    TENON_RELOAD_START = 5,     /* create and start */
    TENON_RELOAD_STATE = 6,     /* saved, migrated, restored */
    TENON_RELOAD_PUBLISH = 7,   /* the switch of all its handlers and services */
    TENON_RELOAD_PROBATION = 8, /* until the new build was trusted, or not */
    TENON_RELOAD_RETIRE = 9,    /* the build that does not serve: drained, stopped, closed */
    TENON_RELOAD_GRACE = 10,    /* between publishing and retiring: until calls of the old build had returned */
    TENON_RELOAD_PHASES = 11
};
TENON_API TENON_ON_ANY const char* tenon_reload_phase_name(uint32_t phase);

/* tenon_reload_options.flags */
#define TENON_RELOAD_CANARY_FIRST 1u       /* whatever the host's mode says */
#define TENON_RELOAD_WITHOUT_CANARY 2u     /* the same */
#define TENON_RELOAD_ALLOW_PERMISSIONS 4u  /* the operator takes on what the new manifest asks for in addition */
#define TENON_RELOAD_ALLOW_DEPENDENCIES 8u /* the same for dependencies */
#define TENON_RELOAD_DROP_STATE 16u        /* the new build begins without the running one's state */

/* APPENDABLE; zero is the default of every field but struct_size. */
typedef struct tenon_reload_options {
    uint32_t struct_size;
    uint32_t flags;
    tenon_str path;             /* of the new build; empty: where the running one came from */
    uint64_t probation_ns;      /* 0: as the host's mode says; UINT64_MAX: none */
    uint64_t probation_calls;   /* ends probation when so many went well; 0: the time decides alone */
    uint64_t wait_timeout_ns;   /* how long the file may be open for writing; 0: 10 s */
    uint64_t freeze_timeout_ns; /* how long calls may wait while state is handed over; 0: 1 s */
    uint64_t canary_timeout_ns; /* 0: 10 s */
} tenon_reload_options;
#define TENON_RELOAD_OPTIONS_INIT {sizeof(tenon_reload_options), 0, {0, 0}, 0, 0, 0, 0, 0}

/* What became of one reload. Strings are borrowed for the time of the call that hands it out. APPENDABLE. */
typedef struct tenon_reload_record {
    uint32_t struct_size;
    uint32_t verdict;
    uint64_t number;     /* of this host's reloads, from 1 */
    uint64_t began_unix; /* in nanoseconds */
    tenon_str plugin;
    tenon_str trigger;        /* "by hand", "file changed", "rollback by hand" */
    uint32_t from_generation; /* of this host; the number in the name of the mapped file */
    uint32_t to_generation;   /* 0: there came to be none */
    tenon_str from_version;
    tenon_str to_version;
    tenon_str from_build; /* XXH3 of the library's bytes, 16 digits */
    tenon_str to_build;
    tenon_str reason; /* stable id, docs/reasons.md: of a refusal, a rollback; empty otherwise */
    tenon_str text;
    tenon_str fix;
    uint64_t phase_ns[TENON_RELOAD_PHASES];
    uint64_t pause_ns;     /* how long calls to the plugin waited at most */
    uint64_t calls_waited; /* so many of them */
    uint64_t state_bytes;  /* handed over */
    uint32_t unmapped;     /* 1: the build that does not serve is gone from memory; 0: not, or not yet */
    uint32_t reserved;
    tenon_str unmapped_reason; /* why not: an id as above */
    tenon_str unmapped_text;
} tenon_reload_record;

typedef void (*tenon_reload_fn)(void* data, const tenon_reload_record* record);

/* Reloads an active plugin. TENON_OK when the new build serves or nothing has changed; otherwise the old one serves and
 * the error says why, as the record does, which `visit` (may be NULL) gets before this returns. Calls to the plugin
 * never fail because of it. TENON_E_STATE from inside the plugin, TENON_E_BUSY while something else is being loaded. */
TENON_API TENON_ON_LOADER int32_t tenon_host_reload(tenon_host* host, tenon_str plugin,
                                                    const tenon_reload_options* options, tenon_reload_fn visit,
                                                    void* data, tenon_error* error);
/* Back to the build before: to the one that stands by, or, after probation, to the copy that was kept of it, also when
 * its file is gone. */
TENON_API TENON_ON_LOADER int32_t tenon_host_rollback(tenon_host* host, tenon_str plugin, tenon_reload_fn visit,
                                                      void* data, tenon_error* error);

/* Watching: active plugins are reloaded, on a thread of the host's, when their files change. APPENDABLE. */
typedef struct tenon_watch_options {
    uint32_t struct_size;
    uint32_t poll;               /* not 0: look at the files every so often instead of waiting for events */
    uint64_t poll_period_ns;     /* 0: 200 ms */
    tenon_reload_options reload; /* of the reloads; `path` is not used */
} tenon_watch_options;
#define TENON_WATCH_OPTIONS_INIT {sizeof(tenon_watch_options), 0, 0, TENON_RELOAD_OPTIONS_INIT}
/* TENON_E_STATE when it is being watched already. `options` may be NULL. Where events are not to be had, the files are
 * polled, and the log says so. */
TENON_API TENON_ON_ANY int32_t tenon_host_watch(tenon_host* host, const tenon_watch_options* options,
                                                tenon_error* error);
/* Returns when no reload of the watching is running any more. */
TENON_API TENON_ON_ANY void tenon_host_unwatch(tenon_host* host);

/* Gets every record, and again when it changes: at the end of probation, and when the old build has been unmapped at
 * last. Called on the thread that reloads; `fn` NULL ends it. May not reload. */
TENON_API TENON_ON_ANY int32_t tenon_host_on_reload(tenon_host* host, tenon_reload_fn fn, void* data);
/* The last 256 records, oldest first; of all plugins when `plugin` is empty. */
TENON_API TENON_ON_ANY int32_t tenon_host_reloads(tenon_host* host, tenon_str plugin, tenon_reload_fn visit,
                                                  void* data);
/* A record as one line of JSON (share/reload.schema.json). `write` as in stats.h. */
TENON_API TENON_ON_ANY int32_t tenon_reload_write(const tenon_reload_record* record,
                                                  uint32_t (*write)(void* data, tenon_str text), void* data);

TENON_EXTERN_C_END

#endif
