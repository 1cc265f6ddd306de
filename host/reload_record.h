// What became of a reload, in words that outlive the plugins.
#pragma once

#include <tenon/reload.h>

#include <array>
#include <cstdint>
#include <string>

#include "base/problem.h"

namespace tenon::host {

// tenon_reload_record with strings of its own.
struct ReloadRecord {
    std::uint32_t verdict = TENON_REFUSED;
    std::uint64_t number = 0;
    std::uint64_t began_unix = 0;
    std::string plugin;
    std::string trigger;
    std::uint32_t from_generation = 0;
    std::uint32_t to_generation = 0;
    std::string from_version;
    std::string to_version;
    std::string from_build;
    std::string to_build;
    base::Problem problem;  // empty where there is none
    std::array<std::uint64_t, TENON_RELOAD_PHASES> phase_ns{};
    std::uint64_t pause_ns = 0;
    std::uint64_t calls_waited = 0;
    std::uint64_t state_bytes = 0;
    bool unmapped = false;
    std::string unmapped_reason;
    std::string unmapped_text;

    // Borrows the strings.
    tenon_reload_record view() const;
};

// Adds the time of its life to a phase.
class Phase {
public:
    Phase(ReloadRecord& record, std::uint32_t phase) noexcept;
    ~Phase();
    Phase(const Phase&) = delete;
    Phase& operator=(const Phase&) = delete;

private:
    std::uint64_t& sum_;
    const std::uint64_t begun_;
};

// "XXH3 of the bytes", 16 digits.
std::string build_name(std::uint64_t hash);
// One line of JSON (share/reload.schema.json).
std::string to_json(const tenon_reload_record& record);

}  // namespace tenon::host
