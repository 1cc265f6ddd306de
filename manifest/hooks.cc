#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/quantity.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view phases[] = {"early", "normal", "late", "observe"};
constexpr ListRule handler_list{32};

std::vector<std::string_view> listed_contracts(const Value* contracts) {
    std::vector<std::string_view> listed;
    if (contracts != nullptr && contracts->entries.size() <= most_entries)
        for (const Entry& entry : contracts->entries) listed.push_back(entry.key);
    return listed;
}

// The value of hooks[i].contract, checked against the contracts that the manifest lists.
const Value* read_contract(TableReader& reader, const std::vector<std::string_view>& listed) {
    Diagnostics& out = reader.problems();
    const Value* contract = reader.value("contract", Value::Kind::string, Need::required);
    if (contract == nullptr || !check_id(*contract, reader.path("contract"), out)) return nullptr;
    if (std::find(listed.begin(), listed.end(), contract->string) != listed.end()) return contract;
    const std::string_view meant = nearest(contract->string, listed);
    out.add("manifest.contract-not-listed", contract->at, reader.path("contract"),
            fmt::format("{} is not listed in [contracts]{}", in_quotes(contract->string),
                        meant.empty() ? "" : fmt::format("; did you mean {}?", in_quotes(meant))),  // also foreign text
            meant.empty() ? fmt::format("add \"{}\" = \"^1.0\" to [contracts]", contract->string)
                          : fmt::format("write {}", in_quotes(meant)));
    return nullptr;
}

// A handler is before or after others, not itself, and not both.
void read_order(TableReader& reader, const std::string& own_id, HookUse& hook) {
    const StringCheck check = [&](const Value& string, std::string_view path, Diagnostics& out) {
        if (!check_handler(string, path, out)) return false;
        if (string.string.substr(0, string.string.find('#')) != own_id) return true;
        out.add("manifest.self-reference", string.at, path, fmt::format("{} is the plugin itself", in_quotes(own_id)),
                "name another plugin");
        return false;
    };
    hook.before = read_strings(reader, "before", handler_list, check);
    hook.after = read_strings(reader, "after", handler_list, check);
    for (const std::string& name : hook.after)
        if (std::find(hook.before.begin(), hook.before.end(), name) != hook.before.end())
            reader.problems().add("manifest.duplicate", reader.at(), reader.path("after"),
                                  fmt::format("{} stands in before already", in_quotes(name)), "remove one of the two");
}

void read_budget(TableReader& reader, HookUse& hook) {
    hook.soft = read_time(reader, "soft");
    hook.hard = read_time(reader, "hard");
    hook.share = read_share(reader, "share", 100);
    if (hook.soft && hook.hard && *hook.hard < *hook.soft)
        reader.problems().add("manifest.out-of-range", reader.at(), reader.path("hard"),
                              fmt::format("found {} ns, wanted at least soft, {} ns", *hook.hard, *hook.soft),
                              "let the soft budget end first");
}

// False if it cannot be told which hook is meant.
bool read_hook(TableReader& reader, const std::vector<std::string_view>& listed, const std::string& own_id,
               HookUse& hook) {
    using Limits = std::numeric_limits<std::int32_t>;
    const Value* contract = read_contract(reader, listed);
    const Value* name = reader.value("name", Value::Kind::string, Need::required);
    if (name != nullptr && !check_hook_name(*name, reader.path("name"), reader.problems())) name = nullptr;
    hook.at = reader.at();
    hook.priority = static_cast<std::int32_t>(reader.integer("priority", Limits::min(), Limits::max()).value_or(0));
    if (const auto phase = read_choice(reader, "phase", phases)) hook.phase = static_cast<Phase>(*phase);
    read_order(reader, own_id, hook);
    read_budget(reader, hook);
    if (contract == nullptr || name == nullptr) return false;
    hook.contract = contract->string;
    hook.name = name->string;
    return true;
}

}  // namespace

void read_hooks(TableReader& root, Manifest& out) {
    const std::vector<std::string_view> listed = listed_contracts(root.other_table("contracts"));
    std::map<std::pair<std::string, std::string>, Location> seen;
    read_tables(root, "hooks", most_entries, [&](TableReader& reader) {
        HookUse hook;
        if (!read_hook(reader, listed, out.id, hook)) return;
        const auto [first, fresh] = seen.try_emplace({hook.contract, hook.name}, hook.at);
        if (!fresh)
            root.problems().add("manifest.duplicate-hook", hook.at, reader.path(),
                                fmt::format("the hook \"{}\" of {} stands at line {} already", hook.name, hook.contract,
                                            first->second.line),
                                "remove one of the two");
        else
            out.hooks.push_back(std::move(hook));
    });
}

std::string_view to_string(Phase phase) {
    return phases[static_cast<std::size_t>(phase)];
}

}  // namespace tenon::manifest
