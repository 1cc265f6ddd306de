/* What a host knows of its handlers and workers: counts, times, budgets, breakers; and who may listen to every call. */
#ifndef TENON_STATS_H
#define TENON_STATS_H

#include <tenon/host.h>

TENON_EXTERN_C_BEGIN

/* A breaker's state. CLOSED: called. OPEN: skipped until the next probe. HALF_OPEN: a few timed probes. The others are
 * an operator's word: never called, always called, called and measured but never tripped. */
enum {
    TENON_BREAKER_CLOSED = 1,
    TENON_BREAKER_OPEN = 2,
    TENON_BREAKER_HALF_OPEN = 3,
    TENON_BREAKER_FORCED_OPEN = 4,
    TENON_BREAKER_FORCED_CLOSED = 5,
    TENON_BREAKER_METRICS_ONLY = 6
};

/* Where a budget's value comes from; later ones win. */
enum {
    TENON_FROM_NOWHERE = 0,  /* there is none */
    TENON_FROM_HOOK = 1,     /* the contract's default */
    TENON_FROM_MANIFEST = 2, /* the plugin's manifest, or tenon_handler_options */
    TENON_FROM_OPERATOR = 3, /* the operator's file */
    TENON_FROM_LIVE = 4      /* tenon_host_set_budget */
};

/* The limits of one handler's calls. 0 is none. */
typedef struct tenon_budget {
    uint64_t soft_ns; /* self time of a call; longer ones are counted */
    uint64_t hard_ns; /* longer ones are strikes */
    uint32_t share;   /* percent of a thread's time, per second */
    uint32_t soft_from;
    uint32_t hard_from;
    uint32_t share_from;
} tenon_budget;

/* One handler of one hook (or one method of a service) since it was added. Times are in nanoseconds; times of day are
 * Unix time; 0 is never. Texts are borrowed from the tenon_stats. APPENDABLE. */
typedef struct tenon_stats_row {
    uint32_t struct_size;
    uint32_t breaker;  /* TENON_BREAKER_... */
    tenon_str plugin;  /* its id, or the name of the application's handler */
    tenon_str version; /* empty: the application's own */
    tenon_str hook;    /* "contract/hook" or "service/method()" */
    tenon_str handler; /* its name; may be empty */
    uint64_t calls;
    uint64_t errors; /* exceptions included */
    uint64_t exceptions;
    uint64_t soft_overruns;
    uint64_t hard_overruns;
    uint64_t skipped;        /* by the breaker */
    uint64_t short_circuits; /* AROUND: calls that did not call next */
    uint64_t not_charged;    /* overruns that were not the handler's: first call, debugger, host stalls */
    uint64_t timed;          /* calls that were timed exactly; what follows is estimated from them */
    uint64_t self_ns;        /* of all calls */
    uint64_t total_ns;       /* nested dispatches included */
    uint64_t p50_ns;         /* of self time */
    uint64_t p90_ns;
    uint64_t p99_ns;
    uint64_t p999_ns;
    uint64_t max_ns;
    uint64_t share_ppm;    /* of the time since it was added, of one thread */
    uint64_t last_overrun; /* when */
    uint64_t last_overrun_ns;
    uint64_t trips;
    uint64_t since;      /* when the breaker came into its state */
    uint64_t next_probe; /* when it lets the next probe through */
    tenon_str reason;    /* why the breaker is not closed */
    tenon_str stack;     /* of the last overrun, symbolised; empty where the application did not consent */
    tenon_budget budget;
} tenon_stats_row;

/* What has become of a worker. */
enum {
    TENON_WORKER_RUNS = 1,
    TENON_WORKER_DOWN = 2,       /* it has ended, or is started just now; its handlers are skipped */
    TENON_WORKER_QUARANTINED = 3 /* it has ended too often, and is not started again */
};

/* A plugin that runs in a worker (in a process of its own) since it was loaded. Sums are over all processes that it has
 * had, and never get smaller. Texts are borrowed from the tenon_stats. APPENDABLE. */
typedef struct tenon_worker_stats {
    uint32_t struct_size;
    uint32_t state;   /* TENON_WORKER_... */
    tenon_str plugin; /* its id */
    tenon_str version;
    int32_t pid;    /* of the present process; 0: there is none */
    uint32_t lanes; /* that are open: for the life cycle, for calls at once, for its threads that ask */
    uint64_t restarts;
    uint64_t calls;     /* by the host; those of the life cycle included */
    uint64_t bytes_out; /* that the host has sent: requests and answers, with what goes around them */
    uint64_t bytes_in;
    uint64_t cpu_ns;       /* user and system */
    uint64_t resident_kib; /* of the present process */
    uint64_t peak_kib;     /* of the process that was the largest */
    uint64_t minor_faults;
    uint64_t major_faults;
    uint64_t voluntary_switches; /* of contexts; threads that have ended count once their process has */
    uint64_t involuntary_switches;
    tenon_str last_end; /* why the last one ended that was not meant to; empty: none did */
} tenon_worker_stats;

/* A copy of the statistics of a moment. */
typedef struct tenon_stats tenon_stats;

enum { TENON_STATS_JSON = 1, TENON_STATS_PROMETHEUS = 2, TENON_STATS_TABLE = 3 };
/* Takes a piece of text. Returns 0 to stop: the function that writes then returns TENON_E_CANCELLED. */
typedef uint32_t (*tenon_write_fn)(void* data, tenon_str text);

