// From bytes to a Manifest. Reads on after a problem, so that an author sees them all at once.
#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/guard.h"
#include "manifest/manifest.h"
#include "manifest/name_check.h"
#include "manifest/schema_read.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view unloads[] = {"close", "retire"};
constexpr std::string_view isolations[] = {"process", "worker"};
constexpr ListRule entity_list{64};

void read_behaviour(TableReader& root, Manifest& out) {
    if (const auto unload = read_choice(root, "unload", unloads)) out.unload = static_cast<Unload>(*unload);
    out.serialized = root.boolean("serialized").value_or(false);
    out.isolation = read_isolation(root).value_or(Isolation::process);
    out.entities = read_strings(root, "entities", entity_list, check_slug);
}

Manifest read_manifest(const Value& root, Diagnostics& out) {
    TableReader reader(root, "", out);
    Manifest manifest;
    read_about(reader, manifest);
    read_files(reader, manifest);
    read_behaviour(reader, manifest);
    read_relations(reader, manifest);
    read_platform(reader, manifest.platform);
    read_limits(reader, manifest.limits);
    read_permissions(reader, manifest.permissions);
    read_state(reader, manifest.state);
    read_hooks(reader, manifest);
    read_offerings(reader, manifest);
    if (const Value* config = reader.value("config", Value::Kind::table))
        manifest.config = read_schema(*config, "config", SchemaRoot::object, out);
    reader.refuse_others();
    return manifest;
}

}  // namespace

Parsed parse_manifest(std::string_view toml, std::string_view file) {
    toml = without_byte_order_mark(toml);
    if (auto problem = guard(toml, file)) return {std::nullopt, {std::move(*problem)}};
    auto root = read_toml(toml, file);
    if (!root.ok()) return {std::nullopt, {root.problem()}};
    Diagnostics out(file);
    Manifest manifest = read_manifest(root.value(), out);
    if (!out.empty()) return {std::nullopt, out.take()};
    return {std::move(manifest), {}};
}

std::optional<Isolation> read_isolation(TableReader& table) {
    const auto found = read_choice(table, "isolation", isolations);
    if (!found) return std::nullopt;
    return static_cast<Isolation>(*found);
}

std::string_view to_string(Unload unload) {
    return unloads[static_cast<std::size_t>(unload)];
}

std::string_view to_string(Isolation isolation) {
    return isolations[static_cast<std::size_t>(isolation)];
}

}  // namespace tenon::manifest
