// Where the two kinds of modules may differ, and why.
#pragma once

#include <string>
#include <vector>

namespace tenon::conformance {

struct Difference {
    std::string fixture;     // its name
    std::string in_process;  // how its process ends, see child.h; "ended": only the transcripts differ
    // Only these hooks differ, or "unloading" or "aside" does, and are looked at on their own; empty: everything.
    std::vector<std::string> points;
    std::string reason;
};
// Of fixtures whose handlers come and go on other threads: what comes of their hooks is different each time, of
// whatever kind they are; only loading and unloading are compared.
struct Varying {
    std::string fixture;
    std::string reason;
};
// Of fixtures that come back when the caller's time is up: on a busy machine a worker may not get a processor before
// the caller goes on without it, which is no difference of kinds. One of several comparisons has to be equal.
struct Hurried {
    std::string fixture;
    unsigned attempts;
};
// A hook that a thread of the application's dispatches while the fixture is loaded.
struct Meanwhile {
    std::string fixture;
    std::string point;
};

const std::vector<Difference>& differences();
const std::vector<Varying>& varying();
const std::vector<Hurried>& hurried();
const std::vector<Meanwhile>& meanwhile();

}  // namespace tenon::conformance
