// The registries are those of IANA for special-purpose addresses. Of IPv6 only 2000::/3 is public, less what stands in
// the table; anything else is refused, whatever it may become one day.
#include "sandbox/broker/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace tenon::sandbox::broker {

namespace {

struct Range {
    std::array<std::uint8_t, 16> bytes;
    unsigned bits;
    AddressKind kind;
};

constexpr AddressKind reserved{Scope::unusable, "reserved"};
constexpr AddressKind documentation{Scope::unusable, "documentation"};
constexpr AddressKind multicast{Scope::unusable, "multicast"};

constexpr Range v4_ranges[] = {
    {{0}, 8, {Scope::unusable, "unspecified"}},
    {{10}, 8, {Scope::inside, "private"}},
    {{100, 64}, 10, {Scope::inside, "shared"}},
    {{127}, 8, {Scope::inside, "loopback"}},
    {{169, 254}, 16, {Scope::link, "link-local"}},
    {{172, 16}, 12, {Scope::inside, "private"}},
    {{192, 0, 0}, 24, reserved},
    {{192, 0, 2}, 24, documentation},
    {{192, 88, 99}, 24, {Scope::unusable, "6to4 relay"}},
    {{192, 168}, 16, {Scope::inside, "private"}},
    {{198, 18}, 15, {Scope::unusable, "benchmarking"}},
    {{198, 51, 100}, 24, documentation},
    {{203, 0, 113}, 24, documentation},
    {{224}, 4, multicast},
    {{240}, 4, reserved},
};

// The first that fits counts.
constexpr Range v6_ranges[] = {
    {{0}, 128, {Scope::unusable, "unspecified"}},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, {Scope::inside, "loopback"}},
    {{0}, 96, {Scope::unusable, "IPv4-compatible"}},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, {Scope::unusable, "IPv4-mapped"}},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, {Scope::unusable, "IPv4-translated"}},
    {{0, 0x64, 0xFF, 0x9B}, 96, {Scope::unusable, "NAT64"}},
    {{0, 0x64, 0xFF, 0x9B, 0, 1}, 48, {Scope::unusable, "NAT64"}},
    {{0xFC}, 7, {Scope::inside, "unique local"}},
    {{0xFE, 0x80}, 10, {Scope::link, "link-local"}},
    {{0xFE, 0xC0}, 10, {Scope::unusable, "site-local"}},
    {{0xFF}, 8, multicast},
    {{0x20, 0x01, 0, 0}, 32, {Scope::unusable, "Teredo"}},
    {{0x20, 0x01}, 23, reserved},
    {{0x20, 0x01, 0x0D, 0xB8}, 32, documentation},
    {{0x20, 0x02}, 16, {Scope::unusable, "6to4"}},
    {{0x3F, 0xFF}, 20, documentation},
    {{0x20}, 3, {Scope::open, "public"}},
    {{0}, 0, reserved},
};

bool is_in(const Address& address, const Range& range) {
    const std::size_t whole = range.bits / 8;
    if (!std::equal(range.bytes.begin(), range.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    address.bytes.begin()))
        return false;
    const unsigned rest = range.bits % 8;
    return rest == 0 || ((range.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

template <std::size_t count>
AddressKind kind_in(const Address& address, const Range (&ranges)[count]) {
    for (const Range& range : ranges)
        if (is_in(address, range)) return range.kind;
    return {Scope::open, "public"};
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string name(text);
    Address address;
    if (name.find('\0') != name.npos) return std::nullopt;
    if (::inet_pton(AF_INET, name.c_str(), address.bytes.data()) == 1) return address;
    address.v6 = true;
    if (::inet_pton(AF_INET6, name.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

std::optional<Address> address_of(const sockaddr* address) {
    Address out;
    if (address->sa_family == AF_INET) {
        const auto* const from = reinterpret_cast<const sockaddr_in*>(address);
        std::memcpy(out.bytes.data(), &from->sin_addr, sizeof from->sin_addr);
        return out;
    }
    if (address->sa_family != AF_INET6) return std::nullopt;
    out.v6 = true;
    std::memcpy(out.bytes.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, out.bytes.size());
    return out;
}

std::string to_text(const Address& address) {
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
    return text;
}

AddressKind kind_of(const Address& address) {
    return address.v6 ? kind_in(address, v6_ranges) : kind_in(address, v4_ranges);
}

}  // namespace tenon::sandbox::broker
