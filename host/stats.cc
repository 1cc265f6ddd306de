#include "host/stats.h"

#include <array>

namespace tenon::host {

namespace {

template <std::size_t Count>
std::string_view named(const std::array<std::string_view, Count>& names, std::uint32_t number) {
    return number < Count ? names[number] : std::string_view("unknown");
}

constexpr std::array<std::string_view, 7> breaker_names{"unknown",     "closed",        "open",        "half-open",
                                                        "forced open", "forced closed", "metrics only"};
constexpr std::array<std::string_view, 5> from_names{"nowhere", "hook", "manifest", "operator", "live"};

constexpr std::array<std::string_view, 4> worker_states{"unknown", "runs", "down", "quarantined"};

static_assert(TENON_BREAKER_METRICS_ONLY == breaker_names.size() - 1 && TENON_FROM_LIVE == from_names.size() - 1);

}  // namespace

std::string_view breaker_name(std::uint32_t state) {
    return named(breaker_names, state);
}

std::string_view worker_state_name(std::uint32_t state) {
    return named(worker_states, state);
}

std::string_view from_name(std::uint32_t from) {
    return named(from_names, from);
}

}  // namespace tenon::host
