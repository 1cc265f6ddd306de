#include "tests/conformance/contracts/contracts.h"

#define KINDS_NEWER
#include "tests/fixtures/conformance/kinds.h"

const tenon_record conformance_kinds[] = {KINDS_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_kinds_size = sizeof conformance_kinds / sizeof conformance_kinds[0] - 1;
