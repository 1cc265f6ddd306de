/* The sentinels as C11. */
#include "sentinels.h"
