// tenon audit: who decided what about plugins, and what they were denied; and whether that log is as it was written.
#pragma once

#include <cstddef>
#include <string>

namespace tenon::cli {

struct AuditOptions {
    std::string action = "list";  // or "verify"
    std::string plugin;           // list: rows about it; empty: all
    std::size_t last = 50;        // list: so many of the newest
    std::string known;            // verify: "NUMBER:HASH" of a row that has to be there; or empty
    std::string store;
    bool json = false;
    bool no_color = false;
};

// What is wrong with the value of --known; empty if nothing is.
std::string fault_of_known(const std::string& value);
// What is wrong with the value of --plugin; empty if nothing is.
std::string fault_of_plugin(const std::string& value);

// Prints the rows or the verdict and returns an ExitCode: refused where the log is not as it was written.
int audit(const AuditOptions& options);

}  // namespace tenon::cli
