#include "host/deputy_waiting.h"

#include <algorithm>

#include <fmt/format.h>

#include "sandbox/broker/reach.h"
#include "sandbox/broker/template.h"

namespace tenon::host {

namespace {

using manifest::Access;
using sandbox::broker::FileGrant;

std::vector<FileGrant> all_placed(const std::vector<std::string>& entries, const GlobPlaces& places) {
    std::vector<FileGrant> grants;
    for (const std::string& entry : entries)
        if (std::optional<FileGrant> grant = placed_entry(entry, places, Links::not_looked_at))
            grants.push_back(std::move(*grant));
    return grants;
}

bool any_covers(const std::vector<FileGrant>& grants, std::string_view path) {
    return std::ranges::any_of(grants, [&](const FileGrant& grant) { return grant.covers(path); });
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

}  // namespace

bool Waiting::allows(const One& request, std::string_view denied) {
    const manifest::Permissions& one = request.asked;
    const std::size_t colon = std::min(denied.find(':'), denied.size());
    const std::string_view kind = denied.substr(0, colon);
    const std::string_view what = denied.substr(std::min(colon + 1, denied.size()));
    if (kind == "read") return any_covers(request.read, what) || any_covers(request.write, what);
    if (kind == "write") return any_covers(request.write, what);
    if (kind == "socket") return any_covers(request.sockets, what);
    const auto any = [&](const auto& list) {
        return std::ranges::any_of(list, [&](const auto& each) { return host::allows(each, what); });
    };
    if (kind == "service")
        return std::ranges::any_of(one.services, [&](const std::string& each) {
            return each == what || each == what.substr(0, what.find('/'));
        });
    if (kind == "network") return any(one.network);
    if (kind == "collection") return any(one.collections);
    if (kind == "model") return any(one.models);
    if (kind == "device") return std::ranges::find(one.devices, what) != one.devices.end();
    if (kind == "clipboard") return host::allows(one.clipboard, what);
    if (kind == "content") return host::allows(one.content, what);
    if (kind == "process")
        return std::ranges::any_of(one.processes, [&](const auto& each) { return each.program == what; });
    return kind == "notifications" && one.notifications;
}

Waiting::Waiting(const Requests& requests, const GlobPlaces& places) {
    for (const std::string& request : requests) {
        const base::Result<manifest::Permissions> asked = parse_request(request);
        if (!asked) continue;
        const manifest::Permissions& one = asked.value();
        all_.push_back({request, one, all_placed(one.read, places), all_placed(one.write, places),
                        all_placed(one.sockets, places)});
    }
}

std::optional<std::string> Waiting::allowing(std::string_view denied) const {
    // A program is missing with all of its arguments, where it is known which.
    for (const One& one : all_)
        if (one.request == denied) return one.request;
    for (const One& one : all_)
        if (allows(one, denied)) return one.request;
    return std::nullopt;
}

std::optional<std::string> Waiting::allowing(const sandbox::broker::RunProgram& order) const {
    const auto fits = [&](const manifest::ProcessPermission& process) {
        return process.program == order.program &&
               sandbox::broker::takes({process.program, process.arguments}, order.values);
    };
    for (const One& one : all_)
        if (std::ranges::any_of(one.asked.processes, fits)) return one.request;
    return std::nullopt;
}

}  // namespace tenon::host
