/* expects: press_box: an APPENDABLE struct begins with u32 struct_size */
#include <tenon/contract.h>

#ifdef FAULT
#define PRESS_BOX(F, T) F(T, u64, struct_size) F(T, u64, width)
#else
#define PRESS_BOX(F, T) F(T, u32, struct_size) F(T, u32, width)
#endif
TENON_APPENDABLE(press_box, PRESS_BOX, width);
