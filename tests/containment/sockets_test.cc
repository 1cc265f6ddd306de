// A socket that the host has connected for a plugin leads to its one end, and to nobody else.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include "tests/containment/contained.h"
#include "tests/containment/evidence.h"
#include "tests/support/pass_descriptor.h"

using namespace tenon::test;

namespace {

// Those that the plugin's manifest asks for; the test listens at the first that is free.
constexpr int first_port = 23821, last_port = 23828;

Walls with_grants() {
    Walls walls;
    for (int port = first_port; port <= last_port; ++port)
        for (const std::string scheme : {"udp", "tcp"})
            walls.grants += ", \"network:" + scheme + "://127.0.0.1:" + std::to_string(port) + "\"";
    walls.grants += ", \"socket:$temp/granted/socket\"";
    walls.more = "allow_private = true";
    return walls;
}

Attempt attempt_to(const std::string& name, std::uint32_t stopped_by = seccomp) {
    Attempt attempt{name, stopped_by, EPERM};
    attempt.walls = with_grants();
    return attempt;
}

std::shared_ptr<Listener> granted(Listener::Kind kind) {
    for (int port = first_port; port <= last_port; ++port) {
        auto listener = std::make_shared<Listener>(kind, "", port);
        if (listener->port() == port) return listener;
    }
    FAIL("ports 23821 to 23828 are all taken");
    return nullptr;
}

std::string by(const std::string& scheme, const Listener& listener) {
    return scheme + "://127.0.0.1:" + std::to_string(listener.port());
}

// With a granted server by UDP, which hears the secret if it comes to pass.
Stage heard_by_the_granted(const Ground&, Prison&) {
    const auto server = granted(Listener::Kind::udp);
    const std::string secret = unguessable();
    return Stage{by("udp", *server) + " " + secret, [=](const Answer&) { return server->heard() == secret; }};
}

// Somebody else hears the secret if it comes to pass.
Stage heard_elsewhere(const Ground&, Prison&) {
    const auto server = granted(Listener::Kind::udp), other = std::make_shared<Listener>(Listener::Kind::udp);
    const std::string secret = unguessable();
    return Stage{by("udp", *server) + " " + std::to_string(other->port()) + " " + secret,
                 [=](const Answer&) { return server->heard().empty() && other->heard() == secret; }};
}

// Somebody else is reached if it comes to pass, by a socket that was connected to the granted server.
Stage reached_elsewhere(const Ground&, Prison&) {
    const auto server = granted(Listener::Kind::tcp), other = std::make_shared<Listener>(Listener::Kind::tcp);
    return Stage{by("tcp", *server) + " " + std::to_string(other->port()),
                 [=](const Answer&) { return server->was_reached() && other->was_reached(); }};
}

// At the granted path; what is to be seen is seen of the plugin's end.
std::function<Stage(const Ground&, Prison&)> at_the_path(std::function<bool(int visitor, const Answer&)> seen) {
    return [=](const Ground& ground, Prison&) {
        const std::string path = ground.granted() + "/socket";
        const auto server = std::make_shared<Listener>(Listener::Kind::path, path);
        return Stage{"unix:" + path, [=](const Answer& answer) {
                         const int visitor = server->visitor();
                         const bool happened = visitor >= 0 && seen(visitor, answer);
                         ::close(visitor);
                         return happened;
                     }};
    };
}

bool gets_a_descriptor(int visitor, const Answer&) {
    std::array<char, 64> bytes{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(visitor, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0) return false;
    const cmsghdr* const head = CMSG_FIRSTHDR(&message);
    if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return false;
    int passed = -1;
    std::copy_n(CMSG_DATA(head), sizeof passed, reinterpret_cast<unsigned char*>(&passed));
    return passed >= 0 && ::close(passed) == 0;
}

bool kernel_keeps_descriptors_out() {
    constexpr int pass_rights = 83;  // SO_PASSRIGHTS, since Linux 6.16
    const int no = 0;
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool known = ::setsockopt(probe, SOL_SOCKET, pass_rights, &no, sizeof no) == 0;
    ::close(probe);
    return known;
}

// Passes the end of a pipe to its first visitor, with a byte; the byte alone where the kernel lets nothing else
// through.
class Passer {
public:
    explicit Passer(const std::string& path) : server_(Listener::Kind::path, path) {
        REQUIRE(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) == 0);
        thread_ = std::thread([this] {
            int visitor = -1;
            while (!over_ && (visitor = server_.visitor()) < 0) std::this_thread::yield();
            pass_to(visitor);
            ::close(visitor);
        });
    }
    ~Passer() {
        over_ = true;
        thread_.join();
        for (const int end : ends_) ::close(end);
    }
    Passer(const Passer&) = delete;
    Passer& operator=(const Passer&) = delete;

    bool was_written_to() const {
        char byte = 0;
        return ::read(ends_[0], &byte, 1) == 1;
    }

private:
    void pass_to(int visitor) const {
        if (!tenon::test::pass_descriptor(visitor, ends_[1])) ::send(visitor, "x", 1, MSG_NOSIGNAL);
    }

    Listener server_;
    std::array<int, 2> ends_{};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

bool has_a_name(int visitor, const Answer&) {
    sockaddr_un peer{};
    socklen_t size = sizeof peer;
    return ::getpeername(visitor, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && size > sizeof(sa_family_t);
}

bool has_urgent_bytes(int visitor, const Answer&) {
    char byte = 0;
    return ::recv(visitor, &byte, 1, MSG_OOB | MSG_DONTWAIT) == 1;
}

bool as_the_plugin_says(int, const Answer& answer) {
    return answer.succeeded();
}

}  // namespace

TEST_CASE("a plugin that was granted a server talks to it, in all of its walls") {
    for (const auto level : {tenon::sandbox::Level::standard, tenon::sandbox::Level::strict}) {
        const Ground ground;
        Walls walls = with_grants();
        walls.level = level;
        Prison prison(ground, walls);
        const Stage stage = heard_by_the_granted(ground, prison);
        const Answer answer = prison.attempt("socket_send", stage.argument);
        INFO(answer.error << " " << answer.text);
        CHECK(answer.succeeded());
        CHECK(stage.happened(answer));
    }
}

TEST_CASE("a plugin sends to nobody else by the socket that it was granted") {
    contained(attempt_to("socket_send_elsewhere"), heard_elsewhere);
}

TEST_CASE("a plugin connects the socket that it was granted to nobody else") {
    contained(attempt_to("socket_connect_elsewhere"), heard_elsewhere);
}

TEST_CASE("a plugin connects the stream that it was granted anew to nobody") {
    contained(attempt_to("socket_connect_anew", seccomp | landlock_since(4)), reached_elsewhere);
}

TEST_CASE("a plugin opens no connection by sending on the socket that it was granted") {
    contained(attempt_to("socket_send_fast"), heard_by_the_granted);
}

TEST_CASE("a plugin sends no messages with addresses of their own on the socket that it was granted") {
    contained(attempt_to("socket_send_several"), heard_by_the_granted);
}

TEST_CASE("a plugin passes no descriptor through the socket that it was granted") {
    contained(attempt_to("socket_pass_descriptor"), at_the_path(gets_a_descriptor));
}

TEST_CASE("a plugin gets no descriptor through the socket that it was granted, by putting it in another's place") {
    Attempt attempt = attempt_to("socket_take_descriptor");
    if (kernel_keeps_descriptors_out()) attempt.other_error = EBADF;  // what comes brings none along
    contained(attempt, [](const Ground& ground, Prison&) {
        const std::string path = ground.granted() + "/socket";
        const auto server = std::make_shared<Passer>(path);
        return Stage{"unix:" + path, [=](const Answer&) { return server->was_written_to(); }};
    });
}

TEST_CASE("a plugin sends nothing urgent on the socket that it was granted") {
    contained(attempt_to("socket_send_urgent"), at_the_path(has_urgent_bytes));
}

TEST_CASE("a plugin gives the socket that it was granted no name") {
    contained(attempt_to("socket_bind"), at_the_path(has_a_name));
}

TEST_CASE("a plugin listens to nobody by the socket that it was granted") {
    Attempt attempt = attempt_to("socket_listen");
    attempt.other_error = EINVAL;  // it has a peer
    contained(attempt, at_the_path(as_the_plugin_says));
}

TEST_CASE("a plugin changes no option of the socket that it was granted, and asks for none but what went wrong") {
    contained(attempt_to("socket_set_option"), at_the_path(as_the_plugin_says));
    contained(attempt_to("socket_ask_option"), at_the_path(as_the_plugin_says));
}
