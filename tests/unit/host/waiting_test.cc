// Which of the requests that wait for a grant would allow a connection: by the same rules as the broker's.
#include "host/deputy_waiting.h"

#include "tests/support/catch.h"

using namespace tenon;

namespace {

std::string helps(const std::string& denied, const host::Requests& waiting) {
    return host::Waiting(waiting, {}).allowing(denied).value_or("none");
}

}  // namespace

TEST_CASE("any name is no address, in what would help as in what is granted") {
    const std::string any = "network:tcp://*:25", below = "network:https://*.example.org";
    CHECK(helps("network:tcp://example.org:25", {any}) == any);
    CHECK(helps("network:tcp://127.0.0.1:25", {any}) == "none");
    CHECK(helps("network:tcp://[::1]:25", {any}) == "none");
    CHECK(helps("network:tcp://example.org:26", {any}) == "none");
    CHECK(helps("network:udp://example.org:25", {any}) == "none");
    CHECK(helps("network:https://shop.example.org:443", {any, below}) == below);
    CHECK(helps("network:https://example.org:443", {below}) == "none");
    CHECK(helps("network:https://shop.example.org:444", {below}) == "none");
}

TEST_CASE("an address that waits for a grant helps where it is asked for, however it is written") {
    const std::string loopback = "network:tcp://127.0.0.1:25";
    CHECK(helps("network:tcp://127.0.0.1:25", {loopback}) == loopback);
    CHECK(helps("network:tcp://127.0.0.2:25", {loopback}) == "none");
    CHECK(helps("network:tcp://127.0.0.1", {loopback}) == "none");
    CHECK(helps("network:127.0.0.1", {loopback}) == "none");
}
