// The machine's DNS client, sent to a name server that never answers.
#include "sandbox/broker/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <resolv.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/clock.h"
#include "base/fd.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"

using namespace tenon;
using namespace tenon::sandbox::broker;

namespace {

struct SilentServer {
    base::Fd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    sockaddr_in place{};
    SilentServer() {
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof place;
        REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place), size) == 0);
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size) == 0);
    }
    // For the calling thread.
    void become_the_only_one() const {
        ::res_init();
        _res.nscount = 1;
        _res.nsaddr_list[0] = place;
        _res.retrans = 1;
        _res.retry = 2;
    }
    // What it was asked for since the last time.
    std::size_t questions() const {
        std::size_t count = 0;
        for (char bytes[512]; ::recv(socket.get(), bytes, sizeof bytes, 0) > 0;) ++count;
        return count;
    }
};

}  // namespace

TEST_CASE("a name server is asked once, and the thread's DNS client is as it was afterwards") {
    const SilentServer server;
    std::string problem;
    std::size_t asked = 0, control = 0;
    int retrans = 0, retry = 0;
    bool same_options = false;
    std::thread([&] {
        server.become_the_only_one();
        const auto options = _res.options;
        const auto found = resolve_by_system("shop.invalid", base::monotonic_ns() + second_ns);
        problem = found ? "found" : found.problem().id;
        asked = server.questions();
        retrans = _res.retrans;
        retry = _res.retry;
        same_options = options == _res.options;
        addrinfo* list = nullptr;
        if (::getaddrinfo("shop.invalid", nullptr, nullptr, &list) == 0) ::freeaddrinfo(list);
        control = server.questions();
    }).join();
    CHECK((problem == "broker.timeout" || problem == "broker.unknown-host"));
    CHECK(retrans == 1);
    CHECK(retry == 2);
    CHECK(same_options);
    if (tenon::test::machine_has(control != 0, "DNS among what names are looked up in (/etc/nsswitch.conf)"))
        CHECK(asked < control);
}
