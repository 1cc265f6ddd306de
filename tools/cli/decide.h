// tenon enable, tenon disable: who may load, as a store keeps it for the hosts that use it.
#pragma once

#include <string>

namespace tenon::cli {

struct DecideOptions {
    std::string plugin;  // its id
    std::string store;
};

struct EnableOptions : DecideOptions {};
struct DisableOptions : DecideOptions {
    std::string reason;
};

// Each says what it did on standard output and returns an ExitCode. Throws tenon::Error when there is no store to be
// had, or it does not take the decision.
int enable(const EnableOptions& options);
int disable(const DisableOptions& options);

}  // namespace tenon::cli
