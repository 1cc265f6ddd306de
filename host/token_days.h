// How many tokens of models plugins have used, by days, in the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "host/store.h"

namespace tenon::host {

// Who uses them, and by which permission: the model's name in the manifest, "*" too.
struct TokenAccount {
    std::string plugin;
    std::string model;
    auto operator<=>(const TokenAccount&) const = default;
};

// Days of UTC since 1970.
inline constexpr std::uint64_t day_ns = 86'400'000'000'000;

// Whoever read the clock before midnight may come after somebody who read it later: the day before the stored one
// counts as that. An older one is of a clock that was wrong, and begins anew.
inline std::uint64_t day_of(std::uint64_t stored, std::uint64_t day) noexcept {
    return stored == day + 1 ? stored : day;
}

struct TokenDay {
    std::uint64_t day = 0;
    std::uint64_t used = 0;
};

// Of a store that outlives it; the rules for threads are the store's. What is added survives the end of the process,
// and may be lost with the machine's power. Only the last day of an account is kept. Problems: those of Store.
class TokenDays {
public:
    explicit TokenDays(Store& store) : store_(store) {}

    // `day`, or the stored one that it counts as.
    base::Result<TokenDay> used(const TokenAccount& account, std::uint64_t day);
    base::Check add(const TokenAccount& account, std::uint64_t day, std::uint64_t tokens);

private:
    Store& store_;
};

}  // namespace tenon::host
