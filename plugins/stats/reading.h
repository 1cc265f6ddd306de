// How long a text takes to read. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stats {

// Words of a page of HTML: stretches without space that have a letter or digit. Blocks of code (<pre>) do not count.
std::uint64_t count_words(std::string_view html);

// At 220 words a minute, rounded up: "1 min", "12 min".
std::string reading_time(std::uint64_t words);

}  // namespace stats
