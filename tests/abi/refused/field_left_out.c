/* expects: implicit padding, or a field that is left out of the descriptor */
#include <tenon/contract.h>

typedef struct press_box {
    double width;
    double height;
} press_box;

#ifdef FAULT
#define PRESS_BOX(F, T) F(T, f64, width)
#else
#define PRESS_BOX(F, T) F(T, f64, width) F(T, f64, height)
#endif
TENON_DESCRIBE(press_box, PRESS_BOX, TENON_RECORD_FROZEN, sizeof(press_box));
