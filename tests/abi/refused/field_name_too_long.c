/* expects: : name too long */
#include <tenon/contract.h>

#ifdef FAULT /* 64 letters: no room for the NUL */
#define PRESS_BOX(F, T) F(T, u64, wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww)
#else
#define PRESS_BOX(F, T) F(T, u64, wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww)
#endif
TENON_FROZEN(press_box, PRESS_BOX);
