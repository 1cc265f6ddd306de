#include "host/permission_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "host/request_words.h"
#include "manifest/glob_entry.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

// Requests in their order, each once. Stops at the first that cannot be.
class List {
public:
    void add(std::string request) {
        if (problem_ || seen_.contains(request)) return;
        if (request.size() > longest_request) return refuse_length(request);
        if (requests_.size() == most_requests) return refuse_count();
        seen_.insert(request);
        requests_.push_back(std::move(request));
    }
    void add(std::string_view kind, const std::vector<std::string>& values) {
        for (const std::string& value : values) add(fmt::format("{}:{}", kind, value));
    }
    bool is_full() const { return problem_.has_value(); }
    base::Result<Requests> take() {
        if (problem_) return std::move(*problem_);
        return std::move(requests_);
    }

private:
    void refuse_length(std::string_view request) {
        problem_ = {"permission.too-long",
                    fmt::format("the request {} has {} bytes, {} are the most", manifest::in_quotes(request, 60),
                                request.size(), longest_request),
                    "Ask for less in one: a program with fewer or shorter arguments."};
    }
    void refuse_count() {
        problem_ = {"permission.too-many",
                    fmt::format("the permissions are more than {} requests; each domain counts once for each of its "
                                "protocols and ports",
                                most_requests),
                    "Ask for less; write *.example.org for the domains below one."};
    }

    Requests requests_;
    std::unordered_set<std::string> seen_;
    base::Check problem_;
};

// Each domain with each protocol and port: a list that only became longer asks only for what is new.
void add_network(List& list, const manifest::NetworkPermission& network) {
    for (const std::string& domain : network.domains)
        for (const std::string& protocol : network.protocols) {
            if (network.ports.empty()) list.add(fmt::format("network:{}://{}", protocol, domain));
            for (const std::uint16_t port : network.ports) {
                if (list.is_full()) return;  // a small manifest can ask for a million of these
                list.add(fmt::format("network:{}://{}:{}", protocol, domain, port));
            }
        }
}

void add_model(List& list, const manifest::ModelPermission& model) {
    std::string request = fmt::format("model:{}", request_word(model.name));
    if (model.tokens_per_call) request += fmt::format(" {}{}", tokens_per_call, *model.tokens_per_call);
    if (model.tokens_per_day) request += fmt::format(" {}{}", tokens_per_day, *model.tokens_per_day);
    list.add(std::move(request));
}

void add_process(List& list, const manifest::ProcessPermission& process) {
    std::string request = fmt::format("process:{}", request_word(process.program));
    for (const std::string& argument : process.arguments) request += fmt::format(" {}", request_word(argument));
    list.add(std::move(request));
}

void add_words(List& list, const manifest::Permissions& permissions) {
    if (permissions.notifications) list.add("notifications");
    if (permissions.clipboard != manifest::Access::none)
        list.add(fmt::format("clipboard:{}", to_string(permissions.clipboard)));
    list.add("device", permissions.devices);
    if (permissions.content != manifest::Content::none)
        list.add(fmt::format("content:{}", to_string(permissions.content)));
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

void append(manifest::Permissions& to, const manifest::Permissions& from) {
    append(to.read, from.read);
    append(to.write, from.write);
    append(to.environment, from.environment);
    append(to.sockets, from.sockets);
    append(to.services, from.services);
    append(to.devices, from.devices);
    append(to.network, from.network);
    append(to.collections, from.collections);
    append(to.models, from.models);
    append(to.processes, from.processes);
    to.notifications = to.notifications || from.notifications;
    // The bits of an access are read and write; of contents, who may change may read.
    to.clipboard = static_cast<manifest::Access>(static_cast<int>(to.clipboard) | static_cast<int>(from.clipboard));
    to.content = std::max(to.content, from.content);
}

Requests without(std::span<const std::string> list, std::span<const std::string> others) {
    const std::unordered_set<std::string_view> known(others.begin(), others.end());
    Requests rest;
    for (const std::string& request : list)
        if (!known.contains(request)) rest.push_back(request);
    return rest;
}

}  // namespace

base::Result<Requests> requests_of(const manifest::Permissions& permissions) {
    List list;
    list.add("read", permissions.read);
    list.add("write", permissions.write);
    list.add("env", permissions.environment);
    list.add("service", permissions.services);
    for (const manifest::NetworkPermission& network : permissions.network) add_network(list, network);
    list.add("socket", permissions.sockets);
    for (const manifest::CollectionPermission& collection : permissions.collections)
        list.add(fmt::format("collection:{}:{}", collection.name, to_string(collection.access)));
    for (const manifest::ModelPermission& model : permissions.models) add_model(list, model);
    for (const manifest::ProcessPermission& process : permissions.processes) add_process(list, process);
    add_words(list, permissions);
    return list.take();
}

base::Result<manifest::Permissions> permissions_of(std::span<const std::string> requests) {
    manifest::Permissions all;
    for (const std::string& request : requests) {
        const base::Result<manifest::Permissions> one = parse_request(request);
        if (!one) return one.problem();
        append(all, one.value());
    }
    return all;
}

base::Result<std::string> canonical_request(std::string_view request) {
    const base::Result<manifest::Permissions> permissions = parse_request(request);
    if (!permissions) return permissions.problem();
    base::Result<Requests> requests = requests_of(permissions.value());
    if (!requests) return requests.problem();
    return std::move(requests.value().at(0));
}

bool is_its_own(std::string_view request) {
    const auto is_below = [request](std::string_view root) {
        if (!request.starts_with(root)) return false;
        const std::string_view rest = request.substr(root.size());
        return rest.empty() || rest.starts_with('/') || rest.starts_with(manifest::exception_mark);
    };
    return is_below("read:$data") || is_below("write:$data") || is_below("read:$resources");
}

Difference difference(std::span<const std::string> asked, std::span<const std::string> granted) {
    Difference found{without(asked, granted), without(granted, asked)};
    std::erase_if(found.waiting, [](const std::string& request) { return is_its_own(request); });
    return found;
}

}  // namespace tenon::host
