// The network: a confined plugin reaches nobody, and nobody reaches it.
#include <sys/socket.h>
#include <unistd.h>

#include "tests/containment/contained.h"
#include "tests/containment/evidence.h"

using namespace tenon::test;

namespace {

// Somebody listens, and nobody comes.
std::function<Stage(const Ground&, Prison&)> to(Listener::Kind kind) {
    return [=](const Ground& ground, Prison&) {
        const std::string name = kind == Listener::Kind::path ? ground.outside() + "/socket" : unguessable();
        const auto listener = std::make_shared<Listener>(kind, name);
        const std::string words = listener->port() != 0 ? std::to_string(listener->port()) : name;
        return Stage{words, [=](const Answer&) { return listener->was_reached(); }};
    };
}

std::size_t sockets_of(pid_t worker) {
    const std::string links = look_at_links("/proc/" + std::to_string(worker) + "/fd");
    std::size_t count = 0;
    for (std::size_t at = 0; (at = links.find("socket:", at)) != std::string::npos; ++at) ++count;
    return count;
}

// Its worker has one socket more than before.
std::function<Stage(const Ground&, Prison&)> one_more_socket(const std::string& words) {
    return [=](const Ground&, Prison& prison) {
        const pid_t worker = prison.pid();
        const std::size_t before = sockets_of(worker);
        return Stage{words, [=](const Answer&) { return sockets_of(worker) > before; }};
    };
}

bool knows(int family, int kind, int protocol) {
    const int socket = ::socket(family, kind, protocol);
    if (socket >= 0) ::close(socket);
    return socket >= 0 || errno == EPERM;
}

}  // namespace

TEST_CASE("a plugin connects to nobody by TCP") {
    contained({"connect_tcp", seccomp | namespaces | landlock_since(4), EPERM}, to(Listener::Kind::tcp));
}

TEST_CASE("a plugin connects to nobody by sending before it has connected") {
    contained({"connect_by_sending", seccomp | namespaces, EPERM}, to(Listener::Kind::tcp));
}

TEST_CASE("a plugin connects to nobody by several ways at once") {
    const Attempt attempt{"connect_multipath", seccomp | namespaces, EPERM};
    contained(if_there(knows(AF_INET, SOCK_STREAM, 262), "multipath TCP", attempt), to(Listener::Kind::tcp));
}

TEST_CASE("a plugin tells nobody anything by UDP, a name server neither") {
    contained({"send_udp", seccomp | namespaces, EPERM}, [](const Ground&, Prison&) {
        const auto server = std::make_shared<Listener>(Listener::Kind::udp);
        const std::string secret = unguessable();
        return Stage{std::to_string(server->port()) + " " + secret,
                     [=](const Answer&) { return server->heard() == secret; }};
    });
}

TEST_CASE("a plugin offers nothing by TCP") {
    Attempt attempt{"listen_tcp", seccomp | namespaces | landlock_since(4), EPERM};
    attempt.in_vain = namespaces;  // it listens where nobody else is
    contained(attempt, [](const Ground&, Prison&) {
        return Stage{"", [](const Answer& answer) { return answer.succeeded() && can_connect(answer.result); }};
    });
}

TEST_CASE("a plugin does not ask the kernel what networks there are") {
    contained({"talk_to_kernel", seccomp, EPERM}, [](const Ground&, Prison&) {
        return Stage{"", [](const Answer& answer) { return answer.text.find("lo") != std::string::npos; }};
    });
}

TEST_CASE("a plugin has no socket to the machine that this one runs in") {
    Attempt attempt{"make_socket", seccomp, EPERM};
    attempt = if_there(knows(AF_VSOCK, SOCK_STREAM, 0), "sockets of virtual machines", attempt);
    contained(if_there(can_look(), "way to see what an ordinary user's worker has", attempt),
              one_more_socket(std::to_string(AF_VSOCK) + " 1 0"));
}

TEST_CASE("a plugin sees no packets") {
    Attempt attempt{"make_socket", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, one_more_socket(std::to_string(AF_PACKET) + " 3 768"));
}

TEST_CASE("a plugin makes no packets") {
    Attempt attempt{"make_socket", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, one_more_socket(std::to_string(AF_INET) + " 3 1"));
}

TEST_CASE("a plugin connects to no socket that is a file") {
    contained({"connect_path", seccomp, EPERM}, to(Listener::Kind::path));
}

TEST_CASE("a plugin connects to no socket that has only a name") {
    contained({"connect_abstract", seccomp | namespaces | landlock_since(6), EPERM}, to(Listener::Kind::abstract));
}
