#include "sandbox/broker/dial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "sandbox/broker/hold.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Fd;
using base::Problem;
using base::Result;

namespace {

// Of any family.
struct Target {
    sockaddr_storage bytes{};
    socklen_t size = 0;
    int kind = SOCK_STREAM;
    bool sends_at_once = false;  // TCP_NODELAY, for nobody can set it later: the plugin may not, where it is confined
};

template <class Sockaddr>
void put(Target& target, const Sockaddr& address) {
    std::memcpy(&target.bytes, &address, sizeof address);
    target.size = sizeof address;
}

Target target_of(const Origin& origin, const Address& address) {
    Target target;
    target.kind = origin.scheme == "udp" ? SOCK_DGRAM : SOCK_STREAM;
    target.sends_at_once = target.kind == SOCK_STREAM;
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(origin.port);
    std::memcpy(&six.sin6_addr, address.bytes.data(), sizeof six.sin6_addr);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(origin.port);
    std::memcpy(&four.sin_addr, address.bytes.data(), sizeof four.sin_addr);
    address.v6 ? put(target, six) : put(target, four);
    return target;
}

Target target_of(const Fd& held) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = name_of(held);  // a few bytes, of 108
    std::memcpy(address.sun_path, name.data(), name.size());
    Target target;
    put(target, address);
    return target;
}

const char* fix_of(int error, bool is_file) {
    if (error == EMFILE || error == ENFILE) return "allow the host more open files (ulimit -n)";
    if (is_file && error == EACCES) return "let the user that the host runs as write to the socket";
    if (is_file && error == EPROTOTYPE) return "let the server listen with a stream socket (SOCK_STREAM)";
    return "look whether the server listens there";
}

Problem unreachable(const std::string& permission, int error) {
    return {"broker.unreachable", fmt::format("{}: {}", permission, std::strerror(error)),
            fix_of(error, permission.starts_with("socket:"))};
}

Problem late(const std::string& permission) {
    return {"broker.timeout", fmt::format("{}: there was no connection in time", permission),
            "look at the server, or ask with more time left"};
}

int error_of(const Fd& socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// One look at how it goes: 0 when it is connected, EINPROGRESS while it is not, else why not. A Unix socket whose queue
// is full says EAGAIN, and nothing tells when it is not full any more.
int proceed(const Fd& socket, const Target& target, bool& begun, int wait_ms) {
    if (!begun) {
        const int result = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&target.bytes), target.size);
        if (result == 0) return 0;
        if (errno == EAGAIN && target.bytes.ss_family == AF_UNIX) return ::poll(nullptr, 0, wait_ms), EINPROGRESS;
        if (errno != EINPROGRESS && errno != EINTR) return errno;
        begun = true;
    }
    pollfd wait{socket.get(), POLLOUT, 0};
    return ::poll(&wait, 1, wait_ms) > 0 ? error_of(socket) : EINPROGRESS;
}

Result<Fd> finished(const std::string& permission, Fd socket, const Target& target) {
    const int yes = 1;
    if (target.sends_at_once) ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int flags = ::fcntl(socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags & ~O_NONBLOCK) != 0) return unreachable(permission, errno);
    return socket;
}

// Nobody may put descriptors into the plugin through its socket, where the kernel can say so (Linux 6.16).
void take_no_descriptors(const Fd& socket) {
#ifdef SO_PASSRIGHTS
    constexpr int option = SO_PASSRIGHTS;
#else
    constexpr int option = 83;
#endif
    const int no = 0;
    ::setsockopt(socket.get(), SOL_SOCKET, option, &no, sizeof no);
}

Result<Fd> dial_one(const std::string& permission, const Target& target, const Patience& patience) {
    Fd socket(::socket(target.bytes.ss_family, target.kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return unreachable(permission, errno);
    if (target.bytes.ss_family == AF_UNIX) take_no_descriptors(socket);
    for (bool begun = false;;) {
        if (patience.stopped()) return stopped(permission);
        if (patience.left_ms() == 0) return late(permission);
        constexpr int look_every_ms = 20;
        const bool looks = !begun && target.bytes.ss_family == AF_UNIX;
        const int error = proceed(socket, target, begun, looks ? look_every_ms : patience.wait_ms());
        if (error == 0) return finished(permission, std::move(socket), target);
        if (error != EINPROGRESS) return unreachable(permission, error);
    }
}

}  // namespace

Result<Fd> dial(const Origin& origin, const std::vector<Address>& addresses, const Patience& patience) {
    for (std::size_t i = 0;; ++i) {
        // One that is silent leaves time for the others.
        const std::uint64_t left_ns = static_cast<std::uint64_t>(patience.left_ms()) * 1'000'000;
        Result<Fd> socket = dial_one(origin.permission(), target_of(origin, addresses.at(i)),
                                     patience.at_most(left_ns / (addresses.size() - i)));
        if (socket || i + 1 == addresses.size() || socket.problem().id == "broker.stopped") return socket;
    }
}

Result<Fd> dial(const std::string& permission, const Fd& held, const Patience& patience) {
    return dial_one(permission, target_of(held), patience);
}

}  // namespace tenon::sandbox::broker
