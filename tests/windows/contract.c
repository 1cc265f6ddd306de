/* The module of a contract alone. */
#include <tenon/entry.h>

#include "tests/unit/loader/shop.h"

TENON_CONTRACT_NOTE(SHOP_CONTRACT)
