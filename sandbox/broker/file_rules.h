// What a plugin was granted of files, and what is taken out of that. Plain values, constant once made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/glob.h"

namespace tenon::sandbox::broker {

// A glob, and what of it is left out, which other grants may give nevertheless.
struct FileGrant {
    // Not explicit: most have no exceptions. What is below an exception is left out as well.
    FileGrant(Glob granted, std::vector<Glob> left_out = {});

    const Glob* exception_for(std::string_view path) const;  // that leaves it out; nullptr: none
    bool covers(std::string_view path) const { return glob.matches(path) && exception_for(path) == nullptr; }

    Glob glob;
    std::vector<Glob> exceptions;
};

// Goes before all grants; also what is below a path that it matches.
struct FileDenial {
    FileDenial(Glob denied, bool of_writing = false, std::string words = {});

    bool covers(std::string_view path) const { return glob.matches(path, Letters::in_any_case); }

    Glob glob;
    bool only_writing;  // what it matches can still be read
    std::string rule;   // as the operator has written it; empty: as the glob is
};

struct FileRules {
    std::vector<FileGrant> read;
    std::vector<FileGrant> write;  // to read and to write, as everywhere
    std::vector<FileDenial> deny;
    std::uint64_t most_written_bytes = 64u << 20;  // a file that is larger is not opened for writing
};

// What denies this path, of a file or a socket; `permission`: as the refusal names it.
base::Check not_denied(const FileRules& rules, const std::string& permission, std::string_view path, bool change);

// Of a path without fault, to be read or to be changed. Problem: "permission.denied", with the rule that has taken it
// out, if one has.
base::Check permit(const FileRules& rules, const std::string& path, bool change);

}  // namespace tenon::sandbox::broker
