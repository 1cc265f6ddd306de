// What a manifest asks for, one line each: whom it is for, what it needs, and what it wants to be allowed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/cli/inspect.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

void add(Table& table, const char* what, const std::string& text) {
    if (!text.empty()) table.add({{what, Tone::faint}, {text}});
}

void add(Table& table, const char* what, const std::vector<std::string>& list) {
    add(table, what, fmt::format("{}", fmt::join(list, ", ")));
}

void add(Table& table, const char* what, const std::vector<manifest::Relation>& relations) {
    for (const manifest::Relation& relation : relations)
        add(table, what, fmt::format("{} {}", relation.id, relation.range.text()));
}

std::string size(std::uint64_t bytes) {
    constexpr const char* units[] = {"B", "KiB", "MiB", "GiB"};
    std::size_t unit = 0;
    for (; unit < 3 && bytes != 0 && bytes % 1024 == 0; ++unit) bytes /= 1024;
    return fmt::format("{} {}", bytes, units[unit]);
}

std::string limits(const manifest::Limits& limits) {
    std::vector<std::string> all;
    if (limits.memory) all.push_back("memory " + size(*limits.memory));
    if (limits.cpu) all.push_back(fmt::format("cpu {} %", *limits.cpu));
    if (limits.call_time) all.push_back(fmt::format("call time {} us", *limits.call_time / 1000));
    if (limits.files) all.push_back(fmt::format("{} files", *limits.files));
    if (limits.processes) all.push_back(fmt::format("{} processes", *limits.processes));
    if (limits.file_size) all.push_back("file size " + size(*limits.file_size));
    if (limits.data) all.push_back("data " + size(*limits.data));
    if (limits.max_errors) all.push_back(fmt::format("{} errors", *limits.max_errors));
    return fmt::format("{}", fmt::join(all, ", "));
}

void add_permissions(Table& table, const manifest::Permissions& wanted) {
    add(table, "may read", wanted.read);
    add(table, "may write", wanted.write);
    for (const manifest::NetworkPermission& network : wanted.network)
        add(table, "may connect",
            fmt::format("{} by {}{}{}", fmt::join(network.domains, ", "), fmt::join(network.protocols, ", "),
                        network.ports.empty() ? "" : ", ports ", fmt::join(network.ports, ", ")));
    add(table, "may connect", wanted.sockets);
    for (const manifest::ProcessPermission& process : wanted.processes)
        add(table, "may start", fmt::format("{} {}", process.program, fmt::join(process.arguments, " ")));
    for (const manifest::CollectionPermission& collection : wanted.collections)
        add(table, "may remember", fmt::format("{} ({})", collection.name, to_string(collection.access)));
    for (const manifest::ModelPermission& model : wanted.models) add(table, "may ask model", model.name);
    add(table, "may call", wanted.services);
    add(table, "may see", wanted.environment);
    add(table, "may use", wanted.devices);
    if (wanted.notifications) add(table, "may notify", std::string("yes"));
    if (wanted.clipboard != manifest::Access::none)
        add(table, "may use clipboard", std::string(to_string(wanted.clipboard)));
    if (wanted.content != manifest::Content::none) add(table, "content", std::string(to_string(wanted.content)));
}

}  // namespace

void add_wishes(Table& table, const manifest::Manifest& manifest) {
    add(table, "kind", manifest.kind == "tool" ? std::string() : manifest.kind);
    add(table, "homepage", manifest.homepage);
    add(table, "repository", manifest.repository);
    add(table, "for", manifest.hosts);
    add(table, "systems", manifest.platform.systems);
    if (manifest.platform.glibc) add(table, "GLIBC", "at least " + to_string(*manifest.platform.glibc));
    add(table, "features", manifest.platform.features);
    add(table, "conflicts", manifest.conflicts);
    add(table, "replaces", manifest.replaces);
    for (const manifest::Provision& provision : manifest.provides)
        add(table, "provides", fmt::format("{} {}", provision.id, to_string(provision.version)));
    add(table, "resources", manifest.resources);
    add(table, "brings", manifest.libraries);
    add(table, "limits", limits(manifest.limits));
    add_permissions(table, manifest.permissions);
}

}  // namespace tenon::cli