/* The statistics of all handlers, by hook and in the order in which they run; the caller's to destroy. Dispatch goes on
 * meanwhile. */
TENON_API TENON_ON_ANY int32_t tenon_host_stats(tenon_host* host, tenon_stats** out_stats);
TENON_API TENON_ON_ANY void tenon_stats_destroy(tenon_stats* stats);
TENON_API TENON_ON_ANY uint64_t tenon_stats_count(const tenon_stats* stats);
/* TENON_E_NOT_FOUND beyond the last. The caller sets struct_size. */
TENON_API TENON_ON_ANY int32_t tenon_stats_row_at(const tenon_stats* stats, uint64_t index, tenon_stats_row* out_row);
/* The plugins that run in workers, in the order in which they were loaded. While a reload is on probation both
 * generations have a row. */
TENON_API TENON_ON_ANY uint64_t tenon_stats_worker_count(const tenon_stats* stats);
/* TENON_E_NOT_FOUND beyond the last. The caller sets struct_size. */
TENON_API TENON_ON_ANY int32_t tenon_stats_worker_at(const tenon_stats* stats, uint64_t index,
                                                     tenon_worker_stats* out_worker);
/* All rows as JSON (share/stats.schema.json), as Prometheus' text format 0.0.4, or as a table for people. */
TENON_API TENON_ON_ANY int32_t tenon_stats_write(const tenon_stats* stats, uint32_t format, tenon_write_fn write,
                                                 void* data);

/* One call of a handler, for interceptors. Borrowed for the time of the call. APPENDABLE. */
typedef struct tenon_call_event {
    uint32_t struct_size;
    uint32_t depth;   /* 0: dispatched by the application */
    int32_t thread;   /* kernel id */
    int32_t status;   /* after: what the handler returned */
    tenon_str plugin; /* as in tenon_stats_row */
    tenon_str hook;
    tenon_str handler;
    uint64_t begin_ns; /* CLOCK_MONOTONIC */
    uint64_t end_ns;   /* after */
} tenon_call_event;

/* Listens to every call of every handler; for tracing and profiling. Neither function may change anything of the call,
 * throw, or dispatch. Called on the dispatching threads, concurrently; either may be NULL. */
typedef struct tenon_interceptor {
    uint32_t struct_size;
    uint32_t reserved;
    void* data; /* borrowed */
    void (*before)(void* data, const tenon_call_event* event);
    void (*after)(void* data, const tenon_call_event* event);
} tenon_interceptor;

/* While there are interceptors, dispatch runs an instrumented loop; without them it pays nothing. */
TENON_API TENON_ON_ANY int32_t tenon_host_add_interceptor(tenon_host* host, const tenon_interceptor* interceptor,
                                                          uint64_t* out_id);
/* Returns when neither function is running any more. TENON_E_NOT_FOUND for an unknown id, TENON_E_STATE from inside a
 * handler; TENON_E_BUSY when a dispatch that began before goes on for longer than the host's drain time: no new one is
 * listened to, but `data` must stay until that one has ended. */
TENON_API TENON_ON_ANY int32_t tenon_host_remove_interceptor(tenon_host* host, uint64_t id);

/* Records every call from now on, at most `limit` of them (0: a million; what is beyond is counted). */
TENON_API TENON_ON_ANY int32_t tenon_host_trace_start(tenon_host* host, uint64_t limit);
/* Ends it and writes the calls in Chrome's trace event format, which chrome://tracing and Perfetto open. TENON_E_STATE
 * when none was started; TENON_E_BUSY while a dispatch that began before goes on: try again. */
TENON_API TENON_ON_ANY int32_t tenon_host_trace_stop(tenon_host* host, tenon_write_fn write, void* data);

/* Budgets, breakers. `plugin` and `hook` are as in tenon_stats_row; an empty `plugin` is every handler of the hook, an
 * empty `hook` every hook of the plugin. They hold for handlers that are there now. TENON_E_NOT_FOUND when there is
 * none. */
TENON_API TENON_ON_ANY int32_t tenon_host_set_budget(tenon_host* host, tenon_str plugin, tenon_str hook,
                                                     uint64_t soft_ns, uint64_t hard_ns, uint32_t share);
/* TENON_BREAKER_CLOSED resets it; OPEN and HALF_OPEN cannot be asked for. */
TENON_API TENON_ON_ANY int32_t tenon_host_set_breaker(tenon_host* host, tenon_str plugin, tenon_str hook,
                                                      uint32_t state);
/* Why the handler is skipped, or that it is not, in a sentence of at most `size` bytes with its NUL. */
TENON_API TENON_ON_ANY int32_t tenon_host_why_skipped(tenon_host* host, tenon_str plugin, tenon_str hook, char* text,
                                                      uint64_t size);
/* Why one handler of a hook runs before another, in a sentence; `first` and `second` are names as in before and after
 * of tenon_handler_options. TENON_E_NOT_FOUND when one of them is not at the hook. */
TENON_API TENON_ON_ANY int32_t tenon_hook_why(tenon_hook* hook, tenon_str first, tenon_str second, char* text,
                                              uint64_t size);

TENON_EXTERN_C_END

#endif
