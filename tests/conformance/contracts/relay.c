#include "tests/conformance/contracts/contracts.h"

#include "tests/fixtures/reload/relay.h"

const tenon_record conformance_relay[] = {RELAY_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_relay_size = sizeof conformance_relay / sizeof conformance_relay[0] - 1;
