// Where a connection leads to: scheme, host and port. A host is read the same way wherever it is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sandbox/broker/address.h"

namespace tenon::sandbox::broker {

struct Origin {
    std::string scheme;  // "https", "tcp"
    std::string host;    // in small letters; an address as to_text() writes it, without brackets
    std::uint16_t port = 0;
    std::optional<Address> literal;  // the host is this address, however it was written

    // "network:https://example.org:443"
    std::string permission() const;
    // Same scheme, host and port.
    bool same_origin(const Origin& other) const;
};

// Each says what is wrong ("has no host"); empty: nothing. An address in brackets is one of IPv6. Refused is what can
// be read in two ways: a name that ends in a dot, names that are not of a-z, 0-9 and hyphens.
std::string read_host(std::string_view written, Origin& into);
std::string read_port(std::string_view written, Origin& into);

// "tcp://example.org:25", "udp://[2001:db8::1]:53", and nothing behind the port. Problem: "broker.bad-url".
base::Result<Origin> parse_origin(std::string_view text);

// As permission() writes it, after "network:"; nothing where it is written in another way.
std::optional<Origin> origin_of(std::string_view permission);

// Of a text that names no place to connect to. Problem: "broker.bad-url".
base::Problem bad_place(std::string_view text, std::string_view why);

}  // namespace tenon::sandbox::broker
