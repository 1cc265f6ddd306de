// The last results of a handler's calls, as bits.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>

namespace tenon::host {

// A plain value. Not for several threads.
class ResultWindow {
public:
    static constexpr std::uint32_t longest = 1024;

    // Keeps the last `size` results, 1 to `longest`.
    explicit ResultWindow(std::uint32_t size) : size_(size) {}

    void add_strike() { add(true); }
    // As many calls that went well; more than the window holds are as good as all it holds.
    void add_successes(std::uint64_t count) {
        for (count = std::min<std::uint64_t>(count, size_); count > 0; --count) add(false);
    }
    void clear() { *this = ResultWindow(size_); }

    std::uint32_t count() const { return count_; }
    std::uint32_t strikes() const { return strikes_; }
    // Strikes since the last call that went well, also beyond the window.
    std::uint32_t in_a_row() const { return in_a_row_; }

private:
    void add(bool strike) {
        if (count_ == size_) strikes_ -= results_[next_] ? 1u : 0u;
        results_[next_] = strike;
        strikes_ += strike ? 1u : 0u;
        in_a_row_ = strike ? in_a_row_ + 1 : 0;
        next_ = next_ + 1 == size_ ? 0 : next_ + 1;
        count_ = std::min(count_ + 1, size_);
    }

    std::uint32_t size_;
    std::uint32_t count_ = 0;
    std::uint32_t strikes_ = 0;
    std::uint32_t in_a_row_ = 0;
    std::uint32_t next_ = 0;
    std::bitset<longest> results_;
};

}  // namespace tenon::host
