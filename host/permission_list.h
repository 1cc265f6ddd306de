// What a manifest asks to be allowed, as a flat list: one request is one line that a person can read, type and grant.
// docs/permissions.md has the forms. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/permissions.h"

namespace tenon::host {

inline constexpr std::size_t longest_request = 4096;  // bytes
inline constexpr std::size_t most_requests = 1024;    // of one plugin

using Requests = std::vector<std::string>;

// "read:/usr/share/dict/*", "network:https://api.example.org:443", "process:/usr/bin/git log --since={date}" ... In the
// order of docs/permissions.md and then of the manifest, each once. A list of the manifest that becomes longer gives
// more requests, and the others stay as they were. Problems: "permission.too-many", "permission.too-long".
base::Result<Requests> requests_of(const manifest::Permissions& permissions);

// The permissions that hold this one request and nothing else. The rules are those of manifests. Problem:
// "permission.bad".
base::Result<manifest::Permissions> parse_request(std::string_view request);

// The request as requests_of() would write it. Problem: "permission.bad".
base::Result<std::string> canonical_request(std::string_view request);

// All of these as one. Problem: "permission.bad".
base::Result<manifest::Permissions> permissions_of(std::span<const std::string> requests);

// Whether it is about $data or, to read, $resources: a plugin has these without a grant.
bool is_its_own(std::string_view request);

// Requests are compared letter by letter: one that allows more does not stand for one that allows less.
struct Difference {
    Requests waiting;  // asked for and not granted, in the order of asking; nothing that is the plugin's own
    Requests unasked;  // granted and not asked for any more, in the order of the grants
};
Difference difference(std::span<const std::string> asked, std::span<const std::string> granted);

// What to type: "tenon grant org.acme.spell 'read:/srv/**' --store plugins.db". Without a store, "--store FILE" has to
// be filled in. In the words of a POSIX shell; foreign text in it is quoted.
std::string command_to_grant(std::string_view plugin, std::string_view request, std::string_view store);
std::string command_to_revoke(std::string_view plugin, std::string_view request, std::string_view store);

}  // namespace tenon::host
