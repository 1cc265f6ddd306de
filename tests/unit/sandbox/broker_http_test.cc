#include "sandbox/broker/http.h"

#include <stdlib.h>

#include <map>

#include "sandbox/broker/refusal.h"
#include "tests/support/catch.h"
#include "tests/unit/sandbox/http_shop.h"

using namespace tenon;
using namespace tenon::sandbox::broker;
using sandbox_test::answer;
using sandbox_test::Asked;
using sandbox_test::HttpShop;

namespace {

// Names that lead where a test wants, each time to the next place; and how often each was asked for.
struct Names {
    std::map<std::string, std::vector<std::string>> places;
    std::map<std::string, std::size_t> asked;

    LookUp look_up() {
        return lookups_of([this](const std::string& host, Deadline) -> base::Result<std::vector<Address>> {
            const std::size_t times = asked[host]++;
            if (!places.contains(host)) return base::Problem{"broker.unknown-host", host + " has no address", ""};
            const std::vector<std::string>& all = places[host];
            std::vector<Address> found;
            std::string_view text = all[std::min(times, all.size() - 1)];
            while (!text.empty()) {
                found.push_back(parse_address(text.substr(0, text.find(' '))).value());
                text.remove_prefix(
                    std::min(text.find(' ') == text.npos ? text.size() : text.find(' ') + 1, text.size()));
            }
            return found;
        });
    }
};

struct Client {
    HttpLibrary library;
    Names names{{{"shop.test", {"127.0.0.1"}}, {"other.test", {"127.0.0.1"}}}, {}};
    HttpLimits limits;
    std::vector<NetworkRule> rules;

    explicit Client(std::uint16_t port) { rules = {{{"shop.test"}, {"http"}, {port}, true}}; }
    HttpBroker broker() { return {library, rules, limits, {names.look_up(), ""}}; }
    base::Result<Fetched> fetch(const Fetch& request) {
        HttpBroker one(library, rules, limits, {names.look_up(), ""});
        return one.fetch(request);
    }
    base::Result<Fetched> get(const std::string& url) { return fetch({"GET", url, {}, ""}); }
};

std::string welcome(const Asked&) {
    return answer(200, "X-Beer: cold\r\nX-Empty:\r\n", "welcome");
}

std::string shop_url(const HttpShop& shop, const std::string& path, const std::string& host = "shop.test") {
    return fmt::format("http://{}:{}{}", host, shop.port(), path);
}

base::Problem problem_of(const base::Result<Fetched>& result) {
    REQUIRE_FALSE(result);
    return result.problem();
}

std::string header_of(const Asked& asked, const std::string& name) {
    const auto found = asked.find(name);
    return found == asked.end() ? "(none)" : std::string(found->value());
}

}  // namespace

TEST_CASE("a granted host answers, with what was asked and nothing of the host's") {
    REQUIRE(::setenv("http_proxy", "http://127.0.0.1:1", 1) == 0);  // to which nobody listens
    HttpShop shop(welcome);
    Client client(shop.port());
    const auto got = client.fetch({"GET", shop_url(shop, "/beer?size=l"), {{"X-Want", "cold"}, {"X-None", ""}}, ""});
    ::unsetenv("http_proxy");
    if (!got) FAIL(got.problem().text);
    CHECK(got.value().status == 200);
    CHECK(got.value().body == "welcome");
    CHECK(got.value().url == shop_url(shop, "/beer?size=l"));
    CHECK(got.value().headers ==
          Headers{{"X-Beer", "cold"}, {"X-Empty", ""}, {"Content-Length", "7"}, {"Connection", "close"}});
    CHECK(shop.last().method_string() == "GET");
    CHECK(shop.last().target() == "/beer?size=l");
    CHECK(header_of(shop.last(), "Host") == fmt::format("shop.test:{}", shop.port()));
    CHECK(header_of(shop.last(), "X-Want") == "cold");
    CHECK(header_of(shop.last(), "X-None").empty());
    CHECK(header_of(shop.last(), "User-Agent") == "(none)");
}

