// tenon permissions: what a plugin asks to be allowed, and what of it was granted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "tools/cli/json.h"
#include "tools/cli/screen.h"

namespace tenon::cli {

struct PermissionsOptions {
    std::string target;  // a plugin's file, or its id
    std::string store;   // may be empty for a file: then nobody knows what was granted
    bool json = false;
    bool no_color = false;
};

struct PermissionsReport {
    std::string plugin;
    std::string version;            // empty: nothing but the id is known
    std::string file;               // empty: the same
    std::string store;              // or empty
    Json requests = Json::array();  // as share/permissions.schema.json has them
    base::Problems problems;
    int exit_code = 0;

    // So many are in this state.
    std::size_t count(std::string_view state) const;
};

PermissionsReport look_at_permissions(const PermissionsOptions& options);
void print_permissions(const Screen& screen, const PermissionsReport& report);
void print_permissions_json(const PermissionsReport& report);

// Whether the word means a file: it has a slash, or such a file is there, or it is no id.
bool names_a_file(const std::string& target);

// Prints the report and returns an ExitCode. That something waits is no failure.
int permissions(const PermissionsOptions& options);

}  // namespace tenon::cli
