// Which of the requests that wait for a grant would allow what was denied.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/confinement.h"
#include "sandbox/broker/requests.h"

namespace tenon::host {

// The first of the requests that allows it; nothing if none does. `denied` is as the broker writes it: "read:/srv/a",
// "network:https://example.org:443", "process:/usr/bin/git", "socket:/run/x", "collection:notes:write", "model:small",
// "notifications".
std::optional<std::string> waiting_for(std::string_view denied, const Requests& waiting, const GlobPlaces& places);

// The first of the requests whose program, arguments and values these are; `denied` may be that request, too.
std::optional<std::string> waiting_for(const sandbox::broker::RunProgram& order, const Requests& waiting);

}  // namespace tenon::host
