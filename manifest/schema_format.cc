#include "manifest/schema_format.h"

#include <algorithm>
#include <array>
#include <optional>

#include "manifest/schema_characters.h"
#include "manifest/schema_net.h"

namespace tenon::manifest {
namespace {

// A number of exactly so many digits at the front, which it takes off.
std::optional<int> take_number(std::string_view& text, std::size_t size) {
    if (text.size() < size || !all_of(text.substr(0, size), digits)) return std::nullopt;
    int number = 0;
    for (const char c : text.substr(0, size)) number = number * 10 + (c - '0');
    text.remove_prefix(size);
    return number;
}

bool take(std::string_view& text, std::string_view one_of) {
    if (text.empty() || !has(one_of, text.front())) return false;
    text.remove_prefix(1);
    return true;
}

int days_of(int year, int month) {
    constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

bool take_date(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take(text, "-")) return false;
    const auto month = take_number(text, 2);
    if (!month || *month < 1 || *month > 12 || !take(text, "-")) return false;
    const auto day = take_number(text, 2);
    return day && *day >= 1 && *day <= days_of(*year, *month);
}

// The offset from UTC in minutes, of "Z" or "+01:30".
std::optional<int> take_offset(std::string_view& text) {
    if (take(text, "Zz")) return 0;
    const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
    if (!take(text, "+-")) return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    return sign * (*hour * 60 + *minute);
}

// With leap seconds, which are at the end of a day in UTC.
bool take_time(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ":")) return false;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take(text, ":")) return false;
    const auto second = take_number(text, 2);
    if (!second || *second > 60) return false;
    if (take(text, ".")) {
        const std::size_t fraction = std::min(text.find_first_not_of(digits), text.size());
        if (fraction == 0) return false;
        text.remove_prefix(fraction);
    }
    const auto offset = take_offset(text);
    if (!offset) return false;
    constexpr int day = 24 * 60;
    return *second < 60 || (*hour * 60 + *minute - *offset + 2 * day) % day == day - 1;
}

// RFC 3339.
bool is_date(std::string_view text) {
    return take_date(text) && text.empty();
}

bool is_time(std::string_view text) {
    return take_time(text) && text.empty();
}

bool is_date_time(std::string_view text) {
    return take_date(text) && take(text, "Tt") && is_time(text);
}

constexpr std::array<SchemaFormat, 8> formats{{{"date", is_date, "2024-02-29"},
                                               {"date-time", is_date_time, "2024-02-29T12:30:00Z"},
                                               {"email", is_email, "ada@example.org"},
                                               {"hostname", is_hostname, "www.example.org"},
                                               {"ipv4", is_ipv4, "192.0.2.1"},
                                               {"ipv6", is_ipv6, "2001:db8::1"},
                                               {"time", is_time, "12:30:00Z"},
                                               {"uri", is_uri, "https://example.org/page"}}};

}  // namespace

std::span<const SchemaFormat> schema_formats() {
    return formats;
}

}  // namespace tenon::manifest
