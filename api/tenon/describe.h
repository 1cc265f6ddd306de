/* Descriptors: what a type is, in records without pointers.
 *
 * One line per field gives the struct, its descriptor and its compile-time checks:
 *
 *     #define ACME_POINT(F, T)  F(T, f64, x)  F(T, f64, y)
 *     TENON_FROZEN(acme_point, ACME_POINT)
 *
 * A descriptor is an array of tenon_record that lies in the plugin's note, so that it can be read from the file,
 * compared byte for byte and kept after unloading. A contract is one such array: its head, then enums with their
 * values, structs with their fields, hooks, and services with their methods (contract.h). A type's index is its place
 * among the enums and structs of its contract. */
#ifndef TENON_DESCRIBE_H
#define TENON_DESCRIBE_H

#include <tenon/types.h>

/* One record, FROZEN. Which column means what depends on `kind`; unused columns are 0.
 *
 * kind       flags             type             of                count             offset          size
 * CONTRACT   OFFERED or 0      major            minor             patch             -               -
 * ENUM       -                 underlying code  -                 -                 -               bytes
 * VALUE      -                 -                -                 -                 the value       -
 * STRUCT     FROZEN/APPENDABLE -                alignment         -                 minimum size    bytes
 * FIELD      -                 field code       type index or     array length      bytes from the  bytes
 *                                               element code                        struct's start
 * HOOK       -                 kind, attributes request type      reply type        soft budget ns  hard budget ns
 * SERVICE    -                 -                -                 -                 -               -
 * METHOD     -                 -                request type      reply type        -               -           */
#define TENON_NAME_SIZE 64

typedef struct tenon_record {
    uint16_t kind;
    uint16_t flags;
    uint32_t type;
    uint32_t of;
    uint32_t count;
    uint64_t offset;
    uint64_t size;
    char name[TENON_NAME_SIZE]; /* NUL-terminated, rest zero */
} tenon_record;

TENON_STATIC_ASSERT(sizeof(tenon_record) == 96, "tenon_record is FROZEN");

enum {
    TENON_RECORD_END = 0,
    TENON_RECORD_CONTRACT = 1,
    TENON_RECORD_ENUM = 2,
    TENON_RECORD_VALUE = 3,
    TENON_RECORD_STRUCT = 4,
    TENON_RECORD_FIELD = 5,
    TENON_RECORD_HOOK = 6,
    TENON_RECORD_SERVICE = 7,
    TENON_RECORD_METHOD = 8
};

#define TENON_RECORD_OFFERED 1    /* CONTRACT: the plugin offers it; otherwise it uses it */
#define TENON_RECORD_FROZEN 1     /* STRUCT */
#define TENON_RECORD_APPENDABLE 2 /* STRUCT */

/* The type of a hook or method that has no request or no reply. */
typedef struct tenon_none tenon_none;
#define TENON_INDEX_tenon_none 0xffffffffu

/* Field kinds. Each is a word that a field line may use, with: its code, the C type, what stands behind the member's
 * name, the number of C values in it, and what the record's `of` says. */
#define TENON_CODE_u8 1
#define TENON_CODE_u16 2
#define TENON_CODE_u32 3
#define TENON_CODE_u64 4
#define TENON_CODE_i8 5
#define TENON_CODE_i16 6
#define TENON_CODE_i32 7
#define TENON_CODE_i64 8
#define TENON_CODE_boolean 9
#define TENON_CODE_f32 10
#define TENON_CODE_f64 11
#define TENON_CODE_str 12
#define TENON_CODE_bytes 13
#define TENON_CODE_enumerated(E) 14 /* a fixed-width integer with named values */
#define TENON_CODE_array(k, n) 15   /* n numbers in place */
#define TENON_CODE_list(k) 16       /* a span of numbers or strings */
#define TENON_CODE_span(T) 17       /* a span of described structs */
#define TENON_CODE_nested(T) 18     /* a FROZEN struct in place */
#define TENON_CODE_pad(n) 19        /* n reserved bytes, zero */

#include <tenon/describe_macros.h>

#endif
