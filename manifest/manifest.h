// What a plugin says about itself in its TOML manifest. docs/manifest.md describes the format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/config_schema.h"
#include "manifest/contributions.h"
#include "manifest/limits.h"
#include "manifest/permissions.h"
#include "manifest/relations.h"
#include "manifest/state.h"
#include "manifest/version.h"

namespace tenon::manifest {

// The most bytes that a manifest, and an id, may have.
inline constexpr std::size_t max_manifest_size = 64 * 1024;
inline constexpr std::size_t max_id_size = 63;

// Whether the code of a plugin is unmapped after its last generation has stopped.
enum class Unload { close, retire };

// Where a plugin runs: in the host's own process, or in a worker process of its own.
enum class Isolation { process, worker };

// A plain value, no thread rules. Lists are in the order of the file. What was not stated is empty, nothing, or what
// docs/manifest.md says.
struct Manifest {
    std::string id;  // reverse-DNS: "org.tenon.markdown"
    std::string name;
    std::string description;
    std::string license;
    std::vector<std::string> authors;
    std::string kind = "tool";
    std::vector<std::string> keywords;
    std::string category;           // a slug
    std::vector<std::string> tags;  // slugs
    std::string homepage;           // URLs
    std::string repository;
    std::string resources;  // a folder beside the library
    std::string icon;       // paths inside the resources
    std::vector<std::string> screenshots;
    std::vector<std::string> libraries;  // paths beside the library
    Version version;
    std::optional<std::uint32_t> abi;  // major
    std::vector<ContractUse> contracts;
    std::vector<Dependency> dependencies;
    std::vector<Relation> conflicts;
    std::vector<Relation> replaces;
    std::vector<Provision> provides;
    std::vector<Relation> hosts;  // the ids of applications; empty: any
    Platform platform;
    Limits limits;
    Permissions permissions;
    std::optional<State> state;  // that a hot reload hands over; nothing: there is none
    Unload unload = Unload::close;
    bool serialized = false;                   // its handlers and methods are never called concurrently
    Isolation isolation = Isolation::process;  // a wish: the operator and the host's options come before it
    std::vector<std::string> entities;         // slugs: what it can be attached to
    std::vector<HookUse> hooks;
    std::vector<Offering> services;
    std::vector<Offering> events;
    std::vector<Command> commands;
    std::vector<Panel> panels;
    std::optional<ConfigSchema> config;  // of its settings; config_check.h applies it
};

// Either a manifest, or at least one problem; in the order of the file, at most 100 and one that counts the rest.
struct Parsed {
    std::optional<Manifest> manifest;
    base::Problems problems;
};

// Reads a manifest from bytes of any origin. `file` is the name that problems begin with ("FILE:LINE:COLUMN: key:
// what"); a manifest embedded in a library goes by that library's path. Keeps nothing of both views. Any thread.
Parsed parse_manifest(std::string_view toml, std::string_view file);

// As the manifest writes it.
std::string_view to_string(Unload unload);
std::string_view to_string(Isolation isolation);

// Whether the text has the form of an id: two or more parts of [a-z0-9-] joined by dots, at most max_id_size bytes.
bool is_id(std::string_view text);

}  // namespace tenon::manifest
