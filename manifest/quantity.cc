#include "manifest/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// The most digits before a unit are such that no product overflows 63 bits.
struct Unit {
    std::string_view name;
    std::uint64_t factor;
    std::size_t digits;
};

struct Kind {
    std::string_view name;
    std::string_view example;
    std::span<const Unit> units;
};

constexpr Unit size_units[] = {{"B", 1, 9}, {"KiB", 1 << 10, 9}, {"MiB", 1 << 20, 9}, {"GiB", 1 << 30, 9}};
constexpr Unit time_units[] = {
    {"ns", 1, 9}, {"us", 1'000, 9}, {"ms", 1'000'000, 9}, {"s", 1'000'000'000, 9}, {"min", 60'000'000'000, 8}};
constexpr Unit share_units[] = {{"%", 1, 9}};

std::string names(std::span<const Unit> units) {
    std::string all;
    for (const Unit& unit : units) all.append(all.empty() ? "" : ", ").append(unit.name);
    return all;
}

struct Quantity {
    std::uint64_t value = 0;
    std::string fault;
};

Quantity parse(std::string_view text, const Kind& kind) {
    const std::string_view digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
    std::string_view name = text.substr(digits.size());
    if (!name.empty() && name[0] == ' ') name.remove_prefix(1);
    if (digits.empty()) return {0, "does not begin with a whole number"};
    if (digits[0] == '0') return {0, "begins with 0"};
    const auto unit = std::find_if(kind.units.begin(), kind.units.end(), [&](const Unit& u) { return u.name == name; });
    if (unit == kind.units.end())
        return {0, fmt::format("has the unit {}, which is not one of {}", in_quotes(name, 24), names(kind.units))};
    if (digits.size() > unit->digits)
        return {0, fmt::format("has {} digits, {} are the most before {}", digits.size(), unit->digits, unit->name)};
    std::uint64_t number = 0;
    for (const char digit : digits) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    return {number * unit->factor, ""};
}

std::optional<std::uint64_t> read(TableReader& reader, std::string_view key, const Kind& kind, std::uint64_t most) {
    const Value* value = reader.value(key, Value::Kind::string);
    if (value == nullptr) return std::nullopt;
    Quantity quantity = parse(value->string, kind);
    if (quantity.fault.empty() && quantity.value > most) quantity.fault = fmt::format("is above {} %", most);
    if (quantity.fault.empty()) return quantity.value;
    reader.problems().add("manifest.bad-quantity", value->at, reader.path(key),
                          fmt::format("{} is not a {}: it {}", in_quotes(value->string), kind.name, quantity.fault),
                          fmt::format("write a whole number and a unit, as in \"{}\"", kind.example));
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> read_size(TableReader& reader, std::string_view key) {
    return read(reader, key, {"size", "256 MiB", size_units}, UINT64_MAX);
}

std::optional<std::uint64_t> read_time(TableReader& reader, std::string_view key) {
    return read(reader, key, {"time", "200 ms", time_units}, UINT64_MAX);
}

std::optional<std::uint32_t> read_share(TableReader& reader, std::string_view key, std::uint32_t most) {
    const auto share = read(reader, key, {"share", "50 %", share_units}, most);
    if (!share) return std::nullopt;
    return static_cast<std::uint32_t>(*share);
}

}  // namespace tenon::manifest
