/* What a host does for a plugin that may not do it itself: files by glob, the network, sockets, programs, collections,
 * notifications, and what the application has. What a plugin may ask for is what its manifest asks for, as far as it
 * was granted (docs/sandbox.md).
 */
#ifndef TENON_REQUEST_H
#define TENON_REQUEST_H

#include <tenon/types.h>

TENON_EXTERN_C_BEGIN

enum {
    TENON_REQUEST_OPEN_FILE = 1, /* subject: an absolute path; flags: TENON_OPEN_... */
    TENON_REQUEST_FETCH = 2,     /* subject: a URL; detail: the method, empty: GET; named: headers; input: the body */
    TENON_REQUEST_RUN = 3,       /* subject: the program; named: values for {name}; input: its standard input */
    TENON_REQUEST_NOTIFY = 4,    /* subject: the title; detail: the text */
    TENON_REQUEST_COLLECTION_GET = 5,    /* subject: the collection; detail: the key */
    TENON_REQUEST_COLLECTION_PUT = 6,    /* and input: the value */
    TENON_REQUEST_COLLECTION_REMOVE = 7, /* as GET */
    /* subject: the collection; detail: with what the keys begin; named, if there are more: "after", the last key so far
     */
    TENON_REQUEST_COLLECTION_LIST = 8,
    /* subject: "tcp://HOST:PORT", "udp://HOST:PORT", or "unix:/PATH" of a stream socket */
    TENON_REQUEST_CONNECT = 9,
    TENON_REQUEST_STAT_FILE = 10 /* subject: an absolute path of anything that may be read */
};

/* What the application does, where it provides it (provide.h). */
enum {
    TENON_REQUEST_CLIPBOARD_READ = 16,  /* detail: the media type, empty: text/plain */
    TENON_REQUEST_CLIPBOARD_WRITE = 17, /* the same; input: what it is to have */
    TENON_REQUEST_MODEL = 18,           /* subject: the model's name; detail: "complete", "chat", "embed" ...; named:
                                           parameters; input: the prompt */
    TENON_REQUEST_DEVICE = 19,          /* subject: "camera", "microphone" ...; detail: which, or what of it */
    TENON_REQUEST_CONTENT_READ = 20,    /* subject: which part of it, as the application names it */
    TENON_REQUEST_CONTENT_CHANGE = 21   /* the same; input: what it is to be */
};

enum {
    TENON_OPEN_READ = 1,
    TENON_OPEN_WRITE = 2,
    TENON_OPEN_CREATE = 4,  /* with WRITE: a file that is not there */
    TENON_OPEN_TRUNCATE = 8 /* with WRITE: of what is there nothing stays */
};

/* FROZEN. */
typedef struct tenon_named {
    tenon_str name;
    tenon_str value;
} tenon_named;

/* Borrowed for the call. APPENDABLE. */
typedef struct tenon_request {
    uint32_t struct_size;
    uint32_t kind;
    uint32_t flags;
    uint32_t reserved;
    tenon_str subject;
    tenon_str detail;
    tenon_span named; /* of tenon_named */
    tenon_bytes input;
} tenon_request;

/* Valid while tenon_take_fn runs, except the descriptor. APPENDABLE. */
typedef struct tenon_answer {
    uint32_t struct_size;
    int32_t number; /* FETCH: the status of HTTP; RUN: the exit code, below 0: minus the signal that ended it;
                       MODEL: tokens that were used */
    /* OPEN_FILE: a file; DEVICE: what the application gives; CONNECT: a connected socket, which blocks and is
     * close-on-exec. A confined plugin can read, write, poll, send, recv and shut it down, and ask for its names and
     * SO_ERROR; send with MSG_NOSIGNAL, for a peer that has gone ends the process otherwise. The taker's to close; -1:
     * none. */
    int32_t descriptor;
    uint32_t reserved;
    tenon_bytes output; /* FETCH: the body; RUN: what it printed; COLLECTION_GET: the value; others: what was
                           asked for */
    tenon_span named;   /* of tenon_named: FETCH: headers; RUN: "errors", what it printed there;
                           STAT_FILE: "type": file, folder, other; "size": bytes; "modified": nanoseconds of Unix
                           time; "writable": whether the grants allow it: true, false;
                           COLLECTION_LIST: at most 4096 keys in the order of their bytes, without values */
    tenon_str error;    /* in words, why there is none; what was asked and the command that grants it */
} tenon_answer;

/* Called once, on the asking thread, before the request returns; not at all when it returns TENON_E_STATE or _GONE, or
 * TENON_E_INVALID for a request that is none. Must not throw. */
typedef void (*tenon_take_fn)(void* data, const tenon_answer* answer);

TENON_EXTERN_C_END

#endif
