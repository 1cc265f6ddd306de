// From bytes to a Manifest. Reads on after a problem, so that an author sees them all at once.
#include <fmt/format.h>

#include <limits>

#include "manifest/entries.h"
#include "manifest/guard.h"
#include "manifest/manifest.h"
#include "manifest/table_reader.h"
#include "manifest/text_check.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t most_authors = 64;

std::string read_text(TableReader& reader, std::string_view key, const TextRule& rule, Need need, Diagnostics& out) {
    const Value* value = reader.value(key, Value::Kind::string, need);
    if (value == nullptr) return {};
    check_text(*value, reader.path(key), rule, out);
    return value->string;
}

std::string read_id(TableReader& reader, Diagnostics& out) {
    const Value* value = reader.value("id", Value::Kind::string, Need::required);
    if (value == nullptr) return {};
    check_id(value->string, value->at, reader.path("id"), out);
    return value->string;
}

Version read_version(TableReader& reader, Diagnostics& out) {
    const Value* value = reader.value("version", Value::Kind::string, Need::required);
    if (value == nullptr) return {};
    auto version = Version::parse(value->string);
    if (version.ok()) return version.take();
    out.add("manifest.bad-version", value->at, reader.path("version"), version.problem().text, version.problem().fix);
    return {};
}

std::vector<std::string> read_authors(TableReader& reader, Diagnostics& out) {
    std::vector<std::string> authors;
    const Value* value = reader.value("authors", Value::Kind::array);
    if (value == nullptr || !check_count(value->array.size(), most_authors, value->at, "authors", out)) return authors;
    for (std::size_t i = 0; i < value->array.size(); ++i) {
        const Value& author = value->array[i];
        const std::string path = fmt::format("authors[{}]", i);
        if (!expect_kind(author, Value::Kind::string, path, out)) continue;
        check_text(author, path, one_line, out);
        authors.push_back(author.string);
    }
    return authors;
}

Manifest read_manifest(const Value& root, Diagnostics& out) {
    TableReader reader(root, "", out);
    Manifest manifest;
    manifest.id = read_id(reader, out);
    manifest.name = read_text(reader, "name", one_line, Need::required, out);
    manifest.version = read_version(reader, out);
    manifest.description = read_text(reader, "description", prose, Need::optional, out);
    manifest.license = read_text(reader, "license", one_line, Need::optional, out);
    manifest.authors = read_authors(reader, out);
    if (const auto abi = reader.integer("abi", 0, std::numeric_limits<std::uint32_t>::max()))
        manifest.abi = static_cast<std::uint32_t>(*abi);
    const Value* contracts = reader.value("contracts", Value::Kind::table);
    const Value* dependencies = reader.value("dependencies", Value::Kind::table);
    const Value* hooks = reader.value("hooks", Value::Kind::array);
    if (contracts != nullptr) manifest.contracts = read_contracts(*contracts, out);
    if (dependencies != nullptr) manifest.dependencies = read_dependencies(*dependencies, manifest.id, out);
    if (hooks != nullptr) manifest.hooks = read_hooks(*hooks, contracts, out);
    reader.refuse_others();
    return manifest;
}

}  // namespace

Parsed parse_manifest(std::string_view toml, std::string_view file) {
    if (toml.substr(0, byte_order_mark.size()) == byte_order_mark) toml.remove_prefix(byte_order_mark.size());
    if (auto problem = guard(toml, file)) return {std::nullopt, {std::move(*problem)}};
    auto root = read_toml(toml, file);
    if (!root.ok()) return {std::nullopt, {root.problem()}};
    Diagnostics out(file);
    Manifest manifest = read_manifest(root.value(), out);
    if (!out.empty()) return {std::nullopt, out.take()};
    return {std::move(manifest), {}};
}

}  // namespace tenon::manifest
