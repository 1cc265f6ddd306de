// How the broker says no.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tenon::sandbox::broker {

// "permission.denied": nothing grants this permission ("read:/etc/hosts", "network:https://example.org:443",
// "process:/usr/bin/git"). Who calls the broker adds the plugin, and the command that would grant it.
base::Problem denied(const std::string& permission);

// "permission.denied": it is inside of what is granted, and taken out of that by a rule.
base::Problem denied_by(const std::string& permission, const std::string& rule);

// "broker.stopped": what went on for the plugin was cut short, because the plugin goes.
base::Problem stopped(const std::string& permission);

// What a grant would have to say for this problem not to come; nothing if no grant would do.
std::optional<std::string> missing_permission(const base::Problem& problem);

// Foreign text for a problem: what is no printable UTF-8 is written \xNN, and what is beyond `most` bytes is cut.
std::string shown(std::string_view text, std::size_t most = 256);

bool is_valid_utf8(std::string_view text) noexcept;

}  // namespace tenon::sandbox::broker
