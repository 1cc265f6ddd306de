#include "sandbox/broker/url.h"

#include "tests/support/catch.h"

using namespace tenon::sandbox::broker;

namespace {

Url url(std::string_view text) {
    INFO(text);
    auto parsed = parse_url(text);
    REQUIRE(parsed);
    return parsed.take();
}

std::string fault_of_url(std::string_view text) {
    INFO(text);
    const auto parsed = parse_url(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.problem().id == "broker.bad-url");
    CHECK(parsed.problem().fix ==
          "write it as in \"https://example.org/path?query\", with bytes that are not ASCII as %XX");
    return parsed.problem().text;
}

}  // namespace

TEST_CASE("a URL is brought into its usual form, and names the permission that it needs") {
    const Url shop = url("HTTPS://Shop.Example.ORG/a/../b?x=1#part");
    CHECK(shop.text == "https://shop.example.org/b?x=1");
    CHECK(shop.permission() == "network:https://shop.example.org:443");
    CHECK_FALSE(shop.literal);
    CHECK(url("http://xn--bcher-kva.example:8080").permission() == "network:http://xn--bcher-kva.example:8080");
    CHECK(url("https://a.b/").same_origin(url("https://A.B:443/x")));
    CHECK_FALSE(url("https://a.b/").same_origin(url("https://a.b:444/")));
}

TEST_CASE("an address is known in every notation") {
    for (const auto* text : {"http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/",
                             "http://0x7F.0.0.0x1/", "http://017700000001/", "http://0177.0.0.1/", "http://127.0.1/",
                             "http://%31%32%37.0.0.1/", "http://0X7f.1/"}) {
        INFO(text);
        CHECK(url(text).host == "127.0.0.1");
        CHECK(url(text).literal == parse_address("127.0.0.1"));
        CHECK(url(text).text == "http://127.0.0.1/");
    }
    CHECK(url("http://[0:0::1]:81/").permission() == "network:http://[::1]:81");
    CHECK(url("http://[::ffff:7f00:1]/").host == "::ffff:127.0.0.1");
}

TEST_CASE("a URL that could be read in two ways is refused") {
    CHECK(fault_of_url("https://user@shop.test/") == "the URL \"https://user@shop.test/\" has a user or a password");
    CHECK(fault_of_url("https://good.test:x@evil.test/").ends_with(" has a user or a password"));
    CHECK(fault_of_url("https://shop.test./") == "the URL \"https://shop.test./\" has a host that ends in a dot");
    CHECK(fault_of_url("https://127.0.0.1./").ends_with(" has a host that ends in a dot"));
    CHECK(fault_of_url("https://b\u00fccher.test/")
              .ends_with(" has a space, a control character, or one that is not ASCII"));
    CHECK(fault_of_url("https://b%C3%BCcher.test/")
              .ends_with(" has a host that is not of a-z, 0-9 and hyphens (write other letters as \"xn--...\")"));
    CHECK(fault_of_url("https://good.test\\@evil.test/").ends_with(" has a backslash"));
    CHECK(
        fault_of_url("https://shop.test/a b").ends_with(" has a space, a control character, or one that is not ASCII"));
    CHECK(fault_of_url("https://shop.test/\r\nHost: x") ==
          "the URL \"https://shop.test/\\x0D\\x0AHost: x\" has a space, a control character, or one that is not ASCII");
    CHECK(fault_of_url("file:///etc/shadow") == "the URL \"file:///etc/shadow\" is neither http nor https");
    CHECK(fault_of_url("gopher://shop.test/").ends_with(" is neither http nor https"));
    CHECK(fault_of_url("made-up://shop.test/").ends_with(" is neither http nor https"));
    CHECK(fault_of_url("https://shop.test:0/").ends_with(" has a port that is not one of 1 to 65535"));
    CHECK(fault_of_url("https://[fe80::1%25eth0]/").ends_with(" has a zone in its address"));
    CHECK(fault_of_url("https://a.1.2.3.4/").ends_with(" has a host that is neither a name nor an address"));
    CHECK(fault_of_url("https://256.1.1.1/").ends_with(" has a host that is neither a name nor an address"));
    CHECK(fault_of_url("https://a..b/").ends_with(" has a host with an empty part, or one of more than 63 bytes"));
    CHECK(fault_of_url("") == "the URL \"\" is empty");
    CHECK(fault_of_url("shop.test").find("cannot be read: ") != std::string::npos);
    CHECK(fault_of_url("https://shop.test/" + std::string(9000, 'a')).ends_with(" has 9018 bytes, of 8192 at most"));
}

TEST_CASE("a redirect is read against the URL that it comes from") {
    const Url from = url("https://shop.test/a/b?x");
    CHECK(follow(from, "c").value().text == "https://shop.test/a/c");
    CHECK(follow(from, "/c").value().text == "https://shop.test/c");
    CHECK(follow(from, "//evil.test/c").value().permission() == "network:https://evil.test:443");
    CHECK(follow(from, "http://10.1/").value().host == "10.0.0.1");
    CHECK_FALSE(follow(from, "https://u@evil.test/"));
    CHECK_FALSE(follow(from, "file:///etc/shadow"));
    CHECK(from.text == "https://shop.test/a/b?x");
}
