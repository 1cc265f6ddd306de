// What a machine can enforce, for programs.
#pragma once

#include <string>

#include "sandbox/machine.h"

namespace tenon::host {

// As share/machine.schema.json says, without a line's end.
std::string to_json(const sandbox::Machine& machine);

}  // namespace tenon::host
