// The state that a hot reload hands from the running build of a plugin to the new one: [state].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/location.h"

namespace tenon::manifest {

// What becomes of changes to the state while it is handed over.
enum class StatePolicy {
    freeze,   // there are none: calls to the plugin wait
    journal,  // the old build notes them, and the new one applies them before the switch
    lossy,    // they are lost; nothing waits
};

struct State {
    std::string schema;  // an id
    std::uint32_t version = 0;
    // A struct that the plugin's note describes, and the contract it belongs to; both empty if not stated.
    std::string contract;
    std::string type;
    StatePolicy policy = StatePolicy::freeze;
    std::vector<std::uint32_t> migrates;  // older versions that restore_state takes; each below `version`, once
    Location at;                          // of the table
};

// As the manifest writes it.
std::string_view to_string(StatePolicy policy);

}  // namespace tenon::manifest
