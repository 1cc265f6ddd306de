// What manifest/version.h and manifest/range.h answer, in the words in which oracle.js answers.
#pragma once

#include <string>

#include "tests/semver/inputs.h"

namespace semver {

// version: its normal form. compare: "<", "=" or ">". sort: the places of the versions in ascending order. range:
// "taken". satisfies: "yes" or "no". Always "refused" if a field is not what it should be.
// Every field is handed over in memory of exactly its size, so a sanitizer sees each step beyond it.
std::string answer(const Input& input);

}  // namespace semver
