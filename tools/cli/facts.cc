#include "tools/cli/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tenon::cli {
namespace {

void read_manifest(Facts& facts) {
    manifest::Parsed parsed = manifest::parse_manifest(facts.image->manifest, facts.path + "!plugin.toml");
    facts.manifest = std::move(parsed.manifest);
    std::move(parsed.problems.begin(), parsed.problems.end(), std::back_inserter(facts.problems));
}

void read_contracts(Facts& facts) {
    base::Result<std::vector<loader::Contract>> contracts = loader::read_contracts(facts.image->records, facts.path);
    if (contracts)
        facts.contracts = contracts.take();
    else
        facts.problems.push_back(contracts.problem());
}

void judge_hooks(Facts& facts) {
    for (const HandledHook& handled : handled_hooks(facts))
        if (handled.hook == nullptr)
            facts.problems.push_back(
                {"contract.not-in-note",
                 fmt::format("{} handles {}/{}, but the contract in its note has no such hook", facts.manifest->id,
                             handled.use->contract, handled.use->name),
                 fmt::format("Add TENON_USES(...) of {} to the plugin's note, or rebuild it.", handled.use->contract)});
}

}  // namespace

bool Facts::unreadable() const {
    return std::any_of(problems.begin(), problems.end(),
                       [](const base::Problem& problem) { return problem.id.starts_with("file."); });
}

const loader::Contract* Facts::contract(std::string_view id) const {
    for (const loader::Contract& one : contracts)
        if (one.id == id) return &one;
    return nullptr;
}

const manifest::ContractUse* Facts::use_of(std::string_view contract) const {
    if (!manifest) return nullptr;
    for (const manifest::ContractUse& use : manifest->contracts)
        if (use.id == contract) return &use;
    return nullptr;
}

Facts read_facts(const std::string& path) {
    Facts facts;
    facts.path = path;
    base::Result<loader::Image> image = loader::read_image_file(path);
    if (!image) return facts.problems.push_back(image.problem()), facts;
    facts.image = image.take();
    if (base::Check problem = loader::judge_system(*facts.image)) facts.problems.push_back(std::move(*problem));
    if (base::Check problem = loader::judge_abi(*facts.image)) facts.problems.push_back(std::move(*problem));
    if (facts.is_plugin()) read_manifest(facts);
    read_contracts(facts);
    if (facts.problems.empty()) judge_hooks(facts);
    return facts;
}

std::string title(const Facts& facts) {
    if (facts.manifest)
        return fmt::format("plugin {} {}", facts.manifest->id, manifest::to_string(facts.manifest->version));
    if (facts.unreadable()) return "cannot be read";
    if (facts.is_plugin()) return "plugin with a wrong manifest";
    return facts.is_contract() ? "module of a contract" : "no Tenon library";
}

std::vector<HandledHook> handled_hooks(const Facts& facts) {
    std::vector<HandledHook> handled;
    if (!facts.manifest) return handled;
    for (const manifest::HookUse& use : facts.manifest->hooks) {
        const loader::Contract* const contract = facts.contract(use.contract);
        handled.push_back({&use, contract, contract == nullptr ? nullptr : contract->hook(use.name)});
    }
    return handled;
}

std::string_view type_name(const loader::Contract& contract, std::uint32_t type) {
    return type == loader::no_type ? std::string_view() : std::string_view(contract.types.at(type).name);
}

}  // namespace tenon::cli
