#include "manifest/operator_section.h"

#include <fmt/format.h>

#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/quantity.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view breaker_words[] = {"auto", "closed", "open", "metrics"};

}  // namespace

std::string time_text(std::uint64_t nanoseconds) {
    struct Unit {
        std::string_view name;
        std::uint64_t factor;
    };
    constexpr Unit units[] = {{"min", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}};
    for (const Unit& unit : units)
        if (nanoseconds % unit.factor == 0) return fmt::format("{} {}", nanoseconds / unit.factor, unit.name);
    return fmt::format("{} ns", nanoseconds);
}

StatedTime Section::time(std::string_view key, std::uint64_t least, std::uint64_t most) {
    const auto found = read_time(reader_, key);
    if (!found) return std::nullopt;
    if (*found >= least && *found <= most) return Stated<std::uint64_t>{*found, place_of(key)};
    reader_.problems().add(
        "operator.out-of-range", place_of(key), reader_.path(key),
        fmt::format("found {}, wanted a time from {} to {}", time_text(*found), time_text(least), time_text(most)),
        "write a time of that range");
    return std::nullopt;
}

StatedNumber Section::share(std::string_view key) {
    const auto found = read_share(reader_, key, 100);
    if (!found) return std::nullopt;
    return Stated<std::uint32_t>{*found, place_of(key)};
}

StatedNumber Section::number(std::string_view key, std::int64_t least, std::int64_t most) {
    const auto found = reader_.integer(key, least, most);
    if (!found) return std::nullopt;
    return Stated<std::uint32_t>{static_cast<std::uint32_t>(*found), place_of(key)};
}

std::optional<Stated<bool>> Section::boolean(std::string_view key) {
    const auto found = reader_.boolean(key);
    if (!found) return std::nullopt;
    return Stated<bool>{*found, place_of(key)};
}

StatedBreaker Section::breaker(std::string_view key) {
    const auto found = read_choice(reader_, key, breaker_words);
    if (!found) return std::nullopt;
    return Stated<BreakerWord>{static_cast<BreakerWord>(*found), place_of(key)};
}

StatedIsolation Section::isolation() {
    const auto found = read_isolation(reader_);
    if (!found) return std::nullopt;
    return Stated<Isolation>{*found, place_of("isolation")};
}

OperatorBudget Section::budget() {
    OperatorBudget budget{time("soft", 1, day), time("hard", 1, day), share("share")};
    if (budget.soft && budget.hard && budget.soft->value > budget.hard->value)
        refuse_order("soft", time_text(budget.soft->value), "hard", time_text(budget.hard->value));
    return budget;
}

void Section::refuse_order(std::string_view smaller, const std::string& its_value, std::string_view larger,
                           const std::string& other_value) {
    const std::string_view stated = find(smaller) != nullptr ? smaller : larger;
    reader_.problems().add("operator.out-of-range", place_of(stated), reader_.path(stated),
                           fmt::format("{} is {}, more than {}, {}", smaller, its_value, larger, other_value),
                           fmt::format("state a smaller {} or a larger {}", smaller, larger));
}

const Value* Section::find(std::string_view key) const {
    for (const Entry& entry : table_.entries)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

Location Section::place_of(std::string_view key) const {
    const Value* value = find(key);
    return value != nullptr ? value->at : table_.at;
}

std::string_view to_string(BreakerWord word) {
    return breaker_words[static_cast<std::size_t>(word)];
}

}  // namespace tenon::manifest
