#include "host/tokens.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/time_text.h"
#include "sandbox/broker/refusal.h"

namespace tenon::host {

namespace {

struct Spent {
    std::uint64_t used, reserved, limit, day;
};

base::Problem no_tokens(const TokenAccount& account, const Spent& spent) {
    const std::string running =
        spent.reserved != 0 ? fmt::format(", {} are kept for calls that run", spent.reserved) : std::string();
    return {"model.no-tokens",
            fmt::format("model:{}: {} of {} tokens a day are used{}; the day ends at {}",
                        sandbox::broker::shown(account.model), spent.used, spent.limit, running,
                        time_of_day((spent.day + 1) * day_ns, false)),
            "Wait until then, or ask for more tokens_per_day in the manifest."};
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return a + std::min(b, UINT64_MAX - a);
}

}  // namespace

Tokens::State& Tokens::state_of(const TokenAccount& account, std::uint64_t day) {
    State& state = states_[account];
    day = day_of(state.day, day);
    if (state.day != day) state.unstored = 0;
    state.day = day;
    return state;
}

base::Result<std::uint64_t> Tokens::reserve(const TokenAccount& account, const TokenLimits& limits, Store* store,
                                            std::uint64_t now_ns) {
    if (limits.per_day == 0) return limits.per_call;
    const std::lock_guard guard(lock_);
    State& state = state_of(account, now_ns / day_ns);
    TokenDay today{state.day, state.unstored};
    if (store != nullptr) {
        const base::Result<TokenDay> stored = TokenDays(*store).used(account, state.day);
        if (!stored) return stored.problem();
        today = {stored.value().day, sum(stored.value().used, state.unstored)};
    }
    const std::uint64_t gone = sum(today.used, state.reserved);
    if (gone >= limits.per_day) return no_tokens(account, {today.used, state.reserved, limits.per_day, today.day});
    const std::uint64_t left = limits.per_day - gone;
    const std::uint64_t most = limits.per_call != 0 ? std::min(limits.per_call, left) : left;
    state.reserved += most;
    return most;
}

base::Check Tokens::settle(const TokenAccount& account, std::uint64_t reserved, std::uint64_t used, Store* store,
                           std::uint64_t now_ns) {
    const std::lock_guard guard(lock_);
    State& state = state_of(account, now_ns / day_ns);
    state.reserved -= std::min(state.reserved, reserved);
    if (used == 0) return {};
    base::Check problem;
    if (store != nullptr) problem = TokenDays(*store).add(account, state.day, used);
    if (store == nullptr || problem) state.unstored = sum(state.unstored, used);
    return problem;
}

}  // namespace tenon::host
