#include "tests/conformance/contracts/contracts.h"

#include "tests/fixtures/languages/contract/languages.h"

const tenon_record conformance_languages[] = {
    LANGUAGES_CONTRACT(TENON_RECORDS){TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
const uint64_t conformance_languages_size = sizeof conformance_languages / sizeof conformance_languages[0] - 1;
