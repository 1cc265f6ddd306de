/* expects: TENON_INDEX_press_page */
#include <tenon/entry.h>

#define PRESS_BOX(F, T) F(T, u64, width)
TENON_FROZEN(press_box, PRESS_BOX);
#define PRESS_PAGE(F, T) F(T, str, title)
TENON_FROZEN(press_page, PRESS_PAGE);

#define PRESS_NOTHING(X)
#ifdef FAULT
#define PRESS_STRUCTS(S) S(press_box, PRESS_BOX)
#else
#define PRESS_STRUCTS(S) S(press_box, PRESS_BOX) S(press_page, PRESS_PAGE)
#endif
#define PRESS_HOOKS(H) H(press, page_done, TENON_NOTIFY, press_page, tenon_none, 0, 0)
#define PRESS_CONTRACT(C) \
    C(press, "org.example.press", 1, 0, 0, PRESS_NOTHING, PRESS_STRUCTS, PRESS_HOOKS, PRESS_NOTHING)
TENON_CONTRACT(PRESS_CONTRACT);
TENON_CONTRACT_NOTE(PRESS_CONTRACT)
