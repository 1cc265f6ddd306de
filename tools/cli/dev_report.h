// What tenon dev tells, line by line, as it happens.
#pragma once

#include <tenon/reload.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "tools/cli/screen.h"

namespace tenon::cli {

// Functions may be called on any thread. Each line is flushed.
class DevReport {
public:
    // `json`: records go to standard output as JSON, all else to standard error.
    DevReport(bool json, bool no_color);

    // A line with the time before it; `text` is fit to be shown.
    void say(std::string_view text);
    void refused(std::string_view indent, const base::Problem& problem);
    // A record, new or changed; tenon_reload_fn for a DevReport as `data`.
    static void take(void* data, const tenon_reload_record* record);
    // "2 builds, 1 failed; 1 reload, 0 refused"
    void summary();

    void count_build(bool failed);
    std::string paint(Tone tone, std::string_view text) const { return screen_.paint(tone, text); }
    std::uint64_t reloads() const;
    std::uint64_t refusals() const;

private:
    void line(std::string_view text);  // with the lock
    void print(const tenon_reload_record& record);
    void print_json(const tenon_reload_record& record);
    void print_problem(std::string_view indent, const base::Problem& problem);
    void count(const tenon_reload_record& record);

    const bool json_;
    const Screen screen_;
    mutable std::mutex lock_;  // guards the output, and what follows
    std::uint64_t builds_ = 0, failed_builds_ = 0;
    std::set<std::uint64_t> reloaded_, refused_, rolled_back_;  // numbers of records
    std::set<std::uint64_t> left_mapped_;                       // told already
};

// Nanoseconds in the unit that suits them: "840 us", "1.24 ms", "12.4 s".
std::string in_words(std::uint64_t ns);

}  // namespace tenon::cli
