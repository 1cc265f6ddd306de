// contracts, dependencies, conflicts, replaces, provides, hosts: tables of ids and what is wanted of them.
#include "manifest/relations.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "manifest/entries.h"
#include "manifest/text_check.h"

namespace tenon::manifest {
namespace {

// What stands behind an id: "^1.0", or { version = "^1.0", <flag> = true }.
struct Requirement {
    Range range;
    bool flag = false;
};

std::optional<Range> read_range(const Value& string, std::string_view path, Diagnostics& out) {
    auto range = Range::parse(string.string);
    if (range.ok()) return range.take();
    out.add("manifest.bad-range", string.at, path, range.problem().text, range.problem().fix);
    return std::nullopt;
}

std::optional<Requirement> read_requirement(const Value& value, const std::string& path, std::string_view flag,
                                            Diagnostics& out) {
    if (value.kind == Value::Kind::string) {
        auto range = read_range(value, path, out);
        if (!range) return std::nullopt;
        return Requirement{std::move(*range), false};
    }
    if (value.kind != Value::Kind::table) {
        out.add("manifest.wrong-type", value.at, path,
                fmt::format("found {}, wanted a string or a table", kind_name(value.kind)),
                fmt::format("write \"^1.0\" or {{ version = \"^1.0\", {} = true }}", flag));
        return std::nullopt;
    }
    TableReader reader(value, path, out);
    const Value* version = reader.value("version", Value::Kind::string, Need::required);
    const bool flagged = reader.boolean(flag).value_or(false);
    reader.refuse_others();
    if (version == nullptr) return std::nullopt;
    auto range = read_range(*version, reader.path("version"), out);
    if (!range) return std::nullopt;
    return Requirement{std::move(*range), flagged};
}

// org.tenon.pressroom = "^1" without the quotes is a table "org" that holds a table "tenon".
bool looks_unquoted(const Value& value) {
    return value.kind == Value::Kind::table && std::none_of(value.entries.begin(), value.entries.end(),
                                                            [](const Entry& entry) { return entry.key == "version"; });
}

// Calls read(entry, path, good) for each entry of the table under the key; good: its id is one.
template <class Read>
void read_entries(TableReader& root, std::string_view key, Read read) {
    const Value* table = root.value(key, Value::Kind::table);
    Diagnostics& out = root.problems();
    if (table == nullptr || !check_count(table->entries.size(), most_entries, table->at, key, out)) return;
    for (const Entry& entry : table->entries) {
        const std::string path = key_path(key, entry.key);
        const bool good = check_id(entry.key, entry.at, path, out);
        if (good || !looks_unquoted(entry.value)) read(entry, path, good);  // else all in it would be wrong, too
    }
}

// Calls use(entry, requirement) for each entry whose id and requirement are right.
template <class Use>
void read_requirements(TableReader& root, std::string_view key, std::string_view flag, Use use) {
    read_entries(root, key, [&](const Entry& entry, const std::string& path, bool good) {
        auto requirement = read_requirement(entry.value, path, flag, root.problems());
        if (good && requirement) use(entry, std::move(*requirement));
    });
}

bool is_other(const Entry& entry, const std::string& path, const std::string& own_id, Diagnostics& out) {
    if (entry.key != own_id) return true;
    out.add("manifest.self-reference", entry.at, path, "this is the plugin's own id", "remove this line");
    return false;
}

// Ids and ranges. Where plugins are meant, own_id is refused.
std::vector<Relation> read_ranges(TableReader& root, std::string_view key, const std::string& own_id) {
    std::vector<Relation> relations;
    Diagnostics& out = root.problems();
    read_entries(root, key, [&](const Entry& entry, const std::string& path, bool good) {
        if (!expect_kind(entry.value, Value::Kind::string, path, out)) return;
        auto range = read_range(entry.value, path, out);
        if (good && range && is_other(entry, path, own_id, out))
            relations.push_back({entry.key, std::move(*range), entry.at});
    });
    return relations;
}

std::vector<Provision> read_provisions(TableReader& root, const std::string& own_id) {
    std::vector<Provision> provisions;
    Diagnostics& out = root.problems();
    read_entries(root, "provides", [&](const Entry& entry, const std::string& path, bool good) {
        if (!expect_kind(entry.value, Value::Kind::string, path, out)) return;
        auto version = Version::parse(entry.value.string);
        if (!version.ok())
            out.add("manifest.bad-version", entry.value.at, path, version.problem().text, version.problem().fix);
        else if (good && is_other(entry, path, own_id, out))
            provisions.push_back({entry.key, version.take(), entry.at});
    });
    return provisions;
}

}  // namespace

void read_relations(TableReader& root, Manifest& out) {
    read_requirements(root, "contracts", "optional_tail", [&](const Entry& entry, Requirement requirement) {
        out.contracts.push_back({entry.key, std::move(requirement.range), requirement.flag, entry.at});
    });
    read_requirements(root, "dependencies", "optional", [&](const Entry& entry, Requirement requirement) {
        if (entry.key == out.id)
            root.problems().add("manifest.self-dependency", entry.at, key_path("dependencies", entry.key),
                                "a plugin cannot depend on itself", "remove this line");
        else
            out.dependencies.push_back({entry.key, std::move(requirement.range), requirement.flag, entry.at});
    });
    out.conflicts = read_ranges(root, "conflicts", out.id);
    out.replaces = read_ranges(root, "replaces", out.id);
    out.provides = read_provisions(root, out.id);
    out.hosts = read_ranges(root, "hosts", "");
}

}  // namespace tenon::manifest
