// What a program is started with: the arguments of a grant, in which {name} stands for any text.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tenon::sandbox::broker {

using Values = std::vector<std::pair<std::string, std::string>>;

// One table of permissions.processes.
struct ProgramRule {
    std::string program;  // absolute
    std::vector<std::string> arguments;
};

// Whether the arguments name exactly these values.
bool takes(const ProgramRule& rule, const Values& values);

// The arguments with the values in their places; a value is text, and never becomes several arguments. Where an
// argument begins with a value, that may not begin with "-" unless the rule has an argument "--" before: it would be an
// option. Problem: "broker.bad-value".
base::Result<std::vector<std::string>> fill(const ProgramRule& rule, const Values& values, std::size_t most_bytes);

}  // namespace tenon::sandbox::broker
