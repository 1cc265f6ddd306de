// Sockets that a plugin gets connected from its host: to servers of the test, on the loopback and at paths.
#include <chrono>

#include "tests/integration/requests_shop.h"
#include "tests/unit/sandbox/echo_server.h"

using namespace tenon;
using namespace tenon::test;
using sandbox_test::CrowdedServer;
using sandbox_test::EchoServer;

namespace {

constexpr const char* private_allowed = "allow_private = true";

// At the first of the ports that the plugin's manifest asks for at which nobody listens.
std::unique_ptr<EchoServer> open_server(EchoServer::Kind kind) {
    for (std::uint16_t port = 23811; port <= 23814; ++port) {
        auto server = std::make_unique<EchoServer>(kind, port);
        if (server->listens()) return server;
    }
    FAIL("ports 23811 to 23814 are all taken");
    return nullptr;
}

std::string target_of(const std::string& scheme, const EchoServer& server) {
    return scheme + "://127.0.0.1:" + std::to_string(server.port());
}

std::string granted(const std::string& target) {
    return "'network:" + target + "'";
}

}  // namespace

TEST_CASE("a plugin talks to servers by TCP and UDP, with sockets that its host has connected") {
    const Place place;
    const auto tcp = open_server(EchoServer::Kind::tcp), udp = open_server(EchoServer::Kind::udp);
    const std::string by_tcp = target_of("tcp", *tcp), by_udp = target_of("udp", *udp);
    for (const std::string level : {"trusted", "standard", "strict"}) {
        INFO(level);
        Shop shop(place, told(level, granted(by_tcp) + ", " + granted(by_udp), private_allowed));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("call " + by_tcp + " hello") == "0: echo: hello");
        CHECK(shop.tell("call " + by_udp + " hello") == "0: echo: hello");
        CHECK(shop.tell("thread call " + by_tcp + " again") == "0: echo: again");
    }
    CHECK(tcp->visits() == 6);
    CHECK(udp->visits() == 3);
}

TEST_CASE("a plugin talks to a server at a path that was granted, and to no other") {
    const Place place;
    const EchoServer till(place.path("till.socket")), other(place.path("other.socket"));
    for (const std::string level : {"trusted", "standard", "strict"}) {
        INFO(level);
        Shop shop(place, told(level, "'socket:$temp/till.socket'"));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("call unix:" + place.path("till.socket") + " hello") == "0: echo: hello");
        const std::string elsewhere = shop.tell("call unix:" + place.path("shelf/x.socket") + " hello");
        CHECK(elsewhere == not_asked_for("socket:" + place.path("shelf/x.socket")));
        if (level == "trusted") continue;  // to whom all is granted that it asks for
        CHECK(shop.tell("call unix:" + place.path("other.socket") + " hello") ==
              not_granted("socket:" + place.path("other.socket"), "'socket:$temp/other.socket'"));
        CHECK(shop.logged("socket:" + place.path("other.socket")).size() == 1);
    }
    CHECK(till.visits() == 3);
    CHECK(other.visits() == 0);
}

TEST_CASE("a socket that the operator denies as a file is connected to for nobody") {
    const Place place;
    const EchoServer till(place.path("till.socket"));
    for (const std::string level : {"trusted", "standard"})
        for (const std::string rule : {"read:$temp/*.socket", "write:$temp/till.socket"}) {
            INFO(level << " " << rule);
            Shop shop(place, told(level, "'socket:$temp/till.socket'", "deny = ['" + rule + "']"));
            CHECK(shop.tell("call unix:" + place.path("till.socket") + " hello") ==
                  refused(TENON_E_REFUSED, "socket:" + place.path("till.socket") + " is denied by the rule \"" + rule +
                                               "\"; take the rule \"" + rule + "\" back"));
        }
    CHECK(till.visits() == 0);
}

TEST_CASE("a place that was not granted is denied with the command that grants it, and nobody is asked") {
    const Place place;
    const auto server = open_server(EchoServer::Kind::tcp);
    const std::string target = target_of("tcp", *server);
    Shop none(place, told("standard", "", private_allowed));
    CHECK(none.tell("call " + target + " hello") == not_granted("network:" + target, "network:" + target));
    CHECK(none.tell("call tcp://shop.example:25 hello") == not_asked_for("network:tcp://shop.example:25"));
    Shop locked(place, told("locked", granted(target), private_allowed));
    CHECK(locked.tell("call " + target + " hello") ==
          refused(TENON_E_REFUSED,
                  "network:" + target + " is not granted to " + std::string(told_id) + ", which is locked"));
    CHECK(server->visits() == 0);
}

TEST_CASE("a private address is connected to for those alone of whom the operator's file allows it") {
    const Place place;
    const auto server = open_server(EchoServer::Kind::tcp);
    const std::string target = target_of("tcp", *server);
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, granted(target)));
        CHECK(shop.tell("call " + target + " hello") ==
              refused(TENON_E_REFUSED, "network:" + target +
                                           ": 127.0.0.1 leads to 127.0.0.1, which is not in the public network "
                                           "(loopback): if this is meant, let the operator's file say allow_private "
                                           "of org.tenon.test.does-as-told"));
    }
    CHECK(server->visits() == 0);
}

TEST_CASE("a request to connect that names no place is refused, and so is the 61st within a minute") {
    const Place place;
    Shop shop(place, told("standard"));
    CHECK(shop.tell("call gopher://shop.example:70 hello") ==
          refused(TENON_E_INVALID,
                  "the address \"gopher://shop.example:70\" is none of tcp, udp and unix; write it as in "
                  "\"tcp://example.org:25\", \"udp://example.org:53\" or \"unix:/run/example.socket\""));
    std::string answer;
    for (int i = 0; i < 120 && !answer.starts_with(std::to_string(TENON_E_FULL)); ++i)
        answer = shop.tell("call unix:/nowhere hello");
    CHECK(answer.starts_with(refused(TENON_E_FULL, "more than 60 connections a minute; wait ")));
}

TEST_CASE("a plugin is unloaded though a thread of its own waits for a server that takes nobody") {
    const Place place;
    const CrowdedServer till(place.path("till.socket"));
    std::filesystem::permissions(place.path("till.socket"), std::filesystem::perms::all);
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, "'socket:$temp/till.socket'"));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("begin call unix:" + place.path("till.socket") + " hello") == "begun");
        const auto begin = std::chrono::steady_clock::now();
        CHECK(shop.unload() == TENON_STATE_UNLOADED);
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));  // of 30 that it might wait
    }
}
