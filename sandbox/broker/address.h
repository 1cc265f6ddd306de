// Internet addresses, and which of them a name in the public network may lead to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace tenon::sandbox::broker {

struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};  // of IPv4 the first four

    friend bool operator==(const Address&, const Address&) = default;
};

// The usual notations only: "192.0.2.1", "2001:db8::1". Nothing else is an address here.
std::optional<Address> parse_address(std::string_view text);
std::optional<Address> address_of(const sockaddr* address);

// As parse_address reads it.
std::string to_text(const Address& address);

enum class Scope {
    open,     // of the public network
    inside,   // private, loopback, shared, unique local: a rule may allow them
    link,     // link-local; where clouds keep their secrets. A rule may allow them that names the address itself
    unusable  // multicast, reserved, and those that hide an IPv4 address: never
};

struct AddressKind {
    Scope scope;
    std::string_view name;  // "private", "loopback", ...
};

AddressKind kind_of(const Address& address);

}  // namespace tenon::sandbox::broker
