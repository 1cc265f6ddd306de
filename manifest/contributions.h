// What a plugin adds to its host: handlers of hooks, services, events, commands, panels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/location.h"

namespace tenon::manifest {

// Handlers of a hook run phase by phase; those of the last one see the result and do not change it.
enum class Phase { early, normal, late, observe };

// A hook that the plugin handles. Of the handlers of a hook in one phase, the one with the higher priority runs first.
struct HookUse {
    std::string contract;  // one of Manifest::contracts
    std::string name;
    std::int32_t priority = 0;
    Location at;
    Phase phase = Phase::normal;
    // Handlers of others: a plugin's id, or "id#handler".
    std::vector<std::string> before{};
    std::vector<std::string> after{};
    // Budgets of a call, in nanoseconds, and of a thread's time, in percent; what is not stated is the hook's.
    std::optional<std::uint64_t> soft{};
    std::optional<std::uint64_t> hard{};  // not below soft
    std::optional<std::uint32_t> share{};
};

// A service or an event that the plugin offers, for people and tools; the contract describes its form.
struct Offering {
    std::string id;  // "org.acme.tax/1"
    std::string description;
    Location at;
};

struct Command {
    std::string id;  // a slug
    std::string title;
    std::string description;
    Location at;
};

struct Panel {
    std::string id;  // a slug
    std::string title;
    std::string place;  // sidebar, page, widget, dialog or status
    Location at;
};

// As the manifest writes it.
std::string_view to_string(Phase phase);

}  // namespace tenon::manifest
