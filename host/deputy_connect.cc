// Connections: the plugin gets a socket that is connected.
#include <tenon/status.h>

#include "host/deputy.h"
#include "host/deputy_answer.h"

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
    base::Result<base::Fd> socket = connector_.connect(view_of(request.subject), patience);
    if (!socket) return refuse(socket.problem(), taker);
    if (taker.take == nullptr) return TENON_OK;
    tenon_answer answer = new_answer();
    answer.descriptor = socket.value().release();
    taker(answer);
    return TENON_OK;
}

}  // namespace tenon::host
