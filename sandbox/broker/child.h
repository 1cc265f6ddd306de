// A program from its start to its end, with what goes in and what comes out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/requests.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

struct ChildOrder {
    const std::string& program;
    const std::vector<std::string>& arguments;    // behind the program's name
    const std::vector<std::string>& environment;  // all of it
    std::string_view input;
    std::uint64_t most_bytes;  // of its output, and of its errors
    Patience patience;
};

// Starts the program in "/", in a process group of its own, with no other descriptors and no blocked or ignored
// signals, and waits for its end; what is left of its group is killed then. Problems: "broker.not-started",
// "broker.timeout", "broker.stopped", "broker.too-large", "broker.io".
base::Result<Ran> run_child(const ChildOrder& order);

}  // namespace tenon::sandbox::broker
