// The kinds of modules that are compared.
#pragma once

#include <tenon/host.h>

#include <array>

namespace tenon::conformance {

struct Kind {
    const char* name;
    unsigned workers;  // tenon_host_options.workers
};

// Without workers the second is the first once more: transcripts are the same from run to run.
inline constexpr bool there_are_workers = true;

constexpr std::array<Kind, 2> kinds() {
    if (there_are_workers) return {{{"in process", TENON_WORKERS_NONE}, {"in a worker", TENON_WORKERS_ALL}}};
    return {{{"in process", TENON_WORKERS_NONE}, {"in process again", TENON_WORKERS_NONE}}};
}

}  // namespace tenon::conformance
