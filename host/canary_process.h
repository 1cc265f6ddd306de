// The helper process of canary.h, from its start until it is collected, with what it said meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "loader/canary_line.h"

namespace tenon::host {

// What became of a canary; how it ended is what the first of these says that is set.
struct CanaryRun {
    std::string unavailable;  // why there was no process that could have tried anything
    bool garbled = false;     // it said what no canary says, and was killed
    std::optional<loader::CanaryAnswer> refusal;
    bool timed_out = false;  // it was killed
    bool collected = false;  // the status is known; otherwise the application took it
    int signal = 0;          // that ended it
    int status = 0;          // otherwise

    loader::CanaryStage stage{};  // where it got to
    std::uint32_t which = 0;      // CanaryStage::before
    std::string output;           // the last that it wrote, raw
    bool output_cut = false;      // it wrote more before
    std::string garbage;          // the beginning of what is no answer, raw; empty: answers came out of turn
};

// Starts `helper`, hands it the order (the parent is filled in) and waits, for `timeout_ns` at most. All threads.
CanaryRun run_canary(const std::string& helper, loader::CanaryOrder order, std::uint64_t timeout_ns);

}  // namespace tenon::host