TEST_CASE("each method is sent as it is, with its body") {
    HttpShop shop([](const Asked& asked) { return answer(asked.method_string() == "DELETE" ? 404 : 201, "", ""); });
    Client client(shop.port());
    for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"}) {
        const std::string body("beer\0wine", 9);
        const auto got = client.fetch({method, shop_url(shop, "/"), {{"Content-Type", "text/x"}}, body});
        if (!got) FAIL(got.problem().text);
        CHECK(got.value().status == (std::string(method) == "DELETE" ? 404u : 201u));
        CHECK(shop.last().method_string() == method);
        CHECK(shop.last().body() == body);
        CHECK(header_of(shop.last(), "Content-Type") == "text/x");
        CHECK(header_of(shop.last(), "Expect") == "(none)");
    }
    REQUIRE(client.fetch({"POST", shop_url(shop, "/"), {}, std::string(100'000, 'x')}));
    CHECK(shop.last().body().size() == 100'000);
    CHECK(header_of(shop.last(), "Content-Type") == "(none)");
    REQUIRE(client.fetch({"HEAD", shop_url(shop, "/"), {}, ""}));
    CHECK(shop.last().method_string() == "HEAD");
}

TEST_CASE("a host, a protocol and a port are granted together") {
    Client client(8080);
    client.rules = {{{"shop.test", "*.shop.test"}, {"http", "https"}, {}, true}, {{"any.test"}, {"http"}, {81}, true}};
    const auto denied_as = [&](const std::string& url, const std::string& permission) {
        const base::Problem no = problem_of(client.get(url));
        CHECK(no.id == "permission.denied");
        CHECK(no.text == permission + " is not granted");
        CHECK(missing_permission(no) == permission);
    };
    denied_as("https://evil.test/", "network:https://evil.test:443");
    denied_as("http://shop.test:81/", "network:http://shop.test:81");
    denied_as("http://shop.test.evil.test/", "network:http://shop.test.evil.test:80");
    denied_as("http://evilshop.test/", "network:http://evilshop.test:80");
    denied_as("https://any.test:81/", "network:https://any.test:81");
    denied_as("http://any.test/", "network:http://any.test:80");
    CHECK(client.names.asked.empty());  // a name that is not granted is not told to any name server
    CHECK(problem_of(client.get("http://a.b.shop.test/")).id == "broker.unknown-host");
    CHECK(problem_of(client.get("http://any.test:81/")).id == "broker.unknown-host");
    client.rules = {{{"*.shop.test"}, {"http"}, {}, true}};
    denied_as("http://shop.test/", "network:http://shop.test:80");
}

TEST_CASE("an address in any notation needs a rule that names it, and the operator's word") {
    HttpShop shop(welcome);
    Client client(shop.port());
    client.rules = {{{"*"}, {"http"}, {shop.port()}, true}};
    for (const auto* host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1"})
        CHECK(problem_of(client.get(shop_url(shop, "/", host))).text ==
              fmt::format("network:http://127.0.0.1:{} is not granted", shop.port()));
    CHECK(problem_of(client.get(shop_url(shop, "/", "[::ffff:127.0.0.1]"))).text ==
          fmt::format("network:http://[::ffff:127.0.0.1]:{} is not granted", shop.port()));
    client.rules = {{{"127.0.0.1", "::ffff:127.0.0.1"}, {"http"}, {shop.port()}, false}};
    const base::Problem no = problem_of(client.get(shop_url(shop, "/", "127.1")));
    CHECK(no.id == "broker.private-address");
    CHECK(no.text ==
          fmt::format("network:http://127.0.0.1:{}: 127.0.0.1 leads to 127.0.0.1, which is not in the public "
                      "network (loopback)",
                      shop.port()));
    CHECK(no.fix == "if this is meant, let the operator allow private addresses for this host");
    CHECK(shop.visits() == 0);
    client.rules[0].allow_private = true;
    CHECK(client.get(shop_url(shop, "/", "127.1")).value().body == "welcome");
    CHECK(problem_of(client.get(shop_url(shop, "/", "[::ffff:127.0.0.1]"))).id == "broker.private-address");
    CHECK(shop.visits() == 1);
}

TEST_CASE("a name that leads inside is refused, also if only one of its addresses does") {
    HttpShop shop(welcome);
    Client client(shop.port());
    client.rules[0].allow_private = false;
    const auto kind = [&](const std::string& places) {
        client.names.places["shop.test"] = {places};
        const base::Problem no = problem_of(client.get(shop_url(shop, "/")));
        CHECK(no.id == "broker.private-address");
        CHECK(no.text.starts_with(fmt::format("network:http://shop.test:{}: shop.test leads to ", shop.port())));
        return no.text.substr(no.text.rfind('(')) + ": " + no.fix;
    };
    const std::string ask = ": if this is meant, let the operator allow private addresses for this host";
    const std::string never = ": ask for a host with a public address";
    CHECK(kind("127.0.0.1") == "(loopback)" + ask);
    CHECK(kind("93.184.216.34 10.0.0.7") == "(private)" + ask);
    CHECK(kind("fd00::1") == "(unique local)" + ask);
    CHECK(kind("169.254.169.254") == "(link-local)" + never);
    CHECK(kind("::ffff:10.0.0.1") == "(IPv4-mapped)" + never);
    CHECK(kind("64:ff9b::7f00:1") == "(NAT64)" + never);
    CHECK(kind("0.0.0.0") == "(unspecified)" + never);
    CHECK(kind("ff02::1") == "(multicast)" + never);
    client.rules[0].allow_private = true;
    CHECK(kind("169.254.169.254") == "(link-local)" + never);
    CHECK(kind("0.0.0.0") == "(unspecified)" + never);
    CHECK(shop.visits() == 0);
}

TEST_CASE("the machine's own resolver is judged like any other") {
    HttpShop shop(welcome);
    const HttpLibrary library;
    HttpBroker strict(library, {{{"localhost"}, {"http"}, {shop.port()}, false}}, {});
    CHECK(problem_of(strict.fetch({"GET", shop_url(shop, "/", "localhost"), {}, ""})).id == "broker.private-address");
    HttpBroker open(library, {{{"localhost"}, {"http"}, {shop.port()}, true}}, {});
    CHECK(open.fetch({"GET", shop_url(shop, "/", "localhost"), {}, ""}).value().body == "welcome");
    const auto late = resolve_by_system("localhost", 0);
    REQUIRE_FALSE(late);
    CHECK(late.problem().id == "broker.timeout");
    CHECK(late.problem().text == "no address of localhost was found in time");
    const auto none = resolve_by_system("name..with.an.empty.part", ~Deadline{0});
    REQUIRE_FALSE(none);
    CHECK(none.problem().id == "broker.unknown-host");
    CHECK(none.problem().text.starts_with("name..with.an.empty.part has no address: "));
}

TEST_CASE("a redirect is followed, and judged like the first URL") {
    std::string place;
    HttpShop shop([&](const Asked& asked) {
        return asked.target() == "/" ? answer(302, "Location: " + place + "\r\n", "moved") : welcome(asked);
    });
    Client client(shop.port());
    place = "/bar";
    CHECK(client.get(shop_url(shop, "/")).value().body == "welcome");
    CHECK(client.get(shop_url(shop, "/")).value().url == shop_url(shop, "/bar"));
    place = shop_url(shop, "/bar", "other.test");
    CHECK(problem_of(client.get(shop_url(shop, "/"))).text ==
          fmt::format("network:http://other.test:{} is not granted", shop.port()));
    CHECK(client.names.asked.count("other.test") == 0);
    place = shop_url(shop, "/bar", "0x7f.1");
    CHECK(problem_of(client.get(shop_url(shop, "/"))).text ==
          fmt::format("network:http://127.0.0.1:{} is not granted", shop.port()));
    client.rules.push_back({{"other.test"}, {"http"}, {shop.port()}, false});
    place = shop_url(shop, "/bar", "other.test");
    CHECK(problem_of(client.get(shop_url(shop, "/"))).id == "broker.private-address");
    place = "file:///etc/shadow";
    CHECK(problem_of(client.get(shop_url(shop, "/"))).text ==
          "the URL \"file:///etc/shadow\" is neither http nor https");
    place = "/";
    client.limits.redirects = 3;
    const std::size_t before = shop.visits();
    const base::Problem loop = problem_of(client.get(shop_url(shop, "/")));
    CHECK(loop.id == "broker.redirects");
    CHECK(loop.text == fmt::format("network:http://shop.test:{}: more than 3 redirects", shop.port()));
    CHECK(shop.visits() - before == 4);
}

TEST_CASE("what goes along with a redirect depends on its status and on where it leads") {
    std::string first = "303 ";
    std::string place = "/bar";
    HttpShop shop([&](const Asked& asked) {
        return asked.target() == "/" ? answer(std::stoi(first), "Location: " + place + "\r\n", "") : welcome(asked);
    });
    Client client(shop.port());
    client.rules[0].domains.push_back("other.test");
    const Fetch post{"POST",
                     shop_url(shop, "/"),
                     {{"authorization", "Basic x"}, {"Cookie", "a=b"}, {"Content-Type", "text/x"}, {"X-Want", "cold"}},
                     "beer"};
    REQUIRE(client.fetch(post));
    CHECK(shop.last().method_string() == "GET");
    CHECK(shop.last().body().empty());
    CHECK(header_of(shop.last(), "Content-Type") == "(none)");
    CHECK(header_of(shop.last(), "Authorization") == "Basic x");
    first = "307";
    place = shop_url(shop, "/bar", "other.test");
    REQUIRE(client.fetch(post));
    CHECK(shop.last().method_string() == "POST");
    CHECK(shop.last().body() == "beer");
    CHECK(header_of(shop.last(), "Authorization") == "(none)");
    CHECK(header_of(shop.last(), "Cookie") == "(none)");
    CHECK(header_of(shop.last(), "X-Want") == "cold");
    first = "301";
    REQUIRE(client.fetch(post));
    CHECK(shop.last().method_string() == "GET");
}

TEST_CASE("an answer that is too large is cut off with an error, in its body and in its headers") {
    HttpShop shop([](const Asked& asked) {
        if (asked.target() == "/endless") return "HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x');
        if (asked.target() == "/headers") return "HTTP/1.1 200 OK\r\nX-Much: " + std::string(60'000, 'x') + "\r\n\r\n";
        return answer(200, "", std::string(30'000, 'x'));
    });
    Client client(shop.port());
    client.limits.response_bytes = 50'000;
    CHECK(client.get(shop_url(shop, "/")).value().body.size() == 30'000);
    for (const auto* path : {"/endless", "/headers"}) {
        const base::Problem no = problem_of(client.get(shop_url(shop, path)));
        CHECK(no.id == "broker.too-large");
        CHECK(no.text == fmt::format("network:http://shop.test:{}: the answer has more than 50000 bytes", shop.port()));
        CHECK(no.fix == "ask for less, or in parts (the header Range)");
    }
}

TEST_CASE("a server that does not answer, and one that is not there, are told apart") {
    HttpShop shop([](const Asked&) { return ""; });
    Client client(shop.port());
    client.limits.seconds = 1;
    const base::Problem late = problem_of(client.get(shop_url(shop, "/")));
    CHECK(late.id == "broker.timeout");
    CHECK(late.text == fmt::format("network:http://shop.test:{}: no answer in time", shop.port()));
    client.rules[0].ports = {1};
    const base::Problem none = problem_of(client.get("http://shop.test:1/"));
    CHECK(none.id == "broker.unreachable");
    CHECK(none.text.starts_with("network:http://shop.test:1: Failed to connect to shop.test port 1"));
}

TEST_CASE("requests and bytes are counted for each minute") {
    HttpShop shop([](const Asked&) { return answer(200, "", std::string(10'000, 'x')); });
    Client client(shop.port());
    client.limits.requests_per_minute = 2;
    HttpBroker few = client.broker();
    const Fetch get{"GET", shop_url(shop, "/"), {}, ""};
    for (int i = 0; i < 2; ++i) CHECK(few.fetch(get));
    const base::Problem often = problem_of(few.fetch(get));
    CHECK(often.id == "broker.too-often");
    CHECK(often.text == "more than 2 requests a minute");
    CHECK(often.fix.starts_with("wait "));
    CHECK(shop.visits() == 2);
    client.limits = {};
    client.limits.bytes_per_minute = 5'000;
    HttpBroker small = client.broker();
    CHECK(small.fetch(get));
    CHECK(problem_of(small.fetch(get)).text == "more than 5000 bytes a minute");
    CHECK(shop.visits() == 3);
}

TEST_CASE("a request that would be more than it seems is refused") {
    Client client(80);
    const auto text = [&](const Fetch& request) {
        const base::Problem no = problem_of(client.fetch(request));
        CHECK(no.id == "broker.bad-request");
        CHECK(no.fix == "change the request");
        return no.text;
    };
    const std::string url = "http://shop.test/";
    CHECK(text({"CONNECT", url, {}, ""}) == "the method \"CONNECT\" is none of GET, HEAD, POST, PUT, PATCH, DELETE");
    CHECK(text({"GET / HTTP/1.1\r\n", url, {}, ""}).starts_with("the method \"GET / HTTP/1.1\\x0D\\x0A\" is none of "));
    CHECK(text({"GET", url, {}, "beer"}) == "GET with a body of 4 bytes");
    CHECK(text({"GET", url, {{"X", "a\r\nHost: evil"}}, ""}) ==
          "the header \"X\" has a control character in its value");
    CHECK(text({"GET", url, {{"X: y\r\nZ", "a"}}, ""}) == "\"X: y\\x0D\\x0AZ\" is no name of a header");
    for (const auto* name : {"Host", "host", "Connection", "Content-Length", "Transfer-Encoding", "Proxy-Authorization",
                             "TE", "Trailer", "Upgrade", "Expect", "Keep-Alive"})
        CHECK(text({"GET", url, {{name, "a"}}, ""}) == fmt::format("the header \"{}\" is the host's to write", name));
    CHECK(text({"GET", url, Headers(65, {"X", "a"}), ""}) == "65 headers, of 64 at most");
    client.limits.request_bytes = 10;
    const base::Problem large = problem_of(client.fetch({"POST", url, {}, "0123456789a"}));
    CHECK(large.id == "broker.too-large");
    CHECK(large.text == "the request has 11 bytes, of 10 at most");
}
