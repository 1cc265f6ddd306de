// Which of the requests that wait for a grant would allow what was denied.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/confinement.h"
#include "sandbox/broker/requests.h"

namespace tenon::host {

// Read and placed once, without a look at any file. Constant once made; used by any thread.
class Waiting {
public:
    Waiting(const Requests& requests, const GlobPlaces& places);

    // The first of the requests that allows it; nothing if none does. `denied` is as the broker writes it:
    // "read:/srv/a", "network:https://example.org:443", "process:/usr/bin/git", "socket:/run/x",
    // "collection:notes:write", "model:small", "notifications".
    std::optional<std::string> allowing(std::string_view denied) const;

    // The first of the requests whose program, arguments and values these are.
    std::optional<std::string> allowing(const sandbox::broker::RunProgram& order) const;

private:
    struct One {
        std::string request;
        manifest::Permissions asked;
        std::vector<sandbox::broker::FileGrant> read, write, sockets;
    };
    static bool allows(const One& one, std::string_view denied);

    std::vector<One> all_;
};

}  // namespace tenon::host
