// Connected sockets for a plugin that can make none: to what was granted, and with which nothing else can be reached.
#pragma once

#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/broker/glob.h"
#include "sandbox/broker/lookup.h"
#include "sandbox/broker/reach.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

struct ConnectRules {
    std::vector<NetworkRule> network;  // of which those with tcp and udp count
    std::vector<Glob> sockets;         // exact paths
};

// Constant once made; used by any thread: connect() blocks the one that calls it.
class ConnectBroker {
public:
    static constexpr std::uint64_t most_seconds = 30;  // of one connection, with the name

    explicit ConnectBroker(ConnectRules rules, LookUp look_up = lookups_of());

    // To "tcp://HOST:PORT", "udp://HOST:PORT" or "unix:/PATH" (a stream). The address that was checked is the one that
    // is dialled; of several (16 at most) the first that answers. The socket blocks, sends small packets at once
    // (TCP_NODELAY) and is close-on-exec. Problems: "permission.denied", "broker.bad-url", "broker.bad-path",
    // "broker.private-address", "broker.unknown-host", "broker.unreachable", "broker.timeout", "broker.stopped",
    // "broker.not-found", "broker.link", "broker.not-a-socket", "broker.io".
    base::Result<base::Fd> connect(std::string_view target, const Patience& patience) const;

private:
    base::Result<base::Fd> by_network(std::string_view target, const Patience& patience) const;
    base::Result<base::Fd> by_path(std::string_view path, const Patience& patience) const;

    const ConnectRules rules_;
    const LookUp look_up_;
};

}  // namespace tenon::sandbox::broker
