// tenon permissions: what a plugin asks to be allowed, and what of it was granted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.h"
#include "tools/cli/screen.h"

namespace tenon::cli {

struct PermissionsOptions {
    std::string target;  // a plugin's file, or its id
    std::string store;   // may be empty for a file: then nobody knows what was granted
    bool json = false;
    bool no_color = false;
};

enum class Standing {
    asked,  // there is no store to look into
    granted,
    waiting,  // asked for, and not granted
    own,      // asked for, and needs no grant
    unasked,  // granted, and not asked for any more
};

struct RequestRow {
    std::string request;
    Standing standing = Standing::asked;
    std::uint64_t since = 0;  // nanoseconds of Unix time; of what was granted
    std::string by;
    std::string command;  // that grants what waits, and revokes what is granted; or empty
};

struct PermissionsReport {
    std::string plugin;
    std::string version;           // empty: nothing but the id is known
    std::string file;              // empty: the same
    std::string store;             // or empty
    std::vector<RequestRow> rows;  // in the order of the manifest; behind them, what is not asked for
    base::Problems problems;
    int exit_code = 0;

    std::size_t count(Standing standing) const;
};

std::string_view to_string(Standing standing);

PermissionsReport look_at_permissions(const PermissionsOptions& options);
void print_permissions(const Screen& screen, const PermissionsReport& report);
void print_permissions_json(const PermissionsReport& report);

// Whether the word means a file: it has a slash, or such a file is there, or it is no id.
bool names_a_file(const std::string& target);

// Prints the report and returns an ExitCode. That something waits is no failure.
int permissions(const PermissionsOptions& options);

}  // namespace tenon::cli
