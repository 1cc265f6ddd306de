#include "host/deputy_waiting.h"

#include <algorithm>

#include <fmt/format.h>

#include "sandbox/broker/reach.h"
#include "sandbox/broker/template.h"

namespace tenon::host {

namespace {

using manifest::Access;

bool any_covers(const std::vector<std::string>& entries, std::string_view path, const GlobPlaces& places) {
    return std::ranges::any_of(entries, [&](const std::string& entry) {
        const std::optional<sandbox::broker::FileGrant> grant = placed_entry(entry, places);
        return grant && grant->covers(path);
    });
}

bool allows(const manifest::NetworkPermission& network, std::string_view place) {
    const std::optional<sandbox::broker::Origin> origin = sandbox::broker::origin_of(place);
    return origin && sandbox::broker::covers({network.domains, network.protocols, network.ports, false}, *origin);
}

bool allows(const manifest::CollectionPermission& collection, std::string_view asked) {
    const bool writes = collection.access == Access::write || collection.access == Access::read_write;
    const bool reads = collection.access == Access::read || collection.access == Access::read_write;
    return (reads && asked == collection.name + ":read") || (writes && asked == collection.name + ":write");
}

bool allows(const manifest::ModelPermission& model, std::string_view name) {
    return model.name == "*" || model.name == name;
}

bool allows(Access access, std::string_view asked) {
    return access == Access::read_write || (access != Access::none && asked == to_string(access));
}

bool allows(manifest::Content content, std::string_view asked) {
    return content == manifest::Content::change || (content == manifest::Content::read && asked == "read");
}

bool allows(const manifest::Permissions& one, std::string_view denied, const GlobPlaces& places) {
    const std::size_t colon = std::min(denied.find(':'), denied.size());
    const std::string_view kind = denied.substr(0, colon);
    const std::string_view what = denied.substr(std::min(colon + 1, denied.size()));
    if (kind == "read") return any_covers(one.read, what, places) || any_covers(one.write, what, places);
    if (kind == "write") return any_covers(one.write, what, places);
    if (kind == "socket") return any_covers(one.sockets, what, places);
    const auto any = [&](const auto& list) {
        return std::ranges::any_of(list, [&](const auto& each) { return allows(each, what); });
    };
    if (kind == "service")
        return std::ranges::any_of(one.services, [&](const std::string& each) {
            return each == what || each == what.substr(0, what.find('/'));
        });
    if (kind == "network") return any(one.network);
    if (kind == "collection") return any(one.collections);
    if (kind == "model") return any(one.models);
    if (kind == "device") return std::ranges::find(one.devices, what) != one.devices.end();
    if (kind == "clipboard") return allows(one.clipboard, what);
    if (kind == "content") return allows(one.content, what);
    if (kind == "process")
        return std::ranges::any_of(one.processes, [&](const auto& each) { return each.program == what; });
    return kind == "notifications" && one.notifications;
}

}  // namespace

std::optional<std::string> waiting_for(std::string_view denied, const Requests& waiting, const GlobPlaces& places) {
    // A program is missing with all of its arguments, where it is known which.
    if (std::ranges::find(waiting, denied) != waiting.end()) return std::string(denied);
    for (const std::string& request : waiting) {
        const base::Result<manifest::Permissions> one = parse_request(request);
        if (one && allows(one.value(), denied, places)) return request;
    }
    return std::nullopt;
}

std::optional<std::string> waiting_for(const sandbox::broker::RunProgram& order, const Requests& waiting) {
    for (const std::string& request : waiting) {
        const base::Result<manifest::Permissions> one = parse_request(request);
        const auto fits = [&](const manifest::ProcessPermission& process) {
            return process.program == order.program &&
                   sandbox::broker::takes({process.program, process.arguments}, order.values);
        };
        if (one && std::ranges::any_of(one.value().processes, fits)) return request;
    }
    return std::nullopt;
}

}  // namespace tenon::host
