#include "sandbox/broker/reach.h"

#include <fmt/format.h>

#include <algorithm>

namespace tenon::sandbox::broker {

using base::Problem;
using base::Result;

namespace {

bool domain_matches(const std::string& domain, const Origin& origin) {
    if (domain == origin.host) return true;
    if (origin.literal) {
        const std::optional<Address> named = parse_address(domain);
        return named && *named == *origin.literal;
    }
    if (domain == "*") return true;
    return domain.starts_with("*.") && origin.host.size() > domain.size() - 1 &&
           origin.host.ends_with(std::string_view(domain).substr(1));
}

bool is_usual(const Origin& origin) {
    return (origin.scheme == "https" && origin.port == 443) || (origin.scheme == "http" && origin.port == 80);
}

// A name that leads to a link-local address is never what anybody meant.
bool may_dial(const Address& address, const Origin& origin, bool allow_private) {
    switch (kind_of(address).scope) {
        case Scope::open:
            return true;
        case Scope::inside:
            return allow_private;
        case Scope::link:
            return allow_private && origin.literal.has_value();
        default:
            return false;
    }
}

Problem private_address(const Origin& origin, const Address& address) {
    const AddressKind kind = kind_of(address);
    const bool never = kind.scope == Scope::unusable || (kind.scope == Scope::link && !origin.literal);
    return {"broker.private-address",
            fmt::format("{}: {} leads to {}, which is not in the public network ({})", origin.permission(), origin.host,
                        to_text(address), kind.name),
            std::string(never ? "ask for a host with a public address" : let_private)};
}

}  // namespace

bool covers(const NetworkRule& rule, const Origin& origin) {
    if (std::ranges::find(rule.protocols, origin.scheme) == rule.protocols.end()) return false;
    const bool port =
        rule.ports.empty() ? is_usual(origin) : std::ranges::find(rule.ports, origin.port) != rule.ports.end();
    return port &&
           std::ranges::any_of(rule.domains, [&](const auto& domain) { return domain_matches(domain, origin); });
}

const NetworkRule* rule_for(const std::vector<NetworkRule>& rules, const Origin& origin) {
    const NetworkRule* found = nullptr;
    for (const NetworkRule& rule : rules)
        if (covers(rule, origin) && (found == nullptr || rule.allow_private)) found = &rule;
    return found;
}

Result<std::vector<Address>> addresses_to_dial(const Origin& origin, const NetworkRule& rule, const LookUp& look_up,
                                               const Patience& patience) {
    Result<std::vector<Address>> found =
        origin.literal ? Result<std::vector<Address>>(std::vector{*origin.literal}) : look_up(origin.host, patience);
    if (!found) return found;
    for (const Address& address : found.value())
        if (!may_dial(address, origin, rule.allow_private)) return private_address(origin, address);
    std::vector<Address> all = found.take();
    all.resize(std::min(all.size(), most_addresses));
    return all;
}

}  // namespace tenon::sandbox::broker
