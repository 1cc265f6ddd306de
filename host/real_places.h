// Where names lead: neither the kernel's rules nor the broker follow links.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/broker/glob.h"

namespace tenon::host {

// Without links, also of what is not there (yet). Empty: it cannot be told.
std::string real_path(const std::string& path);

// The same glob below what its fixed part leads to; nothing, if that is the same.
std::optional<sandbox::broker::Glob> where_it_leads(const sandbox::broker::Glob& glob);

struct RealPlaces {
    std::vector<sandbox::broker::Glob> globs;  // for the same files, where links are in the way
    bool all = true;                           // there are no others
};

// Links behind wildcards, too: what is there now is looked through, at most `most` names of it. Wildcards in the last
// part, and "/**/..." as a whole, are left as they are: those are about names.
inline constexpr std::size_t most_names = 4096;
RealPlaces real_places(const sandbox::broker::Glob& glob, std::size_t most = most_names);

}  // namespace tenon::host
