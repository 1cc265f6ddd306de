/* A small contract for the cases in C++. */
#ifndef PRESS_H
#define PRESS_H

#define TENON_MANIFEST_SIZE 1
#define TENON_MANIFEST_BYTES 0x0a
#include <tenon/contract.h>

#define PRESS_PAGE(F, T) F(T, u32, struct_size) F(T, u32, number) F(T, str, title)
TENON_APPENDABLE(press_page, PRESS_PAGE, title);
#define PRESS_BOX(F, T) F(T, u64, width)
TENON_FROZEN(press_box, PRESS_BOX);

#define PRESS_NOTHING(X)
#define PRESS_STRUCTS(S) S(press_page, PRESS_PAGE) S(press_box, PRESS_BOX)
#define PRESS_HOOKS(H)                                                  \
    H(press, before_render, TENON_FILTER, tenon_none, press_page, 0, 0) \
    H(press, page_done, TENON_NOTIFY, press_page, tenon_none, 0, 0)
#define PRESS_WIDTH(M, P) M(P, measure, press_page, press_box)
#define PRESS_COUNT(M, P) M(P, count, press_page, press_box)
#define PRESS_SERVICES(S) \
    S(press_width, "org.example.width/1", PRESS_WIDTH) S(press_count, "org.example.count/1", PRESS_COUNT)
#define PRESS_CONTRACT(C) \
    C(press, "org.example.press", 1, 0, 0, PRESS_NOTHING, PRESS_STRUCTS, PRESS_HOOKS, PRESS_SERVICES)
TENON_CONTRACT(PRESS_CONTRACT);

#endif
