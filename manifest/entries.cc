#include "manifest/entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "manifest/table_reader.h"
#include "manifest/text_check.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::size_t most_entries = 128;

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

// Calls use(entry, requirement) for each entry whose id and requirement are right.
template <class Use>
void read_requirements(const Value& table, std::string_view name, std::string_view flag, Diagnostics& out, Use use) {
    if (!check_count(table.entries.size(), most_entries, table.at, name, out)) return;
    for (const Entry& entry : table.entries) {
        const std::string path = key_path(name, entry.key);
        const bool good = check_id(entry.key, entry.at, path, out);
        if (!good && looks_unquoted(entry.value)) continue;  // everything in it would be wrong, too
        auto requirement = read_requirement(entry.value, path, flag, out);
        if (good && requirement) use(entry, std::move(*requirement));
    }
}

// The value of hooks[i].contract, checked against the contracts that the manifest lists.
const Value* read_hook_contract(TableReader& reader, const std::vector<std::string_view>& listed, Diagnostics& out) {
    const Value* contract = reader.value("contract", Value::Kind::string, Need::required);
    if (contract == nullptr || !check_id(contract->string, contract->at, reader.path("contract"), out)) return nullptr;
    if (std::find(listed.begin(), listed.end(), contract->string) != listed.end()) return contract;
    const std::string_view meant = nearest(contract->string, listed);
    out.add("manifest.contract-not-listed", contract->at, reader.path("contract"),
            fmt::format("{} is not listed in [contracts]{}", quoted(contract->string),
                        meant.empty() ? "" : fmt::format("; did you mean {}?", quoted(meant))),  // also foreign text
            meant.empty() ? fmt::format("add \"{}\" = \"^1.0\" to [contracts]", contract->string)
                          : fmt::format("write {}", quoted(meant)));
    return nullptr;
}

std::optional<HookUse> read_hook(const Value& table, const std::string& path,
                                 const std::vector<std::string_view>& listed, Diagnostics& out) {
    using Limits = std::numeric_limits<std::int32_t>;
    TableReader reader(table, path, out);
    const Value* contract = read_hook_contract(reader, listed, out);
    const Value* name = reader.value("name", Value::Kind::string, Need::required);
    if (name != nullptr && !check_hook_name(*name, reader.path("name"), out)) name = nullptr;
    const auto priority = reader.integer("priority", Limits::min(), Limits::max());
    reader.refuse_others();
    if (contract == nullptr || name == nullptr) return std::nullopt;
    return HookUse{contract->string, name->string, static_cast<std::int32_t>(priority.value_or(0)), table.at};
}

}  // namespace

std::vector<ContractUse> read_contracts(const Value& table, Diagnostics& out) {
    std::vector<ContractUse> contracts;
    read_requirements(table, "contracts", "optional_tail", out, [&](const Entry& entry, Requirement requirement) {
        contracts.push_back({entry.key, std::move(requirement.range), requirement.flag, entry.at});
    });
    return contracts;
}

std::vector<Dependency> read_dependencies(const Value& table, std::string_view own_id, Diagnostics& out) {
    std::vector<Dependency> dependencies;
    read_requirements(table, "dependencies", "optional", out, [&](const Entry& entry, Requirement requirement) {
        if (entry.key == own_id)
            out.add("manifest.self-dependency", entry.at, key_path("dependencies", entry.key),
                    "a plugin cannot depend on itself", "remove this line");
        else
            dependencies.push_back({entry.key, std::move(requirement.range), requirement.flag, entry.at});
    });
    return dependencies;
}

std::vector<HookUse> read_hooks(const Value& array, const Value* contracts, Diagnostics& out) {
    std::vector<HookUse> hooks;
    if (!check_count(array.array.size(), most_entries, array.at, "hooks", out)) return hooks;
    std::vector<std::string_view> listed;
    if (contracts != nullptr && contracts->entries.size() <= most_entries)
        for (const Entry& entry : contracts->entries) listed.push_back(entry.key);
    std::map<std::pair<std::string, std::string>, Location> seen;
    for (std::size_t i = 0; i < array.array.size(); ++i) {
        const Value& table = array.array[i];
        const std::string path = fmt::format("hooks[{}]", i);
        if (!expect_kind(table, Value::Kind::table, path, out)) continue;
        auto hook = read_hook(table, path, listed, out);
        if (!hook) continue;
        const auto [first, fresh] = seen.try_emplace({hook->contract, hook->name}, hook->at);
        if (fresh)
            hooks.push_back(std::move(*hook));
        else
            out.add("manifest.duplicate-hook", hook->at, path,
                    fmt::format("the hook \"{}\" of {} stands at line {} already", hook->name, hook->contract,
                                first->second.line),
                    "remove one of the two");
    }
    return hooks;
}

}  // namespace tenon::manifest
