// The systems and machines that a library file can be for. Inside loader/ only.
#pragma once

#include <string_view>

#include "base/problem.h"

namespace tenon::loader {

// A row of "linux-x86_64" and its like.
struct Platform {
    std::string_view name;
    std::string_view system;   // for people: "Linux"
    std::string_view machine;  // for people: "x86-64"
};

// The platform of this name; an unknown one has only its name.
Platform platform(std::string_view name);
Platform this_platform();

// "image.wrong-machine". `found` is for people: "x86-64", "a 32-bit machine".
base::Problem wrong_machine(std::string_view path, std::string_view found);
// "image.wrong-system". `found` is for people: "Windows".
base::Problem wrong_system(std::string_view path, std::string_view found);

}  // namespace tenon::loader
