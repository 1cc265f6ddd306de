/* expects: press_box.width: the member is not what its descriptor says */
#include <tenon/contract.h>

typedef struct press_box {
    uint64_t width;
} press_box;

#ifdef FAULT
#define PRESS_BOX(F, T) F(T, u32, width)
#else
#define PRESS_BOX(F, T) F(T, u64, width)
#endif
TENON_DESCRIBE(press_box, PRESS_BOX, TENON_RECORD_FROZEN, sizeof(press_box));
