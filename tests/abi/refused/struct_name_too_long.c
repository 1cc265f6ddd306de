/* expects: : name too long */
#include <tenon/contract.h>

#define PRESS_BOX(F, T) F(T, u64, width)
#ifdef FAULT /* 64 letters: no room for the NUL */
TENON_FROZEN(wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww, PRESS_BOX);
#else
TENON_FROZEN(wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww, PRESS_BOX);
#endif
