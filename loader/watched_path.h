// The way from / to the file that a path means, and what is known of that file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "loader/file_identity.h"

namespace tenon::loader {

// A name that is looked up on the way.
struct WatchStep {
    std::string folder;  // absolute, free of links
    std::string name;
    bool last = false;  // the file itself or a link in its place; otherwise a folder or a link to one
};

// From / to what the absolute `path` means, through all links, as far as there is something. `before` is called with
// each step before its name is looked up: whoever starts to watch there misses no change of what was found.
std::vector<WatchStep> walk(const std::string& path, const std::function<void(const WatchStep&)>& before);

// Nothing if there is no such file.
std::optional<FileIdentity> identity_at(const std::string& path);

// A plain value that Watch keeps for each path.
struct WatchedPath {
    std::string absolute;
    std::vector<WatchStep> way{};
    std::string why_polled{};            // empty: events are enough
    std::optional<FileIdentity> seen{};  // of a polled path, at the last look
    bool changed = false;                // to be told
    bool moved = false;                  // its way may be another now

    bool leads_through(const std::string& folder, const std::string& name) const;  // an empty name: any
};

}  // namespace tenon::loader
