// Times in words and digits.
#pragma once

#include <cstdint>
#include <string>

namespace tenon::host {

// Nanoseconds of Unix time, now.
std::uint64_t unix_ns() noexcept;

// For people, three digits, rounded down: "812 ns", "1.24 us", "50 ms", "83.1 s", "25 min", "5 h", "3 days".
std::string span_text(std::uint64_t ns);

// Seconds, exact: "0.00000124"; "0".
std::string seconds_text(std::uint64_t ns);

// Nanoseconds of Unix time as RFC 3339 in UTC: "2025-01-02T03:04:05.678901234Z", or without the fraction.
std::string time_of_day(std::uint64_t at_ns, bool fraction = true);

}  // namespace tenon::host
