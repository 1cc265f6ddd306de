// Whom rules let a plugin connect to, and at which addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/lookup.h"
#include "sandbox/broker/origin.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

// One table of permissions.network. Served are http, https, tcp and udp.
struct NetworkRule {
    std::vector<std::string> domains;  // "example.org", "*.example.org" (any below), "*" (any name), "192.0.2.1", "::1"
    std::vector<std::string> protocols{"https"};
    std::vector<std::uint16_t> ports;  // empty: those of the protocols; tcp and udp have none
    bool allow_private = false;        // the operator's: private, loopback and unique local addresses
};

// What "broker.private-address" says where NetworkRule::allow_private would help.
inline constexpr std::string_view let_private =
    "if this is meant, let the operator allow private addresses for this host";

// Whether it lets a plugin connect there.
bool covers(const NetworkRule& rule, const Origin& origin);

// Of several that fit, one that lets more through; null: none fits.
const NetworkRule* rule_for(const std::vector<NetworkRule>& rules, const Origin& origin);

// Of those that a name leads to, and that were all judged, the first so many are dialled.
inline constexpr std::size_t most_addresses = 16;

// At least one, and each of them may be dialled. Blocks while a name is looked up, for as long as its patience: call it
// only for what a rule lets through, for to ask for a name is to tell it. Problems: "broker.private-address", and those
// of LookUp.
base::Result<std::vector<Address>> addresses_to_dial(const Origin& origin, const NetworkRule& rule,
                                                     const LookUp& look_up, const Patience& patience);

}  // namespace tenon::sandbox::broker
