/* The macros behind describe.h: from one line per field to a struct, its checks and its records.
 * Include describe.h instead. An argument that names a field kind is only ever pasted, never expanded, so that a
 * kind may be a call: F(T, span(acme_point), points) pastes TENON_CTYPE_ with span(acme_point). */
#ifndef TENON_DESCRIBE_MACROS_H
#define TENON_DESCRIBE_MACROS_H

#define TENON_CTYPE_u8 uint8_t
#define TENON_CTYPE_u16 uint16_t
#define TENON_CTYPE_u32 uint32_t
#define TENON_CTYPE_u64 uint64_t
#define TENON_CTYPE_i8 int8_t
#define TENON_CTYPE_i16 int16_t
#define TENON_CTYPE_i32 int32_t
#define TENON_CTYPE_i64 int64_t
#define TENON_CTYPE_boolean bool
#define TENON_CTYPE_f32 float
#define TENON_CTYPE_f64 double
#define TENON_CTYPE_str tenon_str
#define TENON_CTYPE_bytes tenon_bytes
#define TENON_CTYPE_enumerated(E) E
#define TENON_CTYPE_array(k, n) TENON_CTYPE_##k
#define TENON_CTYPE_list(k) tenon_span
#define TENON_CTYPE_span(T) tenon_span
#define TENON_CTYPE_nested(T) T
#define TENON_CTYPE_pad(n) uint8_t

#define TENON_SUFFIX_u8
#define TENON_SUFFIX_u16
#define TENON_SUFFIX_u32
#define TENON_SUFFIX_u64
#define TENON_SUFFIX_i8
#define TENON_SUFFIX_i16
#define TENON_SUFFIX_i32
#define TENON_SUFFIX_i64
#define TENON_SUFFIX_boolean
#define TENON_SUFFIX_f32
#define TENON_SUFFIX_f64
#define TENON_SUFFIX_str
#define TENON_SUFFIX_bytes
#define TENON_SUFFIX_enumerated(E)
#define TENON_SUFFIX_array(k, n) [n]
#define TENON_SUFFIX_list(k)
#define TENON_SUFFIX_span(T)
#define TENON_SUFFIX_nested(T)
#define TENON_SUFFIX_pad(n) [n]

#define TENON_LENGTH_u8 1
#define TENON_LENGTH_u16 1
#define TENON_LENGTH_u32 1
#define TENON_LENGTH_u64 1
#define TENON_LENGTH_i8 1
#define TENON_LENGTH_i16 1
#define TENON_LENGTH_i32 1
#define TENON_LENGTH_i64 1
#define TENON_LENGTH_boolean 1
#define TENON_LENGTH_f32 1
#define TENON_LENGTH_f64 1
#define TENON_LENGTH_str 1
#define TENON_LENGTH_bytes 1
#define TENON_LENGTH_enumerated(E) 1
#define TENON_LENGTH_array(k, n) n
#define TENON_LENGTH_list(k) 1
#define TENON_LENGTH_span(T) 1
#define TENON_LENGTH_nested(T) 1
#define TENON_LENGTH_pad(n) n

#define TENON_OF_u8 0
#define TENON_OF_u16 0
#define TENON_OF_u32 0
#define TENON_OF_u64 0
#define TENON_OF_i8 0
#define TENON_OF_i16 0
#define TENON_OF_i32 0
#define TENON_OF_i64 0
#define TENON_OF_boolean 0
#define TENON_OF_f32 0
#define TENON_OF_f64 0
#define TENON_OF_str 0
#define TENON_OF_bytes 0
#define TENON_OF_enumerated(E) TENON_INDEX_##E
#define TENON_OF_array(k, n) TENON_CODE_##k
#define TENON_OF_list(k) TENON_CODE_##k
#define TENON_OF_span(T) TENON_INDEX_##T
#define TENON_OF_nested(T) TENON_INDEX_##T
#define TENON_OF_pad(n) 0

#define TENON_NESTS_u8 TENON_RECORD_FROZEN
#define TENON_NESTS_u16 TENON_RECORD_FROZEN
#define TENON_NESTS_u32 TENON_RECORD_FROZEN
#define TENON_NESTS_u64 TENON_RECORD_FROZEN
#define TENON_NESTS_i8 TENON_RECORD_FROZEN
#define TENON_NESTS_i16 TENON_RECORD_FROZEN
#define TENON_NESTS_i32 TENON_RECORD_FROZEN
#define TENON_NESTS_i64 TENON_RECORD_FROZEN
#define TENON_NESTS_boolean TENON_RECORD_FROZEN
#define TENON_NESTS_f32 TENON_RECORD_FROZEN
#define TENON_NESTS_f64 TENON_RECORD_FROZEN
#define TENON_NESTS_str TENON_RECORD_FROZEN
#define TENON_NESTS_bytes TENON_RECORD_FROZEN
#define TENON_NESTS_enumerated(E) TENON_RECORD_FROZEN
#define TENON_NESTS_array(k, n) TENON_RECORD_FROZEN
#define TENON_NESTS_list(k) TENON_RECORD_FROZEN
#define TENON_NESTS_span(T) TENON_RECORD_FROZEN
#define TENON_NESTS_nested(T) TENON_LAYOUT_##T
#define TENON_NESTS_pad(n) TENON_RECORD_FROZEN

