#include "tests/conformance/contracts/contracts.h"

#include "examples/c-host/greeting.h"

const tenon_record conformance_greeting[] = {GREETING_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_greeting_size = sizeof conformance_greeting / sizeof conformance_greeting[0] - 1;
