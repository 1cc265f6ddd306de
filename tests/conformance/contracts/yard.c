#include "tests/conformance/contracts/contracts.h"

#include "tests/fixtures/worker/yard.h"

const tenon_record conformance_yard[] = {YARD_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_yard_size = sizeof conformance_yard / sizeof conformance_yard[0] - 1;
