// The words that a request with several of them is made of: "process:/usr/bin/git log --since={date}".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::host {

inline constexpr std::string_view tokens_per_call = "tokens-per-call=";
inline constexpr std::string_view tokens_per_day = "tokens-per-day=";

// The word as it is, or between double quotes with \" and \\ where it is empty or has a space, a quote or a backslash.
std::string request_word(std::string_view word);

// The words that one space each stands between. Nothing where a quote or a backslash is out of place.
std::optional<std::vector<std::string>> words_of_request(std::string_view text);

}  // namespace tenon::host
