// One transcript, made by a process of its own.
#pragma once

#include <string>
#include <vector>

namespace tenon::conformance {

struct Outcome {
    std::string transcript;
    std::string end;     // "ended", "exited with 3", "killed by signal 6", "did not end"
    std::string output;  // the last of what it and its plugins wrote
};

// Runs the program; when it has not ended after so many seconds, it is killed, with all that it has started.
Outcome make_transcript(const std::string& fixture, unsigned workers, const std::vector<std::string>& more,
                        unsigned seconds);

}  // namespace tenon::conformance
