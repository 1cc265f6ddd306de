// What the program tells about a run: as text for people, as JSON for programs.
#pragma once

#include <tenon/stats.hpp>

#include <chrono>
#include <string>
#include <tenon/report.hpp>
#include <vector>

#include "options.h"
#include "press.h"

namespace pressroom {

// A run, when it is over. Borrows; lives shorter than what it points at.
struct Run {
    const tenon::Report& plugins;
    const Site& site;
    const std::vector<Page>& pages;
    std::vector<Rejected> unwritten;  // files of the site that could not be written, with the reason
    std::size_t written = 0;          // pages
    std::uint64_t bytes = 0;          // of all files written
    std::chrono::nanoseconds time{0};
    std::string statistics;  // of the handlers; empty: not wanted

    std::size_t warnings() const;
    StepTimes step_times() const;
    ExitCode exit_code() const;
};

// What the host knows of all handlers, as one of TENON_STATS_...
std::string statistics(const tenon::Host& host, std::uint32_t format);

// To standard output; with `quiet` only what failed, to standard error.
void print_text(const Run& run, bool quiet);

// One object to standard output.
void print_json(const Run& run);

}  // namespace pressroom
