#include "sandbox/broker/origin.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

namespace {

bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

bool is_in_label(char byte) {
    return is_digit(byte) || byte == '-' || (byte >= 'a' && byte <= 'z');
}

// A host whose last part is a number is an address to whoever dials it, in one notation or another.
bool looks_like_a_number(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    return std::all_of(last.begin(), last.end(), is_digit) || last.starts_with("0x");
}

std::string name_fault(std::string_view host) {
    if (host.empty()) return "has no host";
    if (host.back() == '.') return "has a host that ends in a dot";
    if (host.size() > 253) return "has a host of more than 253 bytes";
    while (!host.empty()) {
        const std::string_view label = host.substr(0, host.find('.'));
        if (label.empty() || label.size() > 63) return "has a host with an empty part, or one of more than 63 bytes";
        if (!std::all_of(label.begin(), label.end(), is_in_label) || label.front() == '-' || label.back() == '-')
            return "has a host that is not of a-z, 0-9 and hyphens (write other letters as \"xn--...\")";
        host.remove_prefix(std::min(label.size() + 1, host.size()));
    }
    return "";
}

// Decimal, octal, hexadecimal, in one number or up to four.
std::optional<Address> address_of_number(const std::string& host) {
    in_addr raw{};
    if (::inet_aton(host.c_str(), &raw) == 0) return std::nullopt;
    Address address;
    std::memcpy(address.bytes.data(), &raw, sizeof raw);
    return address;
}

char in_small(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

}  // namespace

std::string Origin::permission() const {
    const bool brackets = literal && literal->v6;
    return fmt::format("network:{}://{}{}{}:{}", scheme, brackets ? "[" : "", host, brackets ? "]" : "", port);
}

bool Origin::same_origin(const Origin& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
}

std::string read_host(std::string_view written, Origin& into) {
    into.host = written;
    std::string& host = into.host;
    std::transform(host.begin(), host.end(), host.begin(), in_small);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        into.literal = parse_address(std::string_view(host).substr(1, host.size() - 2));
        if (!into.literal || !into.literal->v6) return "has a host in brackets that is no IPv6 address";
    } else if (std::string fault = name_fault(host); !fault.empty()) {
        return fault;
    } else if (looks_like_a_number(host)) {
        into.literal = address_of_number(host);
        if (!into.literal) return "has a host that is neither a name nor an address";
    }
    if (into.literal) host = to_text(*into.literal);
    return "";
}

std::string read_port(std::string_view written, Origin& into) {
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), into.port);
    const bool fine = error == std::errc() && end == written.data() + written.size() && into.port != 0;
    return fine ? "" : "has a port that is not one of 1 to 65535";
}

base::Problem bad_place(std::string_view text, std::string_view why) {
    return {"broker.bad-url", fmt::format("the address \"{}\" {}", shown(text), why),
            "write it as in \"tcp://example.org:25\", \"udp://example.org:53\" or \"unix:/run/example.socket\""};
}

base::Result<Origin> parse_origin(std::string_view text) {
    Origin origin;
    origin.scheme = text.substr(0, std::min<std::size_t>(text.find("://"), 3));
    if ((origin.scheme != "tcp" && origin.scheme != "udp") || !text.substr(3).starts_with("://"))
        return bad_place(text, "is none of tcp, udp and unix");
    const std::string_view place = text.substr(6);
    const std::size_t bracket = place.find(']');
    const std::size_t colon = place.find(':', bracket == place.npos ? 0 : bracket);
    if (std::string fault = read_host(place.substr(0, colon), origin); !fault.empty()) return bad_place(text, fault);
    if (colon == place.npos) return bad_place(text, "has no port");
    if (std::string fault = read_port(place.substr(colon + 1), origin); !fault.empty()) return bad_place(text, fault);
    return origin;
}

std::optional<Origin> origin_of(std::string_view permission) {
    const std::size_t scheme = permission.find("://"), port = permission.rfind(':');
    if (scheme == permission.npos || port <= scheme) return std::nullopt;
    Origin origin;
    origin.scheme = permission.substr(0, scheme);
    const bool reads = read_host(permission.substr(scheme + 3, port - scheme - 3), origin).empty() &&
                       read_port(permission.substr(port + 1), origin).empty();
    return reads ? std::optional(std::move(origin)) : std::nullopt;
}

}  // namespace tenon::sandbox::broker
