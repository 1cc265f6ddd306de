// Where Tenon is meant to answer otherwise than npm. manifest/version.h and manifest/range.h say why.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "tests/semver/inputs.h"

namespace semver {

// A deviation explains a difference only if the same input in a plain writing gets the answer that npm gives to the
// odd one. So it cannot hide a difference in meaning.
struct Deviation {
    const char* name;
    std::string (*plain)(const std::string& text);  // a version or range, as the deviation would have it written
    bool of_ranges;                                 // otherwise of versions
    bool refused;                                   // Tenon refuses the odd writing; otherwise it answers otherwise
};

std::span<const Deviation> deviations();

// The place of the deviation that explains why npm's answer is not Tenon's; of the last one if it takes several
// together; deviations().size() if they do not explain it.
std::size_t explanation(const Input& input, const std::string& npm, const std::string& tenon);

}  // namespace semver
