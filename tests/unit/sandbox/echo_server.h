// Servers of the test's, on the loopback or at a path: one that says back what it hears, and one that takes nobody.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "tests/support/catch.h"

namespace sandbox_test {

class EchoServer {
public:
    enum class Kind { tcp, udp };

    // `port` 0: any. Where the port is taken, listens() is false.
    explicit EchoServer(Kind kind, std::uint16_t port = 0, const std::string& address = "127.0.0.1") {
        datagrams_ = kind == Kind::udp;
        socket_ = tenon::base::Fd(::socket(AF_INET, (datagrams_ ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(port);
        REQUIRE(::inet_pton(AF_INET, address.c_str(), &at.sin_addr) == 1);
        const int yes = 1;
        if (!datagrams_) ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        begin(reinterpret_cast<const sockaddr*>(&at), sizeof at);
        socklen_t size = sizeof at;
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    }
    explicit EchoServer(const std::string& path) {
        socket_ = tenon::base::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        REQUIRE(path.size() < sizeof at.sun_path);
        std::memcpy(at.sun_path, path.c_str(), path.size());
        begin(reinterpret_cast<const sockaddr*>(&at), sizeof at);
        ::chmod(path.c_str(), 0777);
    }
    ~EchoServer() {
        const std::uint64_t one = 1;
        if (::write(stop_.get(), &one, sizeof one) != sizeof one) std::abort();
        if (thread_.joinable()) thread_.join();
    }
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;

    bool listens() const { return thread_.joinable(); }
    std::uint16_t port() const { return port_; }
    std::size_t visits() const { return visits_; }  // connections, or datagrams

private:
    void begin(const sockaddr* at, socklen_t size) {
        if (::bind(socket_.get(), at, size) != 0) return;
        if (!datagrams_ && ::listen(socket_.get(), 8) != 0) return;
        thread_ = std::thread([this] { serve(); });
    }
    bool waits_for(int socket) const {
        std::array<pollfd, 2> events{{{socket, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
        return ::poll(events.data(), events.size(), -1) > 0 && events[1].revents == 0;
    }
    void serve() {
        while (waits_for(socket_.get())) {
            if (datagrams_) {
                ++visits_;
                echo(socket_.get());
                continue;
            }
            const tenon::base::Fd visitor(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            ++visits_;
            if (waits_for(visitor.get())) echo(visitor.get());
        }
    }
    static void echo(int socket) {
        std::array<char, 256> bytes{};
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto* const who = reinterpret_cast<sockaddr*>(&from);
        const ssize_t got = ::recvfrom(socket, bytes.data(), bytes.size(), 0, who, &size);
        if (got < 0) return;
        const std::string text = "echo: " + std::string(bytes.data(), static_cast<std::size_t>(got));
        ::sendto(socket, text.data(), text.size(), MSG_NOSIGNAL, size != 0 ? who : nullptr, size);
    }

    bool datagrams_ = false;
    tenon::base::Fd socket_;
    tenon::base::Fd stop_{::eventfd(0, EFD_CLOEXEC)};
    std::uint16_t port_ = 0;
    std::atomic<std::size_t> visits_{0};
    std::thread thread_;
};

// A server whose queue is full, and which takes nobody out of it.
struct CrowdedServer {
    std::vector<tenon::base::Fd> sockets;
    std::uint16_t port = 0;

    explicit CrowdedServer(const std::string& path = "") {
        sockaddr_storage at{};
        socklen_t size = sizeof(sockaddr_in);
        auto& in = reinterpret_cast<sockaddr_in&>(at);
        auto& un = reinterpret_cast<sockaddr_un&>(at);
        at.ss_family = path.empty() ? AF_INET : AF_UNIX;
        if (path.empty())
            in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        else
            std::memcpy(un.sun_path, path.c_str(), path.size()), size = sizeof un;
        auto* const raw = reinterpret_cast<sockaddr*>(&at);
        const auto make = [&] { sockets.emplace_back(::socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0)); };
        make();
        REQUIRE(::bind(sockets[0].get(), raw, size) == 0);
        REQUIRE(::listen(sockets[0].get(), 0) == 0);
        REQUIRE(::getsockname(sockets[0].get(), raw, &size) == 0);
        port = ntohs(in.sin_port);
        for (int i = 0; i < 16; ++i) make(), ::connect(sockets.back().get(), raw, size);
    }
};

}  // namespace sandbox_test
