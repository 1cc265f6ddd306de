/* expects: press_page.box: an APPENDABLE struct cannot be nested by value; use a span */
#include <tenon/contract.h>

#define PRESS_BOX(F, T) F(T, u32, struct_size) F(T, u32, width)
TENON_APPENDABLE(press_box, PRESS_BOX, width);

#ifdef FAULT
#define PRESS_PAGE(F, T) F(T, nested(press_box), box)
#else
#define PRESS_PAGE(F, T) F(T, span(press_box), boxes)
#endif
TENON_FROZEN(press_page, PRESS_PAGE);
