/* expects: contract id too long */
#include <tenon/contract.h>

#ifdef FAULT /* 64 letters: no room for the NUL */
#define PRESS_ID "org.example.wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
#else
#define PRESS_ID "org.example.wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
#endif
#define PRESS_NOTHING(X)
#define PRESS_CONTRACT(C) C(press, PRESS_ID, 1, 0, 0, PRESS_NOTHING, PRESS_NOTHING, PRESS_NOTHING, PRESS_NOTHING)
TENON_CONTRACT(PRESS_CONTRACT);
