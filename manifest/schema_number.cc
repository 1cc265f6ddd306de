#include "manifest/schema_number.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

namespace tenon::manifest {
namespace {

using nlohmann::json;

// digits * 10^exponent; the sign plays no part in division.
struct Decimal {
    std::uint64_t digits = 0;
    int exponent = 0;
};

// Of "d.ddde+xx": at most 17 digits.
Decimal parse_scientific(std::string_view text) {
    Decimal decimal;
    const std::size_t e = text.find('e');
    const std::string_view digits = text.substr(0, e);
    std::string_view exponent = text.substr(e + 1);
    if (exponent.front() == '+') exponent.remove_prefix(1);
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.exponent);
    for (const char c : digits)
        if (c != '.') decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(c - '0');
    if (digits.size() > 2) decimal.exponent -= static_cast<int>(digits.size() - 2);
    return decimal;
}

Decimal decimal_of(const json& number) {
    if (number.is_number_unsigned()) return {number.get<std::uint64_t>(), 0};
    if (number.is_number_integer()) {
        const auto signed_value = number.get<std::int64_t>();
        const auto bits = static_cast<std::uint64_t>(signed_value);
        return {signed_value < 0 ? 0 - bits : bits, 0};
    }
    char text[40];
    const auto end =
        std::to_chars(text, text + sizeof text, std::fabs(number.get<double>()), std::chars_format::scientific).ptr;
    return parse_scientific({text, static_cast<std::size_t>(end - text)});
}

// Both below the modulus.
std::uint64_t add_modulo(std::uint64_t left, std::uint64_t right, std::uint64_t modulus) {
    return left >= modulus - right ? left - (modulus - right) : left + right;
}

std::uint64_t times_ten_modulo(std::uint64_t value, std::uint64_t modulus) {
    const std::uint64_t two = add_modulo(value, value, modulus);
    const std::uint64_t four = add_modulo(two, two, modulus);
    const std::uint64_t five = add_modulo(four, value, modulus);
    return add_modulo(five, five, modulus);
}

}  // namespace

Exact exact(const json& number) {
    if (number.is_number_unsigned()) return static_cast<Exact>(number.get<std::uint64_t>());
    if (number.is_number_integer()) return static_cast<Exact>(number.get<std::int64_t>());
    return static_cast<Exact>(number.get<double>());
}

bool is_integer(const json& number) {
    return number.is_number_integer() || std::trunc(number.get<double>()) == number.get<double>();
}

bool is_multiple(const json& value, const json& divisor) {
    const Decimal dividend = decimal_of(value);
    const Decimal by = decimal_of(divisor);
    if (dividend.digits == 0) return true;
    std::uint64_t modulus = by.digits;
    for (int i = dividend.exponent; i < by.exponent; ++i) {
        if (modulus > std::numeric_limits<std::uint64_t>::max() / 10) return false;  // larger than the dividend
        modulus *= 10;
    }
    std::uint64_t rest = dividend.digits % modulus;
    for (int i = by.exponent; i < dividend.exponent && rest != 0; ++i) rest = times_ten_modulo(rest, modulus);
    return rest == 0;
}

}  // namespace tenon::manifest
