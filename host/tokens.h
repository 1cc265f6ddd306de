// What plugins may still use of models today. What a call may use at most is put aside while it runs, so that calls
// that run at once do not use more than there is.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "base/result.h"
#include "host/token_days.h"

namespace tenon::host {

struct TokenLimits {
    std::uint64_t per_call = 0;  // 0: none
    std::uint64_t per_day = 0;   // the same
};

// Used by any thread. Times are nanoseconds of Unix time. Without a store, what was used is known as long as this
// lives.
class Tokens {
public:
    Tokens() = default;
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    // How many tokens a call may use that begins now, 0: as many as it likes; settle() follows. Problems:
    // "model.no-tokens", those of Store.
    base::Result<std::uint64_t> reserve(const TokenAccount& account, const TokenLimits& limits, Store* store,
                                        std::uint64_t now_ns);
    // The call has used so many, of those that were reserved for it. Problems: those of Store; what was used counts
    // until this host ends, all the same.
    base::Check settle(const TokenAccount& account, std::uint64_t reserved, std::uint64_t used, Store* store,
                       std::uint64_t now_ns);

private:
    struct State {
        std::uint64_t reserved = 0;
        std::uint64_t day = 0;
        std::uint64_t unstored = 0;  // used on that day, and not in the store
    };
    State& state_of(const TokenAccount& account, std::uint64_t day);

    std::mutex lock_;  // also while the store is asked
    std::map<TokenAccount, State> states_;
};

}  // namespace tenon::host
