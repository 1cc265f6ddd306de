// What tools of an operator ask for, with stores that are named by their paths and opened for the time of the call; the
// answers are JSON, as api/tenon/permissions.h describes it. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenon::host {

// Of the manifest with or without a store; with an empty manifest, of the plugin, and then with one. Problems: those of
// parse_manifest (the first one), requests_of, Store::open and Grants::of.
base::Result<std::string> permissions_answer(const std::string& store, std::string_view manifest,
                                             std::string_view plugin);

// Who decides, and about which plugin.
struct Decision {
    const std::string& store;
    std::string_view plugin;
    std::string_view by;
};

// At the time of the machine's clock. Problems: those of Store::open and Grants; nothing is opened for requests that
// are none.
base::Result<std::string> grant_answer(const Decision& decision, std::span<const std::string> requests);
base::Result<std::string> revoke_answer(const Decision& decision, std::span<const std::string> requests);
base::Result<std::string> revoke_all_answer(const Decision& decision);

// Problems: those of Store::open and Audit; "api.invalid-argument" for a mark that is none.
base::Result<std::string> audit_answer(const std::string& store, std::string_view plugin, std::uint64_t last);
base::Result<std::string> verify_answer(const std::string& store, std::string_view known);

}  // namespace tenon::host
