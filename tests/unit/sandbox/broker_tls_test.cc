// TLS, against the server of the openssl program with a certificate that is made for the test.
#include <fmt/format.h>

#include <cstdio>

#include "base/file.h"
#include "sandbox/broker/http.h"
#include "sandbox/broker/processes.h"
#include "tests/support/catch.h"

using namespace tenon;
using namespace tenon::sandbox::broker;

namespace {

constexpr const char* openssl = "/usr/bin/openssl";

// A certificate for "shop.test" and a server that shows files of its folder, each a whole answer.
struct TlsShop {
    std::string folder = base::make_unique_folder(base::temporary_folder(), "tls").take();
    FILE* server = nullptr;
    std::uint16_t port = 0;

    explicit TlsShop(int guests) {
        make_certificate();
        write("welcome", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwelcome");
        write("down", "HTTP/1.1 302 Found\r\nLocation: http://shop.test/\r\nConnection: close\r\n\r\n");
        const std::string command = fmt::format(
            "cd {} && exec timeout 60 {} s_server -accept 127.0.0.1:0 -HTTP -cert cert.pem -key key.pem -naccept {} "
            "2>&1",
            folder, openssl, guests);
        server = ::popen(command.c_str(), "r");
        REQUIRE(server != nullptr);
        char line[256] = "";
        while (port == 0 && std::fgets(line, sizeof line, server) != nullptr)
            (void)std::sscanf(line, "ACCEPT 127.0.0.1:%hu", &port);
        REQUIRE(port != 0);
    }
    ~TlsShop() {
        if (server != nullptr) {
            char line[256];
            while (std::fgets(line, sizeof line, server) != nullptr) {
            }
            ::pclose(server);
        }
        base::remove_tree(folder);
    }
    TlsShop(const TlsShop&) = delete;
    TlsShop& operator=(const TlsShop&) = delete;

    void write(const std::string& name, std::string_view bytes) const {
        REQUIRE_FALSE(base::write_file(folder + "/" + name, bytes));
    }
    void make_certificate() const {
        ProcessBroker broker({{openssl,
                               {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                                "-days", "2", "-subj", "/CN=shop.test", "-addext", "subjectAltName=DNS:shop.test",
                                "-keyout", "{folder}/key.pem", "-out", "{folder}/cert.pem"}}},
                             {});
        const auto made = broker.run({openssl, {{"folder", folder}}, ""});
        if (!made) FAIL(made.problem().text);
        if (made.value().status != 0) FAIL(made.value().errors);
    }
};

}  // namespace

TEST_CASE("a server must prove its name, to an authority that is known; and https never becomes http") {
    const TlsShop shop(4);
    const HttpLibrary library;
    const LookUp here = lookups_of([](const std::string&, Deadline) -> base::Result<std::vector<Address>> {
        return std::vector{parse_address("127.0.0.1").value()};
    });
    const std::vector<NetworkRule> rules{{{"*"}, {"https", "http"}, {shop.port, 80}, true}};
    HttpBroker broker(library, rules, {}, {here, shop.folder + "/cert.pem"}), strangers(library, rules, {}, {here, ""});
    const auto get = [&](const std::string& path, const std::string& host = "shop.test") {
        return Fetch{"GET", fmt::format("https://{}:{}/{}", host, shop.port, path), {}, ""};
    };
    const auto fine = broker.fetch(get("welcome"));
    CHECK((fine ? fine.value().body : fine.problem().text) == "welcome");
    const auto other = broker.fetch(get("welcome", "evil.test"));
    CHECK((other ? other.value().body : other.problem().id) == "broker.unreachable");
    if (!other)
        CHECK(other.problem().text.find("no alternative certificate subject name matches") != std::string::npos);
    const auto unknown = strangers.fetch(get("welcome"));
    CHECK((unknown ? unknown.value().body : unknown.problem().id) == "broker.unreachable");
    if (!unknown) CHECK(unknown.problem().text.find("self-signed certificate") != std::string::npos);
    const auto down = broker.fetch(get("down"));
    CHECK((down ? down.value().body : down.problem().id) == "broker.redirects");
    if (!down)
        CHECK(down.problem().text ==
              fmt::format("network:https://shop.test:{}: redirects from https to network:http://shop.test:80",
                          shop.port));
}
