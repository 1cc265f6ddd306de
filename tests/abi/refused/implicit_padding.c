/* expects: press_box: implicit padding */
#include <tenon/contract.h>

#ifdef FAULT
#define PRESS_BOX(F, T) F(T, u8, colour) F(T, u32, width)
#else
#define PRESS_BOX(F, T) F(T, u8, colour) F(T, pad(3), reserved) F(T, u32, width)
#endif
TENON_FROZEN(press_box, PRESS_BOX);
