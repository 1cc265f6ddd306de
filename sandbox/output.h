// What a worker writes to its standard output and error, made fit for a log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::sandbox {

// So much in each stretch of time; the first use begins one. One thread at a time.
class Allowance {
public:
    Allowance(std::uint64_t most, std::uint64_t stretch_ns) noexcept : most_(most), stretch_ns_(stretch_ns) {}

    // Whether there was still room when `amount` was used at `now`.
    bool use(std::uint64_t amount, std::uint64_t now) noexcept;
    bool spent(std::uint64_t now) const noexcept { return used_ >= most_ && now < until(); }
    // When the stretch ends that the last use was in.
    std::uint64_t until() const noexcept { return begin_ + stretch_ns_; }

private:
    std::uint64_t most_, stretch_ns_;
    std::uint64_t begin_ = 0;
    std::uint64_t used_ = 0;
    bool begun_ = false;
};

// The text with each byte that is no UTF-8, each control character and each character that changes the direction of
// writing as \xNN, so that it is one line and does nothing to a terminal.
std::string escaped(std::string_view text);
// The same of each of its lines.
std::string escaped_lines(std::string_view text);

// Bytes in, lines out: escaped, cut at `longest_line` bytes, and no more than `lines_per_second`. Two streams come
// through one pipe, so lines that are written in pieces may be mixed. One thread at a time; throws std::bad_alloc only.
class Output {
public:
    static constexpr std::size_t longest_line = 1024;  // before escaping
    static constexpr std::uint64_t lines_per_second = 1'000;
    static constexpr std::size_t kept = 32u * 1024;  // of the end: room for a stack with C++ names

    // The lines that the bytes complete. Times are of CLOCK_MONOTONIC.
    std::vector<std::string> add(std::string_view bytes, std::uint64_t now);
    // "12 lines more were dropped", if that is to be said by now.
    std::vector<std::string> tick(std::uint64_t now);
    // The line that was not ended, and how many were dropped. Nothing comes after that.
    std::vector<std::string> end(std::uint64_t now);

    // When tick() has something to say; UINT64_MAX: it has not.
    std::uint64_t due() const noexcept { return dropped_ == 0 ? UINT64_MAX : lines_.until(); }
    // The end of all that was written, `kept` bytes, escaped line by line.
    std::string last_words() const;

private:
    void take(std::string_view piece);
    void finish_line(std::uint64_t now, std::vector<std::string>& lines);
    void say_dropped(std::vector<std::string>& lines);

    std::string line_;       // that is not ended, without what was cut
    std::uint64_t cut_ = 0;  // bytes of it
    std::uint64_t dropped_ = 0;
    Allowance lines_{lines_per_second, 1'000'000'000};
    std::string last_;        // the last `kept` bytes, and more
    bool forgotten_ = false;  // there were bytes before those
};

}  // namespace tenon::sandbox
