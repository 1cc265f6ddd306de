#include "tests/conformance/contracts/contracts.h"

#include "tests/fixtures/evolution/v1/shop.h"

const tenon_record conformance_evolution_v1[] = {SHOP_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_evolution_v1_size = sizeof conformance_evolution_v1 / sizeof conformance_evolution_v1[0] - 1;
