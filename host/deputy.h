// Acts for one plugin where the plugin may not act itself: with what its manifest asks for, as far as that was granted
// when it was loaded.
#pragma once

#include <tenon/request.h>

#include <cstdint>
#include <string>

#include "base/problem.h"
#include "host/confinement.h"
#include "sandbox/broker/files.h"

namespace tenon::host {

class Plugin;

// Whom the answer goes to; `take` may be null.
struct Taker {
    tenon_take_fn take = nullptr;
    void* data = nullptr;
    void operator()(const tenon_answer& answer) const {
        if (take != nullptr) take(data, &answer);
    }
};

// Constant once made; used by any thread.
class Deputy {
public:
    explicit Deputy(Plugin& plugin);

    // A status of tenon_plugin_ops.request. What is denied is logged.
    std::int32_t act(const tenon_request& request, const Taker& taker) const;

private:
    std::int32_t open_file(const tenon_request& request, const Taker& taker) const;
    std::int32_t notify(const tenon_request& request, const Taker& taker) const;
    std::int32_t refuse(const base::Problem& problem, const Taker& taker) const;

    Plugin& plugin_;
    const Granted granted_;
    const sandbox::broker::FileBroker files_;
};

}  // namespace tenon::host
