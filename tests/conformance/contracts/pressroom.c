#include "tests/conformance/contracts/contracts.h"

#include "examples/pressroom/contract/pressroom/contract.h"

const tenon_record conformance_pressroom[] = {
    PRESSROOM_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_pressroom_size = sizeof conformance_pressroom / sizeof conformance_pressroom[0] - 1;
