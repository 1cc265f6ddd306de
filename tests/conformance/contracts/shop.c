#include "tests/conformance/contracts/contracts.h"

#include "tests/support/shop.h"

const tenon_record conformance_shop[] = {SHOP_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_shop_size = sizeof conformance_shop / sizeof conformance_shop[0] - 1;
