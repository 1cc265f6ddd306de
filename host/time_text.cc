#include "host/time_text.h"

#include <fmt/format.h>
#include <time.h>

#include <array>
#include <chrono>

namespace tenon::host {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t hour = 3600 * second;

// The part behind the point, without zeros at its end, and the point.
std::string fraction_text(std::uint64_t part, int digits) {
    std::string text = fmt::format(".{:0{}}", part, digits);
    text.resize(text.find_last_not_of('0') + 1);
    return text == "." ? std::string() : text;
}

struct Unit {
    std::uint64_t ns;
    const char* name;
};
constexpr std::array<Unit, 4> units{{{1, "ns"}, {1'000, "us"}, {1'000'000, "ms"}, {second, "s"}}};

}  // namespace

std::string span_text(std::uint64_t ns) {
    if (ns >= 48 * hour) return fmt::format("{} days", ns / (24 * hour));
    if (ns >= 2 * hour) return fmt::format("{} h", ns / hour);
    if (ns >= 1000 * second) return fmt::format("{} min", ns / (60 * second));
    std::size_t i = units.size() - 1;
    while (i > 0 && ns < units[i].ns) --i;
    const std::uint64_t whole = ns / units[i].ns, hundredths = ns % units[i].ns * 100 / units[i].ns;
    const std::string part = whole < 10    ? fraction_text(hundredths, 2)
                             : whole < 100 ? fraction_text(hundredths / 10, 1)
                                           : std::string();
    return fmt::format("{}{} {}", whole, part, units[i].name);
}

std::string seconds_text(std::uint64_t ns) {
    return fmt::format("{}{}", ns / second, fraction_text(ns % second, 9));
}

std::string time_of_day(std::uint64_t at_ns, bool fraction) {
    using namespace std::chrono;
    const sys_seconds moment{seconds{static_cast<std::int64_t>(at_ns / second)}};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss time{moment - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(),
                       fraction ? fmt::format(".{:09}", at_ns % second) : std::string());
}

std::uint64_t unix_ns() noexcept {
    struct timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace tenon::host
