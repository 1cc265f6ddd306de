#include "sandbox/broker/address.h"

#include "tests/support/catch.h"

using namespace tenon::sandbox::broker;

namespace {

AddressKind kind(const char* text) {
    const auto address = parse_address(text);
    REQUIRE(address);
    return kind_of(*address);
}

}  // namespace

TEST_CASE("addresses of the public network are open, at the edges of what is not, too") {
    for (const auto* text : {"9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
                             "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
                             "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
                             "2001:200::", "2606:4700::1111", "2003::1", "3ffe:ffff::1"}) {
        INFO(text);
        CHECK(kind(text).scope == Scope::open);
    }
}

TEST_CASE("addresses inside are named by their kind") {
    const struct {
        const char* text;
        Scope scope;
        const char* name;
    } rows[] = {
        {"10.0.0.1", Scope::inside, "private"},
        {"172.16.0.1", Scope::inside, "private"},
        {"172.31.255.255", Scope::inside, "private"},
        {"192.168.1.1", Scope::inside, "private"},
        {"127.0.0.1", Scope::inside, "loopback"},
        {"127.255.255.255", Scope::inside, "loopback"},
        {"100.64.0.1", Scope::inside, "shared"},
        {"169.254.169.254", Scope::link, "link-local"},
        {"0.0.0.0", Scope::unusable, "unspecified"},
        {"0.1.2.3", Scope::unusable, "unspecified"},
        {"224.0.0.1", Scope::unusable, "multicast"},
        {"239.255.255.255", Scope::unusable, "multicast"},
        {"240.0.0.1", Scope::unusable, "reserved"},
        {"255.255.255.255", Scope::unusable, "reserved"},
        {"192.0.2.1", Scope::unusable, "documentation"},
        {"198.18.0.1", Scope::unusable, "benchmarking"},
        {"192.0.0.8", Scope::unusable, "reserved"},
        {"192.88.99.1", Scope::unusable, "6to4 relay"},
        {"::", Scope::unusable, "unspecified"},
        {"::1", Scope::inside, "loopback"},
        {"::7f00:1", Scope::unusable, "IPv4-compatible"},
        {"::ffff:10.0.0.1", Scope::unusable, "IPv4-mapped"},
        {"::ffff:8.8.8.8", Scope::unusable, "IPv4-mapped"},
        {"64:ff9b::a00:1", Scope::unusable, "NAT64"},
        {"64:ff9b:1::1", Scope::unusable, "NAT64"},
        {"fc00::1", Scope::inside, "unique local"},
        {"fdff::1", Scope::inside, "unique local"},
        {"fe80::1", Scope::link, "link-local"},
        {"febf::1", Scope::link, "link-local"},
        {"fec0::1", Scope::unusable, "site-local"},
        {"ff02::1", Scope::unusable, "multicast"},
        {"2001::1", Scope::unusable, "Teredo"},
        {"2001:db8::1", Scope::unusable, "documentation"},
        {"2002:a00:1::", Scope::unusable, "6to4"},
        {"2001:10::1", Scope::unusable, "reserved"},
        {"4000::1", Scope::unusable, "reserved"},
        {"100::1", Scope::unusable, "reserved"},
        {"::ffff:0:10.0.0.1", Scope::unusable, "IPv4-translated"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(kind(row.text).scope == row.scope);
        CHECK(kind(row.text).name == row.name);
    }
}

TEST_CASE("only the usual notations are addresses, and they are written in one way") {
    for (const auto* text : {"127.1", "0x7f.0.0.1", "127.0.0.01", "2130706433", "::1%lo", "[::1]", "", "a"})
        CHECK_FALSE(parse_address(text));
    CHECK(to_text(*parse_address("2001:DB8:0::1")) == "2001:db8::1");
    CHECK(to_text(*parse_address("10.0.0.1")) == "10.0.0.1");
}
