/* expects: press_box: implicit padding */
#include <tenon/contract.h>

#ifdef FAULT
#define PRESS_BOX(F, T) F(T, u32, struct_size) F(T, u32, depth) F(T, f64, width) F(T, u32, colour)
#else
#define PRESS_BOX(F, T) \
    F(T, u32, struct_size) F(T, u32, depth) F(T, f64, width) F(T, u32, colour) F(T, pad(4), reserved)
#endif
TENON_APPENDABLE(press_box, PRESS_BOX, colour);
