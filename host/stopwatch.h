// How long something took.
#pragma once

#include <chrono>
#include <cstdint>

namespace tenon::host {

// Adds the microseconds of its life to a sum, which outlives it.
class Stopwatch {
public:
    explicit Stopwatch(std::uint64_t& microseconds) : microseconds_(microseconds) {}
    ~Stopwatch() {
        const auto spent = std::chrono::steady_clock::now() - begun_;
        microseconds_ +=
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    std::uint64_t& microseconds_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace tenon::host
