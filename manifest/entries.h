// The sections of a manifest. Each function reads its keys from the root table into the manifest, and says what is
// wrong with them.
#pragma once

#include "manifest/manifest.h"
#include "manifest/table_reader.h"

namespace tenon::manifest {

// Of a section that is a list.
inline constexpr std::size_t most_entries = 128;

// Who it is, in words for people: id, name, version, description, ... A missing or wrong id is empty.
void read_about(TableReader& root, Manifest& out);
// What it ships beside its library: resources, icon, screenshots, libraries.
void read_files(TableReader& root, Manifest& out);
// contracts, dependencies, conflicts, replaces, provides, hosts. Wants the manifest's id.
void read_relations(TableReader& root, Manifest& out);
// The key `isolation`, which an operator's file has as well; nothing where it is missing or wrong.
std::optional<Isolation> read_isolation(TableReader& table);
void read_platform(TableReader& root, Platform& out);
void read_limits(TableReader& root, Limits& out);
void read_permissions(TableReader& root, Permissions& out);
void read_state(TableReader& root, std::optional<State>& out);
// Wants the manifest's id. A hook of a contract that the table `contracts` does not list is refused.
void read_hooks(TableReader& root, Manifest& out);
// services, events, commands, panels.
void read_offerings(TableReader& root, Manifest& out);

}  // namespace tenon::manifest
