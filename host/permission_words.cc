#include "host/permission_words.h"

#include <fmt/format.h>

namespace tenon::host {

namespace {

void add(std::vector<std::string>& words, const char* what, const std::vector<std::string>& names) {
    for (const std::string& name : names) words.push_back(fmt::format("{} {}", what, name));
}

// Each domain with each protocol and port: a list that only became longer asks only for what is new.
void add_network(std::vector<std::string>& words, const manifest::NetworkPermission& network) {
    for (const std::string& domain : network.domains) {
        if (network.protocols.empty()) words.push_back(fmt::format("network {}", domain));
        for (const std::string& protocol : network.protocols) {
            if (network.ports.empty()) words.push_back(fmt::format("network {}://{}", protocol, domain));
            for (const std::uint16_t port : network.ports)
                words.push_back(fmt::format("network {}://{}:{}", protocol, domain, port));
        }
    }
}

std::string amount(const std::optional<std::uint64_t>& limit) {
    return limit ? fmt::format("{}", *limit) : "any number";
}

}  // namespace

std::vector<std::string> words_of(const manifest::Permissions& permissions) {
    std::vector<std::string> words;
    add(words, "read", permissions.read);
    add(words, "write", permissions.write);
    add(words, "environment", permissions.environment);
    add(words, "service", permissions.services);
    add(words, "device", permissions.devices);
    for (const manifest::NetworkPermission& network : permissions.network) add_network(words, network);
    add(words, "socket", permissions.sockets);
    for (const manifest::CollectionPermission& collection : permissions.collections)
        words.push_back(fmt::format("collection {} {}", collection.name, to_string(collection.access)));
    for (const manifest::ModelPermission& model : permissions.models)
        words.push_back(fmt::format("model {} with {} tokens a call, {} a day", model.name,
                                    amount(model.tokens_per_call), amount(model.tokens_per_day)));
    for (const manifest::ProcessPermission& process : permissions.processes)
        words.push_back(fmt::format("process {} {}", process.program, fmt::join(process.arguments, " ")));
    if (permissions.notifications) words.emplace_back("notifications");
    if (permissions.clipboard != manifest::Access::none)
        words.push_back(fmt::format("clipboard {}", to_string(permissions.clipboard)));
    if (permissions.content != manifest::Content::none)
        words.push_back(fmt::format("content {}", to_string(permissions.content)));
    return words;
}

}  // namespace tenon::host
