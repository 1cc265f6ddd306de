// What a plugin asks to be allowed: [permissions]. Nothing is granted by asking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::manifest {

enum class Access { none, read, write, read_write };
// What it may do to the content of the application.
enum class Content { none, read, change };

struct NetworkPermission {
    std::vector<std::string> domains;    // "api.example.org", "*.example.org", or a lone "*": any
    std::vector<std::string> protocols;  // http, https, tcp, udp
    std::vector<std::uint16_t> ports;    // empty: those of the protocols
};

struct CollectionPermission {
    std::string name;  // a slug
    Access access = Access::none;
};

struct ModelPermission {
    std::string name;  // "*": any
    std::optional<std::uint64_t> tokens_per_call;
    std::optional<std::uint64_t> tokens_per_day;
};

struct ProcessPermission {
    std::string program;                 // an absolute path
    std::vector<std::string> arguments;  // "{name}" stands for any text
};

// Globs are absolute, or begin with $data, $resources, $home or $temp; so are sockets, but for $resources.
struct Permissions {
    std::vector<std::string> read;
    std::vector<std::string> write;
    std::vector<std::string> environment;  // names of variables
    std::vector<std::string> sockets;      // paths of Unix sockets, without wildcards
    std::vector<std::string> services;     // ids, with or without a revision: "org.acme.tax/1"
    std::vector<std::string> devices;      // camera, microphone, location, bluetooth, usb, serial
    std::vector<NetworkPermission> network;
    std::vector<CollectionPermission> collections;
    std::vector<ModelPermission> models;
    std::vector<ProcessPermission> processes;
    bool notifications = false;
    Access clipboard = Access::none;
    Content content = Content::none;
};

// As the manifest writes them.
std::string_view to_string(Access access);
std::string_view to_string(Content content);

}  // namespace tenon::manifest
