#include "tests/conformance/closed/closed.h"

#include "tests/conformance/contracts/contracts.h"

const tenon_record conformance_closed[] = {CLOSED_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_closed_size = sizeof conformance_closed / sizeof conformance_closed[0] - 1;
