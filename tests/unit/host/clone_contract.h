/* A contract with every kind of field, for the tests of deep copies. */
#ifndef HOST_CLONE_CONTRACT_H
#define HOST_CLONE_CONTRACT_H

#include <tenon/contract.h>

#define CRATE_UNIT(V, E) V(E, CRATE_PIECE, 0) V(E, CRATE_KILO, 1)
TENON_ENUM(crate_unit, i16, CRATE_UNIT);

#define CRATE_POINT(F, T) F(T, f64, x) F(T, f64, y)
TENON_FROZEN(crate_point, CRATE_POINT);

/* Never grows, and points at things nevertheless. */
#define CRATE_LABEL(F, T) \
    F(T, str, text) F(T, bytes, seal) F(T, nested(crate_point), place) F(T, span(crate_point), way)
TENON_FROZEN(crate_label, CRATE_LABEL);

#define CRATE(F, T)                  \
    F(T, u32, struct_size)           \
    F(T, u8, a)                      \
    F(T, i8, b)                      \
    F(T, enumerated(crate_unit), c)  \
    F(T, u16, d)                     \
    F(T, i16, e)                     \
    F(T, i32, f)                     \
    F(T, u64, g)                     \
    F(T, i64, h)                     \
    F(T, f32, i)                     \
    F(T, boolean, j)                 \
    F(T, pad(3), reserved)           \
    F(T, f64, k)                     \
    F(T, array(u16, 4), codes)       \
    F(T, str, name)                  \
    F(T, bytes, image)               \
    F(T, list(u32), weights)         \
    F(T, list(str), tags)            \
    F(T, nested(crate_label), label) \
    F(T, span(crate_label), labels)  \
    F(T, span(crate), parts)
TENON_APPENDABLE(crate, CRATE, name);

#define CRATE_ENUMS(E) E(crate_unit, CRATE_UNIT)
#define CRATE_STRUCTS(S) S(crate_point, CRATE_POINT) S(crate_label, CRATE_LABEL) S(crate, CRATE)
#define CRATE_HOOKS(H) H(crate, packed, TENON_NOTIFY, crate, tenon_none, 0, 0)
#define CRATE_SERVICES(S)
#define CRATE_CONTRACT(C) \
    C(crate, "com.example.crates", 1, 0, 0, CRATE_ENUMS, CRATE_STRUCTS, CRATE_HOOKS, CRATE_SERVICES)
TENON_CONTRACT(CRATE_CONTRACT);

#endif
