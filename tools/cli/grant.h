// tenon grant, tenon revoke: what a plugin may do of what it asks for, as a store keeps it for the hosts that use it.
#pragma once

#include <string>
#include <vector>

namespace tenon::cli {

struct GrantOptions {
    std::string plugin;  // its id
    std::vector<std::string> requests;
    std::string all_of;  // a plugin's file: all that it asks for; or empty
    std::string store;   // is made if it is not there
};

struct RevokeOptions {
    std::string plugin;
    std::vector<std::string> requests;
    bool all = false;  // whatever was granted
    std::string store;
};

// Each says what it did on standard output and returns an ExitCode: refused where something to revoke had not been
// granted. Throws std::runtime_error when there is no store to be had, or it does not take the decision.
int grant(const GrantOptions& options);
int revoke(const RevokeOptions& options);

}  // namespace tenon::cli
