/* What became of each plugin: the rows that loading, unloading and looking around give. */
#ifndef TENON_REPORT_H
#define TENON_REPORT_H

#include <tenon/plugin.h>

#if defined(_WIN32)
#define TENON_API
#else
#define TENON_API __attribute__((visibility("default")))
#endif

TENON_EXTERN_C_BEGIN

typedef struct tenon_report tenon_report;

enum {
    TENON_STATE_DISCOVERED = 0,
    TENON_STATE_VERIFIED = 1,
    TENON_STATE_RESOLVED = 2,
    TENON_STATE_LOADED = 3,
    TENON_STATE_STARTED = 4,
    TENON_STATE_ACTIVE = 5,
    TENON_STATE_QUIESCING = 6,
    TENON_STATE_STOPPED = 7,
    TENON_STATE_UNLOADED = 8,
    TENON_STATE_RETIRED = 9, /* mapped but dead */
    TENON_STATE_FAILED = 10,
    TENON_STATE_QUARANTINED = 11
};
/* "active" and so on; "unknown" for other numbers. Static. */
TENON_API TENON_ON_ANY const char* tenon_state_name(uint32_t state);

/* One refusal or failure. FROZEN. */
typedef struct tenon_report_problem {
    tenon_str reason; /* stable id, docs/reasons.md */
    tenon_str text;   /* the evidence */
    tenon_str fix;
} tenon_report_problem;

/* Why a plugin starts after another one. FROZEN. */
typedef struct tenon_report_link {
    tenon_str plugin;  /* the id of the one that starts first */
    tenon_str what;    /* "dependency org.b ^2", "contract org.c ^1" */
    uint32_t required; /* 0: for the order only */
    uint32_t reserved; /* 0 */
} tenon_report_link;

/* One row of a report. APPENDABLE. The strings and lists live as long as the report. */
typedef struct tenon_report_row {
    uint32_t struct_size;
    uint32_t state;   /* TENON_STATE_... */
    tenon_str plugin; /* id, or empty when the manifest could not be read */
    tenon_str version;
    tenon_str path;
    tenon_str reason; /* of the first problem; empty when there is none */
    tenon_str text;   /* of all problems */
    tenon_str fix;
    uint64_t microseconds; /* spent on this plugin */
    tenon_str name;        /* for people, from the manifest */
    tenon_span problems;   /* of tenon_report_problem: each of them */
    tenon_span after;      /* of tenon_report_link: what it starts after, among the plugins of this report */
    uint32_t cached;       /* not 0: its file was known from the cache and was not read again to judge it */
    uint32_t reserved;     /* 0 */
    /* How it is confined, or would be (docs/sandbox.md). */
    uint32_t trust;          /* TENON_TRUST_...; 0 when the manifest could not be read */
    uint32_t in_worker;      /* not 0: it runs in a process of its own, or would */
    uint32_t allow_degraded; /* not 0: the operator accepts that layers are missing */
    uint32_t degraded;       /* not 0: and some are; it loads without them */
    tenon_span without;      /* of tenon_str: layers that the operator leaves out */
    tenon_span missing;      /* of tenon_str: layers that it needs, and this machine does not have */
} tenon_report_row;

TENON_API TENON_ON_ANY uint64_t tenon_report_count(const tenon_report* report);
/* Fills `out_row` up to its struct_size, which the caller sets. TENON_E_NOT_FOUND beyond the last. */
TENON_API TENON_ON_ANY int32_t tenon_report_get(const tenon_report* report, uint64_t index, tenon_report_row* out_row);
/* Ends the report and its strings. NULL is allowed. */
TENON_API TENON_ON_ANY void tenon_report_destroy(tenon_report* report);

TENON_EXTERN_C_END

#endif