#define TENON_MEMBER(T, kind, name) TENON_CTYPE_##kind name TENON_SUFFIX_##kind;
#define TENON_PLUS_SIZE(T, kind, name) +sizeof(((T*)0)->name)
#define TENON_END_OF(T, name) (offsetof(T, name) + sizeof(((T*)0)->name))

#define TENON_CHECK_FIELD(T, kind, name)                                                              \
    TENON_STATIC_ASSERT(TENON_NESTS_##kind == TENON_RECORD_FROZEN,                                    \
                        #T "." #name ": an APPENDABLE struct cannot be nested by value; use a span"); \
    TENON_STATIC_ASSERT(sizeof(((T*)0)->name) == sizeof(TENON_CTYPE_##kind) * (TENON_LENGTH_##kind),  \
                        #T "." #name ": the member is not what its descriptor says");                 \
    TENON_STATIC_ASSERT(sizeof(#name) <= TENON_NAME_SIZE, #T "." #name ": name too long");

/* Checks of a struct that is already declared; the layout and minimum size go into constants of the struct's name. */
#define TENON_DESCRIBE(T, FIELDS, layout, minimum)                                               \
    enum { TENON_LAYOUT_##T = (layout), TENON_MINIMUM_##T = (minimum) };                         \
    TENON_STATIC_ASSERT((0 FIELDS(TENON_PLUS_SIZE, T)) == sizeof(T),                             \
                        #T ": implicit padding, or a field that is left out of the descriptor"); \
    FIELDS(TENON_CHECK_FIELD, T)                                                                 \
    TENON_STATIC_ASSERT(sizeof(#T) <= TENON_NAME_SIZE, #T ": name too long")

/* A struct that never changes. May be nested by value. */
#define TENON_FROZEN(T, FIELDS) \
    typedef struct T {          \
        FIELDS(TENON_MEMBER, T) \
    } T;                        \
    TENON_DESCRIBE(T, FIELDS, TENON_RECORD_FROZEN, sizeof(T))

/* A struct that may grow at its end. Its first field is `u32 struct_size`; `last` is the last field of its first
 * release, which pins the minimum size for ever. */
#define TENON_APPENDABLE(T, FIELDS, last)                                                   \
    typedef struct T {                                                                      \
        FIELDS(TENON_MEMBER, T)                                                             \
    } T;                                                                                    \
    TENON_STATIC_ASSERT(offsetof(T, struct_size) == 0 && sizeof(((T*)0)->struct_size) == 4, \
                        #T ": an APPENDABLE struct begins with u32 struct_size");           \
    TENON_DESCRIBE(T, FIELDS, TENON_RECORD_APPENDABLE, TENON_END_OF(T, last))

/* A fixed-width integer with named values: #define ACME_UNIT(V, E) V(E, ACME_METRE, 0) V(E, ACME_FOOT, 1) */
#define TENON_ENUM(E, kind, VALUES) \
    typedef TENON_CTYPE_##kind E;   \
    enum { VALUES(TENON_ENUM_CONSTANT, E) TENON_UNDERLYING_##E = TENON_CODE_##kind }
#define TENON_ENUM_CONSTANT(E, name, value) name = (value),

#define TENON_RECORD_OF_FIELD(T, kind, name)                                                                  \
    {TENON_RECORD_FIELD,    0,    TENON_CODE_##kind, TENON_OF_##kind, TENON_LENGTH_##kind, offsetof(T, name), \
     sizeof(((T*)0)->name), #name},
#define TENON_RECORDS_OF_STRUCT(T, FIELDS)                                                             \
    {TENON_RECORD_STRUCT, TENON_LAYOUT_##T, 0, TENON_ALIGNOF(T), 0, TENON_MINIMUM_##T, sizeof(T), #T}, \
        FIELDS(TENON_RECORD_OF_FIELD, T)
#define TENON_RECORD_OF_VALUE(E, name, value) {TENON_RECORD_VALUE, 0, 0, 0, 0, (uint64_t)(int64_t)(value), 0, #name},
#define TENON_RECORDS_OF_ENUM(E, VALUES) \
    {TENON_RECORD_ENUM, 0, TENON_UNDERLYING_##E, 0, 0, 0, sizeof(E), #E}, VALUES(TENON_RECORD_OF_VALUE, E)

#ifdef __cplusplus
#define TENON_ALIGNOF(T) alignof(T)
#else
#define TENON_ALIGNOF(T) _Alignof(T)
#endif

#endif
