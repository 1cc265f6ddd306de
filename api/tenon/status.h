/* Status codes and the error that explains one. */
#ifndef TENON_STATUS_H
#define TENON_STATUS_H

#include <tenon/types.h>

/* Results, 0 and more. What each hook kind does with them is in hook.h. */
enum {
    TENON_OK = 0,
    TENON_CONTINUE = 0, /* go on with the next handler */
    TENON_HANDLED = 1,  /* FIRST: this is the answer, stop; VETO: allowed, go on */
    TENON_CHANGED = 2,  /* FILTER: the value was changed */
    TENON_DECLINED = 3, /* not for me, ask the next */
    TENON_PENDING = 4,  /* ASYNC: the answer comes later */
    TENON_DENY = 5      /* VETO: no, stop */
};

/* Errors, less than 0. An unknown negative code is treated as TENON_E_FAILED. */
enum {
    TENON_E_FAILED = -1,        /* the other side failed; the error says how */
    TENON_E_INVALID = -2,       /* an argument breaks the function's contract */
    TENON_E_NOT_FOUND = -3,     /* no such hook, service, plugin or file */
    TENON_E_UNIMPLEMENTED = -4, /* an optional slot or method that the other side does not have */
    TENON_E_MISMATCH = -5,      /* types, versions or layouts do not fit; the error names the field */
    TENON_E_STATE = -6,         /* not allowed in this life-cycle state or from this thread */
    TENON_E_TOO_DEEP = -7,      /* more than TENON_MAX_DEPTH nested dispatches */
    TENON_E_NO_MEMORY = -8,     /* out of memory, or the arena's limit is reached */
    TENON_E_CANCELLED = -9,     /* the caller set the cancel word */
    TENON_E_DEADLINE = -10,     /* the scope's deadline has passed */
    TENON_E_EXCEPTION = -11,    /* a C++ exception was caught at the border */
    TENON_E_GONE = -12,         /* the plugin behind this handle is not started any more */
    TENON_E_REFUSED = -13,      /* a plugin or file was refused; the report says why */
    TENON_E_BUSY = -14,         /* calls are still in flight */
    TENON_E_IO = -15,           /* the operating system said no */
    TENON_E_SKIPPED = -16,      /* a breaker skipped a handler that the hook does not go on without */
    TENON_E_FULL = -17          /* a list has as many elements as it may have */
};

/* What went wrong, in words. APPENDABLE. The caller owns it and sets struct_size (TENON_ERROR_INIT); all text is
 * inline, NUL-terminated and cut at its array's end. */
typedef struct tenon_error {
    uint32_t struct_size;
    int32_t code;     /* one of TENON_E_... */
    char domain[32];  /* who says so: "tenon", or a plugin's own word */
    char reason[48];  /* stable id, listed in docs/reasons.md; empty for a plugin's own errors */
    char plugin[96];  /* id of the plugin concerned; the host fills in this and the next three */
    char version[32]; /* its version */
    char hook[96];    /* hook or service method, "contract/hook" */
    char path[256];   /* file of the plugin */
    char text[448];   /* what happened, with the evidence */
    char fix[256];    /* what to do about it; may be empty */
} tenon_error;

TENON_STATIC_ASSERT(sizeof(tenon_error) == 1272, "tenon_error has no padding");
#define TENON_ERROR_INIT {sizeof(tenon_error), 0, "", "", "", "", "", "", "", ""}

#endif
