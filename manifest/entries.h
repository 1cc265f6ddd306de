// The lists of a manifest: contracts, dependencies, hooks.
#pragma once

#include <string_view>
#include <vector>

#include "manifest/diagnostics.h"
#include "manifest/manifest.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// Each gives the entries that are right and says what is wrong with the others.
std::vector<ContractUse> read_contracts(const Value& table, Diagnostics& out);
std::vector<Dependency> read_dependencies(const Value& table, std::string_view own_id, Diagnostics& out);
// `contracts`: the table of that name, or null; a hook of a contract that it does not list is refused.
std::vector<HookUse> read_hooks(const Value& array, const Value* contracts, Diagnostics& out);

}  // namespace tenon::manifest
