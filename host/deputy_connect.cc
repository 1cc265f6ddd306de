// Connections: the plugin gets a socket that is connected.
#include <tenon/status.h>

#include "host/deputy.h"
#include "host/deputy_answer.h"
#include "sandbox/broker/path.h"

namespace tenon::host {

namespace broker = sandbox::broker;

std::vector<broker::NetworkRule> network_rules_of(const Granted& granted) {
    std::vector<broker::NetworkRule> rules;
    for (const manifest::NetworkPermission& network : granted.permissions.network)
        rules.push_back({network.domains, network.protocols, network.ports, granted.allow_private});
    return rules;
}

std::int32_t Deputy::connect(const tenon_request& request, const Taker& taker, const broker::Patience& patience) {
    if (const base::Check often = pay(connections_, 1, "connections")) return refuse(*often, taker);
    // Who connects to a socket reads and writes.
    const std::string_view target = view_of(request.subject);
    constexpr std::string_view unix_scheme = "unix:";
    if (target.starts_with(unix_scheme)) {
        const std::string path(target.substr(unix_scheme.size()));
        if (const base::Check no = broker::check_path(path)) return refuse(*no, taker);
        if (const base::Check no = broker::not_denied(granted_.files, "socket:" + path, path, true))
            return refuse(*no, taker);
    }
    base::Result<base::Fd> socket = connector_.connect(target, patience);
    if (!socket) return refuse(socket.problem(), taker);
    if (taker.take == nullptr) return TENON_OK;
    tenon_answer answer = new_answer();
    answer.descriptor = socket.value().release();
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
