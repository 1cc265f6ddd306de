// Sockets of every kind.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

constexpr int multipath = 262;  // IPPROTO_MPTCP, which older headers do not have

sockaddr_in loopback(long port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

Outcome connect_by(int protocol, const Words& words) {
    const long socket = call(SYS_socket, AF_INET, SOCK_STREAM, protocol);
    const sockaddr_in address = loopback(words.number(0));
    return socket < 0 ? of(socket) : of(call(SYS_connect, socket, &address, sizeof address));
}

Outcome connect_tcp(const Words& words) {
    return connect_by(0, words);
}

Outcome connect_multipath(const Words& words) {
    return connect_by(multipath, words);
}

Outcome connect_by_sending(const Words& words) {
    const long socket = call(SYS_socket, AF_INET, SOCK_STREAM, 0);
    if (socket < 0) return of(socket);
    const sockaddr_in address = loopback(words.number(0));
    return of(call(SYS_sendto, socket, "x", 1L, MSG_FASTOPEN, &address, sizeof address));
}

// Words: the port, and what it is to hear.
Outcome send_udp(const Words& words) {
    const long socket = call(SYS_socket, AF_INET, SOCK_DGRAM, 0);
    if (socket < 0) return of(socket);
    const sockaddr_in address = loopback(words.number(0));
    const std::string_view text = words[1];
    return of(call(SYS_sendto, socket, text.data(), text.size(), 0, &address, sizeof address));
}

// The result is the port, in which others find somebody who listens.
Outcome listen_tcp(const Words&) {
    const long socket = call(SYS_socket, AF_INET, SOCK_STREAM, 0);
    if (socket < 0) return of(socket);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (const long bound = call(SYS_bind, socket, &address, size); bound < 0) return of(bound);
    if (const long listens = call(SYS_listen, socket, 1); listens < 0) return of(listens);
    call(SYS_getsockname, socket, &address, &size);
    return {ntohs(address.sin_port)};
}

Outcome talk_to_kernel(const Words&) {
    const long socket = call(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (socket < 0) return of(socket);
    struct {
        nlmsghdr head;
        ifinfomsg body;
    } question{};
    question.head.nlmsg_len = sizeof question;
    question.head.nlmsg_type = RTM_GETLINK;
    question.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    if (const long sent = call(SYS_sendto, socket, &question, sizeof question, 0, nullptr, 0); sent < 0)
        return of(sent);
    return contents(socket);
}

// Words: family, kind, protocol.
Outcome make_socket(const Words& words) {
    return of(call(SYS_socket, words.number(0), words.number(1), words.number(2)));
}

Outcome connect_unix(const std::string& name) {
    const long socket = call(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
    if (socket < 0) return of(socket);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy_n(name.data(), std::min(name.size(), sizeof address.sun_path), address.sun_path);
    return of(call(SYS_connect, socket, &address, offsetof(sockaddr_un, sun_path) + name.size()));
}

Outcome connect_path(const Words& words) {
    return connect_unix(words[0]);
}

Outcome connect_abstract(const Words& words) {
    return connect_unix(std::string(1, '\0') + words[0]);
}

constexpr Attempt attempts[] = {
    {"connect_tcp", connect_tcp},
    {"connect_multipath", connect_multipath},
    {"connect_by_sending", connect_by_sending},
    {"send_udp", send_udp},
    {"listen_tcp", listen_tcp},
    {"talk_to_kernel", talk_to_kernel},
    {"make_socket", make_socket},
    {"connect_path", connect_path},
    {"connect_abstract", connect_abstract},
};

}  // namespace

Attempts network_attempts() {
    return attempts;
}

}  // namespace escapist
