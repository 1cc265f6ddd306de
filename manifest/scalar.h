// The values of TOML that stand without quotes.
#pragma once

#include <string_view>

namespace tenon::manifest {

// Whether the token has the form of a boolean, a number, a date or a time. A date and a time with a space between them
// are two tokens. Whether a number fits, or a month has that day, is for the library to say.
bool is_scalar(std::string_view token);

}  // namespace tenon::manifest
