// How a plugin has behaved, on its way to the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

struct tenon_registration;

namespace tenon::host {

class Host;
class Plugin;

// What the store has not been told yet. Any thread.
struct HealthCounters {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> errors{0};
    std::atomic<std::uint64_t> exceptions{0};
    std::atomic<std::uint64_t> soft_overruns{0};
    std::atomic<std::uint64_t> hard_overruns{0};
    std::atomic<std::uint64_t> trips{0};
    std::atomic<std::uint64_t> last_error{0};  // Unix time in nanoseconds

    // Of those that max_errors is compared with: what the store knew, and all since.
    std::atomic<std::uint64_t> errors_so_far{0};
    std::atomic<std::uint64_t> max_errors{0};  // 0: none
    std::atomic<bool> disabled{false};

    // Takes on what another has counted.
    void absorb(HealthCounters& other) noexcept;
    // A call failed. True for the one that was one too many.
    bool error(bool exception) noexcept;
};

// Moves what a handler has counted since the last time into its plugin's counters. Under the table's lock.
void collect_health(tenon_registration& handler) noexcept;

// Tells the store what plugins have done since the last time, and disables those that have failed too often. Any
// thread.
void keep_health(Host& host) noexcept;

// Reads what the store knows of a plugin that is about to load: its errors, and whether it is disabled.
void recall_health(Host& host, Plugin& plugin, std::string& disabled_because);

}  // namespace tenon::host
