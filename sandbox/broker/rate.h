// How often, and how much, in a minute.
#pragma once

#include <cstdint>
#include <mutex>

namespace tenon::sandbox::broker {

// A bucket that holds as much as flows in within a minute, and is full at first. Times are nanoseconds of
// CLOCK_MONOTONIC, and need not come in order. Used by any thread.
class Bucket {
public:
    // 0: as much as one likes.
    explicit Bucket(std::uint64_t per_minute) noexcept : per_minute_(per_minute) {}

    // Takes the amount if it is there; else takes nothing, and says false.
    bool take(std::uint64_t amount, std::uint64_t now_ns) noexcept;

    // Takes what has been used already, also into debt: nothing can be taken until that has flowed in.
    void charge(std::uint64_t amount, std::uint64_t now_ns) noexcept;

    // How long until the amount is there; of more than a minute's: until the bucket is full.
    std::uint64_t wait_ns(std::uint64_t amount, std::uint64_t now_ns) const noexcept;

    std::uint64_t per_minute() const noexcept { return per_minute_; }

private:
    std::uint64_t cost_ns(std::uint64_t amount) const noexcept;

    const std::uint64_t per_minute_;
    mutable std::mutex lock_;
    std::uint64_t full_at_ns_ = 0;  // when the bucket is full again if nothing more is taken
};

}  // namespace tenon::sandbox::broker
