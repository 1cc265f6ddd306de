/* The note of the contract "shapes"; compiled as C11 and, with -x c++, as C++20. */
#include "shapes.h"

#include <tenon/entry.h>

TENON_CONTRACT_NOTE(SHAPES_CONTRACT)
