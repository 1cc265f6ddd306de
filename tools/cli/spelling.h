// What to say about a word of the command line that means nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tenon::cli {

// "unknown command 'inspekt'; did you mean 'inspect'?" `kind` is "command" or "option"; without a similar known word
// the question is left out.
std::string unknown_word(std::string_view kind, std::string_view word, std::span<const std::string_view> known);

}  // namespace tenon::cli
