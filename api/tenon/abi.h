/* Tenon: the ground rules of the C ABI, its version and its attributes.
 *
 * CONVENTIONS, true of every header in this folder
 *  1. C11 that C++20 also compiles. Nothing here is linked: a plugin exports one data symbol and imports none of ours.
 *  2. Strings and bytes are {pointer, uint64_t size}: UTF-8, not NUL-terminated, borrowed for the call unless a
 *     declaration says otherwise. What the host keeps, it copies.
 *  3. A struct is FROZEN (never changes) or APPENDABLE (begins with `uint32_t struct_size`, grows at its end only).
 *     No struct has implicit padding. Read a tail field only after TENON_HAS says that it is there.
 *  4. Every fallible function returns an int32_t status: 0 or more is a result, less is an error (status.h).
 *     Out-parameters come last, are called out_..., and are written on success only, but for reports
 *     (tenon_host_load, tenon_host_unload), which also tell of refusals.
 *  5. Numbers that travel are fixed-width integers. An unknown constant is an error unless its declaration says more.
 *  6. No exception crosses a function declared here, in either direction.
 *  7. What a context may do is in its type: tenon_init (start-up only), tenon_call (inside one call only),
 *     tenon_plugin (any thread, from create until stop has returned).
 *  8. Threads: TENON_ON_LOADER runs on the thread that loads or unloads, one at a time for one host;
 *     TENON_ON_CALLER on the thread that made the call, concurrently with others; TENON_ON_ANY on any thread.
 *  9. Nobody frees what another module allocated. Replies live in the arena of the call's scope.
 * 10. Declared once, never changed: an entity that must differ gets a new name. (The ABI is major 0, a draft, until it
 *     has been judged: until then it may change between commits.)
 */
#ifndef TENON_ABI_H
#define TENON_ABI_H

#include <stddef.h>
#include <stdint.h>

#define TENON_ABI_MAJOR 0u
#define TENON_ABI_MINOR 1u
/* The least minor whose entities a plugin compiled with these headers needs; raise it by defining it before. */
#ifndef TENON_ABI_MINOR_REQUIRED
#define TENON_ABI_MINOR_REQUIRED 1u
#endif
/* "TENO" in little-endian order; the first word of the entry block and of the note's payload. */
#define TENON_MAGIC 0x4f4e4554u

#ifdef __cplusplus
#define TENON_STATIC_ASSERT(condition, text) static_assert(condition, text)
#define TENON_EXTERN_C extern "C"
#define TENON_EXTERN_C_BEGIN extern "C" {
#define TENON_EXTERN_C_END }
#else
#define TENON_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#define TENON_EXTERN_C extern
#define TENON_EXTERN_C_BEGIN
#define TENON_EXTERN_C_END
#endif

#if defined(_WIN32)
#define TENON_EXPORT __declspec(dllexport)
#else
#define TENON_EXPORT __attribute__((visibility("default")))
#endif

/* Thread classes, written in front of each function so that people and tools can read them. With clang they stay in
 * the syntax tree as annotations; other compilers drop them. */
#if defined(__clang__)
#define TENON_THREAD_CLASS(name) __attribute__((annotate("tenon:thread:" name)))
#else
#define TENON_THREAD_CLASS(name)
#endif
#define TENON_ON_LOADER TENON_THREAD_CLASS("loader")
#define TENON_ON_CALLER TENON_THREAD_CLASS("caller")
#define TENON_ON_ANY TENON_THREAD_CLASS("any")

/* True if the APPENDABLE struct at `pointer` is long enough to have `field`. */
#define TENON_HAS(pointer, field)                                                                      \
    ((uint64_t)((const char*)&(pointer)->field - (const char*)(pointer)) + sizeof((pointer)->field) <= \
     (uint64_t)(pointer)->struct_size)

TENON_STATIC_ASSERT(sizeof(void*) == 8, "Tenon's ABI is defined for 64-bit platforms");

#endif
