// What a plugin fetches through its host, from a web server of the test.
#include "tests/integration/requests_shop.h"
#include "tests/unit/sandbox/http_shop.h"

using namespace tenon;
using namespace tenon::test;
using sandbox_test::answer;
using sandbox_test::Asked;
using sandbox_test::HttpShop;

namespace {

constexpr std::size_t largest_body = 8u << 20;
const std::string every_port =
    "'network:http://127.0.0.1:23811', 'network:http://127.0.0.1:23812', 'network:http://127.0.0.1:23813', "
    "'network:http://127.0.0.1:23814'";

std::string served(const Asked& asked) {
    if (asked.target() == "/price") return answer(200, "", "42 cents");
    if (asked.target() == "/catalogue") return answer(200, "", std::string(largest_body, 'c'));
    if (asked.target() == "/archive") return answer(200, "", std::string(largest_body + (64u << 10) + 1, 'a'));
    if (asked.target() == "/elsewhere") return answer(302, "Location: http://shop.example/price\r\n", "");
    if (asked.target() == "/moved") return answer(301, "Location: /price\r\n", "");
    return answer(404, "", "nothing here");
}

// At the first of the ports that the plugin's manifest asks for on which nobody listens.
std::unique_ptr<HttpShop> open_server() {
    for (std::uint16_t port = 23811; port <= 23814; ++port) try {
            return std::make_unique<HttpShop>(served, "127.0.0.1", port);
        } catch (const boost::system::system_error&) {  // the next one
        }
    FAIL("ports 23811 to 23814 are all taken");
    return nullptr;
}

std::string origin_of(const HttpShop& server) {
    return "http://127.0.0.1:" + std::to_string(server.port());
}

constexpr const char* private_allowed = "allow_private = true";

}  // namespace

TEST_CASE("what a server says comes back with its status, whatever that is") {
    const Place place;
    const auto server = open_server();
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_port, private_allowed));
        REQUIRE(shop.refusal().empty());
        CHECK(shop.tell("fetch GET " + origin_of(*server) + "/price") == "0: 200 42 cents");
        CHECK(server->last()["X-Shop"] == "till");
        CHECK(shop.tell("fetch GET " + origin_of(*server) + "/moved") == "0: 200 42 cents");
        CHECK(shop.tell("fetch POST " + origin_of(*server) + "/orders three apples") == "0: 404 nothing here");
        CHECK(server->last().method() == boost::beast::http::verb::post);
        CHECK(server->last().body() == "three apples");
    }
}

TEST_CASE("a body of 8 MiB crosses whole, and an answer beyond the limit does not come") {
    const Place place;
    const auto server = open_server();
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_port, private_allowed));
        CHECK(shop.tell("fetch GET " + origin_of(*server) + "/catalogue") ==
              "0: 200 " + in_short(std::string(largest_body, 'c')));
        CHECK(shop.tell("fetch GET " + origin_of(*server) + "/archive") ==
              refused(TENON_E_FULL, "network:" + origin_of(*server) +
                                        ": the answer has more than 8454144 bytes; ask for less, or in parts "
                                        "(the header Range)"));
        CHECK(shop.tell("fetch GET " + origin_of(*server) + "/price") == "0: 200 42 cents");
    }
}

TEST_CASE("a domain that the manifest does not ask for is denied, also when a server redirects to it") {
    const Place place;
    const auto server = open_server();
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        Shop shop(place, told(level, every_port, private_allowed));
        const std::string denial = not_asked_for("network:http://shop.example:80");
        CHECK(shop.tell("fetch GET http://shop.example/price") == denial);
        CHECK(shop.tell("fetch GET " + origin_of(*server) + "/elsewhere") == denial);
        CHECK(shop.logged("shop.example") == std::vector{std::string(told_id) + ": " + denial.substr(5)});
    }
}

TEST_CASE("a domain that was not granted is denied with the command that grants it, and nobody is asked") {
    const Place place;
    const auto server = open_server();
    const std::string permission = "network:" + origin_of(*server);
    const std::string fetch = "fetch GET " + origin_of(*server) + "/price";
    Shop none(place, told("standard", "", private_allowed));
    CHECK(none.tell(fetch) == not_granted(permission, permission));
    const std::string other = server->port() == 23814 ? "23811" : "23814";
    Shop another(place, told("standard", "'network:http://127.0.0.1:" + other + "'", private_allowed));
    CHECK(another.tell(fetch) == not_granted(permission, permission));
    CHECK(server->visits() == 0);
}

TEST_CASE("a private address is for those alone of whom the operator's file allows it") {
    const Place place;
    const auto server = open_server();
    for (const std::string level : {"trusted", "standard"}) {
        INFO(level);
        const std::string fetch = "fetch GET " + origin_of(*server) + "/price";
        const std::size_t before = server->visits();
        Shop shop(place, told(level, every_port));
        CHECK(shop.tell(fetch) ==
              refused(TENON_E_REFUSED, "network:" + origin_of(*server) +
                                           ": 127.0.0.1 leads to 127.0.0.1, which is not in the public network "
                                           "(loopback): if this is meant, let the operator's file say allow_private "
                                           "of org.tenon.test.does-as-told"));
        CHECK(server->visits() == before);
        Shop allowed(place, told(level, every_port, private_allowed));
        CHECK(allowed.tell(fetch) == "0: 200 42 cents");
    }
}
