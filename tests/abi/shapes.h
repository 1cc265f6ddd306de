/* A contract with a struct for each kind of field: its note must have the same bytes whoever compiles it. */
#ifndef SHAPES_H
#define SHAPES_H

#include <tenon/contract.h>

#define SHAPES_ID "org.example.shapes"

#define SHAPES_SIDE(V, E) V(E, SHAPES_LEFT, -1) V(E, SHAPES_MIDDLE, 0) V(E, SHAPES_RIGHT, 1)
TENON_ENUM(shapes_side, i16, SHAPES_SIDE);
#define SHAPES_COLOUR(V, E) V(E, SHAPES_RED, 0) V(E, SHAPES_GREEN, 7) V(E, SHAPES_BLUE, 0x7fffffff)
TENON_ENUM(shapes_colour, u32, SHAPES_COLOUR);
#define SHAPES_FLAG(V, E) V(E, SHAPES_OFF, 0) V(E, SHAPES_ON, 0x80)
TENON_ENUM(shapes_flag, u8, SHAPES_FLAG);
#define SHAPES_LONG(V, E) V(E, SHAPES_LOWEST, INT32_MIN) V(E, SHAPES_HIGHEST, INT32_MAX)
TENON_ENUM(shapes_long, i64, SHAPES_LONG);

#define SHAPES_INTEGERS(F, T) \
    F(T, u64, a)              \
    F(T, i64, b)              \
    F(T, u32, c)              \
    F(T, i32, d)              \
    F(T, u16, e)              \
    F(T, i16, f)              \
    F(T, u8, g)               \
    F(T, i8, h)               \
    F(T, boolean, yes)        \
    F(T, boolean, no)
TENON_FROZEN(shapes_integers, SHAPES_INTEGERS);

#define SHAPES_ENUMS_(F, T)              \
    F(T, enumerated(shapes_long), far)   \
    F(T, enumerated(shapes_colour), hue) \
    F(T, enumerated(shapes_side), side)  \
    F(T, enumerated(shapes_flag), flag)  \
    F(T, pad(1), reserved)
TENON_FROZEN(shapes_enums, SHAPES_ENUMS_);

#define SHAPES_POINT(F, T) F(T, f64, x) F(T, f64, y) F(T, f32, weight) F(T, f32, error)
TENON_FROZEN(shapes_point, SHAPES_POINT);

#define SHAPES_ARRAYS(F, T)         \
    F(T, array(f64, 3), position)   \
    F(T, array(f32, 4), quaternion) \
    F(T, array(u8, 16), digest)     \
    F(T, array(i16, 5), samples)    \
    F(T, array(boolean, 6), switches)
TENON_FROZEN(shapes_arrays, SHAPES_ARRAYS);

#define SHAPES_TEXT(F, T) F(T, str, title) F(T, bytes, image)
TENON_FROZEN(shapes_text, SHAPES_TEXT);

#define SHAPES_LISTS(F, T)     \
    F(T, list(f64), weights)   \
    F(T, list(str), names)     \
    F(T, list(i64), offsets)   \
    F(T, list(boolean), marks) \
    F(T, list(u8), raw)
TENON_FROZEN(shapes_lists, SHAPES_LISTS);

/* FROZEN in FROZEN in FROZEN. */
#define SHAPES_SEGMENT(F, T) F(T, nested(shapes_point), from) F(T, nested(shapes_point), to)
TENON_FROZEN(shapes_segment, SHAPES_SEGMENT);
#define SHAPES_LABELLED(F, T)          \
    F(T, nested(shapes_segment), line) \
    F(T, nested(shapes_text), label)   \
    F(T, nested(shapes_enums), style)
TENON_FROZEN(shapes_labelled, SHAPES_LABELLED);

/* Recursion, through a span of itself. */
#define SHAPES_TREE(F, T)             \
    F(T, u32, struct_size)            \
    F(T, pad(4), reserved)            \
    F(T, str, name)                   \
    F(T, span(shapes_tree), children) \
    F(T, span(shapes_point), outline)
TENON_APPENDABLE(shapes_tree, SHAPES_TREE, outline);

/* An APPENDABLE struct that has grown: its minimum ends with `second`. */
#define SHAPES_GROWN(F, T) \
    F(T, u32, struct_size) \
    F(T, u32, first)       \
    F(T, str, second)      \
    F(T, u16, third)       \
    F(T, pad(6), reserved) \
    F(T, span(shapes_tree), fourth)
TENON_APPENDABLE(shapes_grown, SHAPES_GROWN, second);

#define SHAPES_ENUMS(E)             \
    E(shapes_side, SHAPES_SIDE)     \
    E(shapes_colour, SHAPES_COLOUR) \
    E(shapes_flag, SHAPES_FLAG)     \
    E(shapes_long, SHAPES_LONG)
#define SHAPES_STRUCTS(S)               \
    S(shapes_integers, SHAPES_INTEGERS) \
    S(shapes_enums, SHAPES_ENUMS_)      \
    S(shapes_point, SHAPES_POINT)       \
    S(shapes_arrays, SHAPES_ARRAYS)     \
    S(shapes_text, SHAPES_TEXT)         \
    S(shapes_lists, SHAPES_LISTS)       \
    S(shapes_segment, SHAPES_SEGMENT)   \
    S(shapes_labelled, SHAPES_LABELLED) \
    S(shapes_tree, SHAPES_TREE)         \
    S(shapes_grown, SHAPES_GROWN)
#define SHAPES_HOOKS(H)                                                \
    H(shapes, drawn, TENON_NOTIFY, shapes_tree, tenon_none, 0, 0)      \
    H(shapes, styled, TENON_FILTER, tenon_none, shapes_grown, 50, 500) \
    H(shapes, placed, TENON_FIRST, shapes_labelled, shapes_point, 1000, 100000)
#define SHAPES_MEASURE(M, P)                   \
    M(P, area, shapes_tree, shapes_point)      \
    M(P, count, shapes_lists, shapes_integers) \
    M(P, digest, shapes_arrays, shapes_text)
#define SHAPES_SERVICES(S) S(shapes_measure, "org.example.shapes.measure/1", SHAPES_MEASURE)
#define SHAPES_CONTRACT(C) C(shapes, SHAPES_ID, 2, 1, 3, SHAPES_ENUMS, SHAPES_STRUCTS, SHAPES_HOOKS, SHAPES_SERVICES)
TENON_CONTRACT(SHAPES_CONTRACT);

#endif
