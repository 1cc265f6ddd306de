#include "sandbox/broker/connect.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "sandbox/broker/refusal.h"
#include "tests/support/pass_descriptor.h"
#include "tests/unit/sandbox/echo_server.h"

using namespace tenon;
using namespace tenon::sandbox::broker;
using sandbox_test::CrowdedServer;
using sandbox_test::EchoServer;

namespace {

using Kind = EchoServer::Kind;

// What a test's names lead to, and how often somebody asked.
struct KnownNames {
    std::vector<Address> all;
    std::size_t asked = 0;
    LookUp look_up() {
        return lookups_of(
            [this](const std::string&, Deadline) -> base::Result<std::vector<Address>> { return ++asked, all; });
    }
};

Address address(std::string_view text) {
    return parse_address(text).value();
}

std::string target(const std::string& scheme, std::uint16_t port, const std::string& host = "127.0.0.1") {
    return fmt::format("{}://{}:{}", scheme, host, port);
}

ConnectRules rules(const std::string& scheme, std::uint16_t port, const std::string& host = "127.0.0.1") {
    return {{{{host}, {scheme}, {port}, true}}, {}};
}

std::string said(const base::Result<base::Fd>& socket) {
    if (!socket) return socket.problem().id + ": " + socket.problem().text;
    std::array<char, 64> bytes{};
    if (::send(socket.value().get(), "hello", 5, MSG_NOSIGNAL) != 5) return "not sent";
    const ssize_t got = ::recv(socket.value().get(), bytes.data(), bytes.size(), 0);
    return got < 0 ? "nothing heard" : std::string(bytes.data(), static_cast<std::size_t>(got));
}

std::string refusal(const base::Result<base::Fd>& socket) {
    REQUIRE_FALSE(socket);
    return socket.problem().id + ": " + socket.problem().text;
}

struct Folder {
    std::string root = base::make_unique_folder(base::temporary_folder(), "connect").take();
    Folder() = default;
    ~Folder() { base::remove_tree(root); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string at(const std::string& name) const { return root + "/" + name; }
    ConnectRules rules(const std::string& name) const { return {{}, {Glob::parse(at(name)).take()}}; }
};

const Patience patience;

// Whether the thread waits for a descriptor, or for nothing.
bool is_in_poll(long thread) {
    long call = -1;
    std::ifstream(fmt::format("/proc/self/task/{}/syscall", thread)) >> call;
#ifdef SYS_poll
    if (call == SYS_poll) return true;
#endif
    return call == SYS_ppoll;
}

// What is wrong, and what helps.
std::string advice(const base::Result<base::Fd>& socket) {
    return refusal(socket) + "; " + socket.problem().fix;
}

// A server of the test's own at a path.
base::Fd server_at(const std::string& path, int kind) {
    base::Fd server(::socket(AF_UNIX, kind | SOCK_CLOEXEC, 0));
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, path.c_str(), path.size());
    REQUIRE(::bind(server.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    if (kind == SOCK_STREAM) REQUIRE(::listen(server.get(), 8) == 0);
    return server;
}

Patience a_moment() {
    return Patience().at_most(100'000'000);
}

}  // namespace

TEST_CASE("a granted server is connected to by TCP and by UDP, with a socket that blocks and that no program gets") {
    for (const auto& [kind, scheme] : {std::pair{Kind::tcp, "tcp"}, std::pair{Kind::udp, "udp"}}) {
        const EchoServer server(kind);
        const ConnectBroker broker(rules(scheme, server.port()));
        const auto socket = broker.connect(target(scheme, server.port()), patience);
        CHECK(said(socket) == "echo: hello");
        CHECK((::fcntl(socket.value().get(), F_GETFL) & O_NONBLOCK) == 0);
        CHECK((::fcntl(socket.value().get(), F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(said(broker.connect(target(scheme, server.port(), "0x7f.1"), patience)) == "echo: hello");
    }
}

TEST_CASE("what was not granted is denied, by protocol, port and host, and no name is looked up for it") {
    KnownNames names;
    const ConnectBroker broker({{{{"shop.test"}, {"tcp"}, {25}, true}, {{"shop.test"}, {"https"}, {}, true}}, {}},
                               names.look_up());
    const auto denial = [&](const std::string& what) { return refusal(broker.connect(what, patience)); };
    CHECK(denial("udp://shop.test:25") == "permission.denied: network:udp://shop.test:25 is not granted");
    CHECK(denial("tcp://shop.test:443") == "permission.denied: network:tcp://shop.test:443 is not granted");
    CHECK(denial("tcp://Other.test:25") == "permission.denied: network:tcp://other.test:25 is not granted");
    CHECK(denial("tcp://[::1]:25") == "permission.denied: network:tcp://[::1]:25 is not granted");
    CHECK(denial("unix:/run/shop.socket") == "permission.denied: socket:/run/shop.socket is not granted");
    CHECK(names.asked == 0);
}

TEST_CASE("a place to connect to that can be read in two ways, or not at all, is refused") {
    const ConnectBroker broker({{{{"*"}, {"tcp", "udp"}, {25}, true}}, {}});
    const auto fault = [&](const std::string& what) { return refusal(broker.connect(what, patience)); };
    CHECK(fault("https://shop.test:25") ==
          "broker.bad-url: the address \"https://shop.test:25\" is none of tcp, udp and unix");
    CHECK(broker.connect("https://shop.test:25", patience).problem().fix ==
          "write it as in \"tcp://example.org:25\", \"udp://example.org:53\" or \"unix:/run/example.socket\"");
    for (const auto* other :
         {"", "tcp", "tcp:", "tcp:/", "tcp:25", "TCP://shop.test:25", "//shop.test:25", "tcp2://a:1"})
        CHECK(fault(other).ends_with("\" is none of tcp, udp and unix"));
    CHECK(fault("tcp://").ends_with(" has no host"));
    CHECK(fault("tcp://:25").ends_with(" has no host"));
    CHECK(fault("tcp://shop.test").ends_with(" has no port"));
    for (const auto* port : {"", "0", "65536", "-1", "+25", " 25", "25/", "25/path", "25?", "smtp", "25:25"})
        CHECK(fault(fmt::format("tcp://shop.test:{}", port)).ends_with(" has a port that is not one of 1 to 65535"));
    CHECK(fault("tcp://shop.test.:25").ends_with(" has a host that ends in a dot"));
    CHECK(fault("tcp://b\u00fccher.test:25").find("has a host that is not of a-z, 0-9 and hyphens") !=
          std::string::npos);
    CHECK(fault("tcp://user@shop.test:25").find("has a host that is not of a-z, 0-9 and hyphens") != std::string::npos);
    CHECK(fault("tcp://[fe80::1%lo]:25").ends_with(" has a host in brackets that is no IPv6 address"));
    CHECK(fault("tcp://[127.0.0.1]:25").ends_with(" has a host in brackets that is no IPv6 address"));
    CHECK(fault("tcp://a.1.2.3.4:25").ends_with(" has a host that is neither a name nor an address"));
    CHECK(fault("unix:run/shop") == "broker.bad-path: the path \"run/shop\" is not absolute");
    CHECK(fault("unix:/run/../shop").ends_with(" has the part \"..\""));
    CHECK(fault(std::string("unix:/run\0/shop", 15)).ends_with(" has a control character"));
}

TEST_CASE("a name or an address that leads inside is refused, by whatever notation") {
    const EchoServer server(Kind::tcp);
    KnownNames names{{address("127.0.0.1")}};
    ConnectRules strict{{{{"*", "127.0.0.1", "::ffff:127.0.0.1", "::1"}, {"tcp"}, {server.port()}, false}}, {}};
    const ConnectBroker broker(strict, names.look_up());
    CHECK(
        refusal(broker.connect(target("tcp", server.port(), "shop.test"), patience)) ==
        fmt::format("broker.private-address: network:tcp://shop.test:{}: shop.test leads to 127.0.0.1, which is not in "
                    "the public network (loopback)",
                    server.port()));
    for (const auto* host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"})
        CHECK(refusal(broker.connect(target("tcp", server.port(), host), patience))
                  .starts_with("broker.private-address: network:tcp://"));
    strict.network[0].allow_private = true;
    const ConnectBroker open(strict, names.look_up());
    CHECK(said(open.connect(target("tcp", server.port(), "shop.test"), patience)) == "echo: hello");
    CHECK(refusal(open.connect(target("tcp", server.port(), "[::ffff:127.0.0.1]"), patience))
              .ends_with(" which is not in the public network (IPv4-mapped)"));
    names.all = {address("127.0.0.1"), address("169.254.169.254")};
    CHECK(refusal(open.connect(target("tcp", server.port(), "shop.test"), patience))
              .ends_with(" leads to 169.254.169.254, which is not in the public network (link-local)"));
    CHECK(server.visits() == 1);
}

TEST_CASE("a name is looked up once, what was checked is dialled, and of several addresses one that answers") {
    const EchoServer server(Kind::tcp);
    KnownNames names{{address("127.0.0.2"), address("127.0.0.1")}};
    const ConnectBroker broker(rules("tcp", server.port(), "shop.test"), names.look_up());
    CHECK(said(broker.connect(target("tcp", server.port(), "shop.test"), patience)) == "echo: hello");
    CHECK(names.asked == 1);
    names.all = {address("127.0.0.2")};
    CHECK(refusal(broker.connect(target("tcp", server.port(), "shop.test"), patience)) ==
          fmt::format("broker.unreachable: network:tcp://shop.test:{}: Connection refused", server.port()));
}

TEST_CASE("a server at a path is connected to, and nobody else there") {
    const Folder folder;
    const EchoServer server(folder.at("shop.socket"));
    const auto connect = [&](const std::string& name) {
        return ConnectBroker(folder.rules(name)).connect("unix:" + folder.at(name), patience);
    };
    CHECK(said(connect("shop.socket")) == "echo: hello");
    CHECK(refusal(connect("none.socket")) == "broker.not-found: " + folder.at("none.socket") + " does not exist");
    REQUIRE_FALSE(base::write_file(folder.at("file"), "x"));
    CHECK(refusal(connect("file")) == "broker.not-a-socket: " + folder.at("file") + " is no socket");
    REQUIRE(::symlink("shop.socket", folder.at("link").c_str()) == 0);
    CHECK(refusal(connect("link")) == "broker.link: " + folder.at("link") + " leads through a link");
    REQUIRE(::symlink(".", folder.at("here").c_str()) == 0);
    CHECK(refusal(connect("here/shop.socket")).starts_with("broker.link: "));
    {
        const EchoServer gone(folder.at("gone.socket"));
    }
    CHECK(refusal(connect("gone.socket")) ==
          "broker.unreachable: socket:" + folder.at("gone.socket") + ": Connection refused");
    CHECK(server.visits() == 1);
}

TEST_CASE("no descriptor comes through a socket that was connected for a plugin, where the kernel can see to it") {
    constexpr int pass_rights = 83;  // SO_PASSRIGHTS, since Linux 6.16
    const Folder folder;
    const base::Fd server = server_at(folder.at("shop.socket"), SOCK_STREAM);
    const auto socket =
        ConnectBroker(folder.rules("shop.socket")).connect("unix:" + folder.at("shop.socket"), patience);
    REQUIRE(socket);
    const base::Fd visitor(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    int passes = 1;
    socklen_t size = sizeof passes;
    const bool known = ::getsockopt(socket.value().get(), SOL_SOCKET, pass_rights, &passes, &size) == 0;
    CHECK(passes == (known ? 0 : 1));
    CHECK(test::pass_descriptor(visitor.get(), 2) == !known);
}

TEST_CASE("why a server cannot be reached is told with what helps") {
    const Folder folder;
    const auto at = [&](const std::string& name) {
        return ConnectBroker(folder.rules(name)).connect("unix:" + folder.at(name), patience);
    };
    const base::Fd datagrams = server_at(folder.at("datagrams"), SOCK_DGRAM);
    CHECK(advice(at("datagrams")) == "broker.unreachable: socket:" + folder.at("datagrams") +
                                         ": Protocol wrong type for socket; let the server listen with a stream "
                                         "socket (SOCK_STREAM)");
    const base::Fd closed = server_at(folder.at("closed"), SOCK_STREAM);
    REQUIRE(::chmod(folder.root.c_str(), 0755) == 0);
    REQUIRE(::chmod(folder.at("closed").c_str(), 0) == 0);
    const uid_t before = ::geteuid();
    if (before == 0) REQUIRE(::seteuid(65534) == 0);
    const std::string refused = advice(at("closed"));
    REQUIRE(::seteuid(before) == 0);
    CHECK(refused == "broker.unreachable: socket:" + folder.at("closed") +
                         ": Permission denied; let the user that the host runs as write to the socket");
    rlimit files{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
    const rlimit none{0, files.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const std::string full = advice(ConnectBroker(rules("tcp", 25)).connect(target("tcp", 25), patience));
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0);
    CHECK(full ==
          "broker.unreachable: network:tcp://127.0.0.1:25: Too many open files; allow the host more open files "
          "(ulimit -n)");
}

TEST_CASE("of many addresses all are judged, and the first sixteen are dialled") {
    const EchoServer server(Kind::tcp);
    KnownNames names;
    for (std::size_t i = 0; i < most_addresses; ++i) names.all.push_back(address(fmt::format("127.0.0.{}", i + 2)));
    names.all.push_back(address("127.0.0.1"));
    const ConnectBroker broker(rules("tcp", server.port(), "shop.test"), names.look_up());
    const auto connect = [&] { return broker.connect(target("tcp", server.port(), "shop.test"), patience); };
    CHECK(refusal(connect()) ==
          fmt::format("broker.unreachable: network:tcp://shop.test:{}: Connection refused", server.port()));
    CHECK(server.visits() == 0);
    names.all.erase(names.all.begin());
    CHECK(said(connect()) == "echo: hello");
    names.all.assign(most_addresses, address("127.0.0.1"));
    names.all.push_back(address("169.254.169.254"));
    CHECK(refusal(connect()).starts_with("broker.private-address: "));
    CHECK(server.visits() == 1);
}

TEST_CASE("a server that takes nobody is waited for until the deadline, or until the plugin goes") {
    const Folder folder;
    const CrowdedServer shop, till(folder.at("till.socket"));
    ConnectRules all = rules("tcp", shop.port);
    all.sockets = folder.rules("till.socket").sockets;
    const ConnectBroker broker(all);
    for (const std::string& place : {target("tcp", shop.port), "unix:" + folder.at("till.socket")}) {
        INFO(place);
        const std::string permission =
            place.starts_with("tcp") ? "network:" + place : "socket:" + folder.at("till.socket");
        CHECK(refusal(broker.connect(place, a_moment())) ==
              "broker.timeout: " + permission + ": there was no connection in time");
        Stop stop;
        Patience stoppable = patience;
        stoppable.stop = &stop;
        std::atomic<long> thread{0};
        std::string cut_short;
        std::thread waiting([&] {
            thread = ::syscall(SYS_gettid);
            cut_short = refusal(broker.connect(place, stoppable));
        });
        while (thread == 0 || !is_in_poll(thread)) std::this_thread::yield();
        stop.raise();
        waiting.join();
        CHECK(cut_short ==
              "broker.stopped: " + permission + ": was cut short: the plugin is unloaded, or its worker has ended");
    }
}

TEST_CASE("an address that is silent leaves time for the next one") {
    const CrowdedServer silent;  // at 127.0.0.1
    const EchoServer server(Kind::tcp, silent.port, "127.0.0.2");
    REQUIRE(server.listens());
    KnownNames names{{address("127.0.0.1"), address("127.0.0.2")}};
    const ConnectBroker broker(rules("tcp", silent.port, "shop.test"), names.look_up());
    CHECK(said(broker.connect(target("tcp", silent.port, "shop.test"), patience.at_most(2 * second_ns))) ==
          "echo: hello");
}
