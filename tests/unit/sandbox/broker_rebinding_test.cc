// A name that leads to a public address when it is judged, and inside when it is dialled. To have a public address that
// can be dialled, the test makes a network of its own, with loopback only; that takes privilege, and where there is
// none, the test says so.
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstring>

#include "sandbox/broker/http.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"
#include "tests/unit/sandbox/http_shop.h"

using namespace tenon;
using namespace tenon::sandbox::broker;
using sandbox_test::Asked;
using sandbox_test::HttpShop;

namespace {

constexpr const char* public_place = "93.184.216.34";

bool configure(int socket, const char* device, const char* address) {
    ifreq wish{};
    std::strncpy(wish.ifr_name, device, sizeof wish.ifr_name - 1);
    auto* const place = reinterpret_cast<sockaddr_in*>(&wish.ifr_addr);
    place->sin_family = AF_INET;
    ::inet_pton(AF_INET, address, &place->sin_addr);
    if (::ioctl(socket, SIOCSIFADDR, &wish) != 0) return false;
    wish.ifr_flags = IFF_UP | IFF_RUNNING;
    return ::ioctl(socket, SIOCSIFFLAGS, &wish) == 0;
}

// Runs on a thread whose network has two addresses, one public and one not; false if that cannot be had.
bool in_small_world(const std::function<void()>& work) {
    bool made = false;
    std::thread thread([&] {
        if (::unshare(CLONE_NEWNET) != 0) return;
        const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        made = configure(socket, "lo", "127.0.0.1") && configure(socket, "lo:1", public_place);
        ::close(socket);
        if (made) work();
    });
    thread.join();
    return made;
}

HttpShop::Handler says(const std::string& text) {
    return [text](const Asked&) { return sandbox_test::answer(200, "", text); };
}

}  // namespace

TEST_CASE("the address that was judged is the one that is dialled, whatever the name leads to by then") {
    std::string first, second;
    std::size_t asked = 0, secret_visits = 0, control_visits = 0;
    const bool made = in_small_world([&] {
        const HttpShop shop(says("public"), public_place, 80), secret(says("secret"), "127.0.0.1", 80);
        const LookUp rebinding = lookups_of([&](const std::string&, Deadline) -> base::Result<std::vector<Address>> {
            return std::vector{parse_address(asked++ == 0 ? public_place : "127.0.0.1").value()};
        });
        const HttpLibrary library;
        HttpBroker broker(library, {{{"shop.test"}, {"http"}, {}, false}}, {}, {rebinding, ""});
        const Fetch get{"GET", "http://shop.test/", {}, ""};
        const auto one = broker.fetch(get);
        first = one ? one.value().body : one.problem().text;
        const auto two = broker.fetch(get);
        second = two ? two.value().body : two.problem().id;
        secret_visits = secret.visits();
        HttpBroker open(library, {{{"shop.test"}, {"http"}, {}, true}}, {}, {rebinding, ""});
        (void)open.fetch(get);
        control_visits = secret.visits();
    });
    if (!test::machine_has(made, "network of a thread's own (CAP_SYS_ADMIN)")) return;
    CHECK(first == "public");
    CHECK(second == "broker.private-address");
    CHECK(asked == 3);  // once for each request
    CHECK(secret_visits == 0);
    CHECK(control_visits == 1);  // where private addresses are allowed, the name does lead there
}
