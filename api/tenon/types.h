/* The three views that cross the ABI: text, bytes and a span of records. All FROZEN, all borrowed. */
#ifndef TENON_TYPES_H
#define TENON_TYPES_H

#include <stdbool.h>
#include <string.h>
#include <tenon/abi.h>

/* UTF-8 text of `size` bytes; not NUL-terminated. {NULL, 0} is the empty string. */
typedef struct tenon_str {
    const char* data;
    uint64_t size;
} tenon_str;

/* `size` bytes of anything. */
typedef struct tenon_bytes {
    const void* data;
    uint64_t size;
} tenon_bytes;

/* `count` elements, each `stride` bytes after the one before. The writer's stride may be smaller or larger than the
 * reader's element: read elements with tenon_span_get (C) or tenon::SpanView (C++), never by indexing `data`. */
typedef struct tenon_span {
    const void* data;
    uint64_t count;
    uint32_t stride;
    uint32_t reserved;
} tenon_span;

TENON_STATIC_ASSERT(sizeof(tenon_str) == 16 && sizeof(tenon_bytes) == 16 && sizeof(tenon_span) == 24,
                    "the views are FROZEN");
TENON_STATIC_ASSERT(sizeof(bool) == 1, "a boolean field is one byte");

/* A tenon_str of a string literal, usable in static initialisers. */
#define TENON_STR(literal) {(literal), sizeof(literal) - 1}

/* Borrows a NUL-terminated string; NULL gives the empty string. */
static inline tenon_str tenon_str_from(const char* text) {
    tenon_str out = {text, text ? (uint64_t)strlen(text) : 0};
    return out;
}

static inline bool tenon_str_equal(tenon_str a, tenon_str b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, (size_t)a.size) == 0);
}

/* Copies element `index` into `out_element`, `size` bytes long: what the writer's shorter element lacks is filled with
 * zeros, what a longer one has beyond `size` is dropped. False if there is no such element. */
static inline bool tenon_span_get(const tenon_span* span, uint64_t index, void* out_element, size_t size) {
    size_t copied = span->stride < size ? span->stride : size;
    if (index >= span->count) return false;
    memset(out_element, 0, size);
    memcpy(out_element, (const char*)span->data + index * span->stride, copied);
    return true;
}

/* A span over an array in memory. */
#define TENON_SPAN_OF(array, number) {(array), (number), (uint32_t)sizeof((array)[0]), 0}

#endif
