// The sentinels as C++20.
#include "sentinels.h"
