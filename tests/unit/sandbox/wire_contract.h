/* A contract with every kind of field, for the tests of frames. */
#ifndef SANDBOX_WIRE_CONTRACT_H
#define SANDBOX_WIRE_CONTRACT_H

#include <tenon/contract.h>

#define PARCEL_UNIT(V, E) V(E, PARCEL_PIECE, 0) V(E, PARCEL_KILO, 1)
TENON_ENUM(parcel_unit, i16, PARCEL_UNIT);

/* Numbers only. */
#define PARCEL_POINT(F, T) F(T, i32, x) F(T, i32, y) F(T, f64, height)
TENON_FROZEN(parcel_point, PARCEL_POINT);

#define PARCEL_CARE(F, T) F(T, boolean, fragile) F(T, pad(3), reserved) F(T, array(boolean, 4), sides)
TENON_FROZEN(parcel_care, PARCEL_CARE);

/* Never grows, and points at things nevertheless. */
#define PARCEL_LABEL(F, T)            \
    F(T, str, text)                   \
    F(T, bytes, seal)                 \
    F(T, nested(parcel_point), place) \
    F(T, nested(parcel_care), care)   \
    F(T, span(parcel_point), way)
TENON_FROZEN(parcel_label, PARCEL_LABEL);

/* Grows, and has numbers only. */
#define PARCEL_EVENT(F, T) F(T, u32, struct_size) F(T, u32, code) F(T, u64, at)
TENON_APPENDABLE(parcel_event, PARCEL_EVENT, code);

#define PARCEL(F, T)                  \
    F(T, u32, struct_size)            \
    F(T, u8, a)                       \
    F(T, i8, b)                       \
    F(T, enumerated(parcel_unit), c)  \
    F(T, u16, d)                      \
    F(T, i16, e)                      \
    F(T, i32, f)                      \
    F(T, u64, g)                      \
    F(T, i64, h)                      \
    F(T, f32, i)                      \
    F(T, boolean, j)                  \
    F(T, pad(3), reserved)            \
    F(T, f64, k)                      \
    F(T, array(u16, 4), codes)        \
    F(T, str, name)                   \
    F(T, bytes, image)                \
    F(T, list(u32), weights)          \
    F(T, list(str), tags)             \
    F(T, list(boolean), answers)      \
    F(T, nested(parcel_label), label) \
    F(T, span(parcel_label), labels)  \
    F(T, span(parcel_event), events)  \
    F(T, span(parcel), parts)         \
    F(T, list(u64), sums)
TENON_APPENDABLE(parcel, PARCEL, name);

/* Little more than what is in it. */
#define PARCEL_BOX(F, T) \
    F(T, u32, struct_size) F(T, pad(4), reserved) F(T, span(parcel_label), labels) F(T, span(parcel_box), boxes)
TENON_APPENDABLE(parcel_box, PARCEL_BOX, boxes);

#define PARCEL_ENUMS(E) E(parcel_unit, PARCEL_UNIT)
#define PARCEL_STRUCTS(S)         \
    S(parcel_point, PARCEL_POINT) \
    S(parcel_care, PARCEL_CARE)   \
    S(parcel_label, PARCEL_LABEL) \
    S(parcel_event, PARCEL_EVENT) \
    S(parcel, PARCEL) S(parcel_box, PARCEL_BOX)
#define PARCEL_HOOKS(H) H(parcel, packed, TENON_FILTER, tenon_none, parcel, 0, 0)
#define PARCEL_SERVICES(S)
#define PARCEL_CONTRACT(C) \
    C(parcel, "com.example.parcels", 1, 0, 0, PARCEL_ENUMS, PARCEL_STRUCTS, PARCEL_HOOKS, PARCEL_SERVICES)
TENON_CONTRACT(PARCEL_CONTRACT);

#endif
