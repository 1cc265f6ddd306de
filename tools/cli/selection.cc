#include "tools/cli/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/file.h"
#include "manifest/plan.h"

namespace tenon::cli {
namespace {

// A library that was named, or found in a folder that was.
struct Found {
    Facts facts;
    bool named = false;
};

bool offers(const Facts& facts, std::string_view contract) {
    return std::any_of(facts.contracts.begin(), facts.contracts.end(),
                       [&](const loader::Contract& one) { return one.offered && one.id == contract; });
}

bool offered_by_a_plugin(const std::vector<Found>& found, std::string_view contract) {
    return std::any_of(found.begin(), found.end(),
                       [&](const Found& one) { return one.facts.is_plugin() && offers(one.facts, contract); });
}

void look_into(const std::string& folder, std::vector<Found>& found, Selection& selection) {
    base::Result<std::vector<std::string>> names = base::list_folder(folder);
    if (!names) return selection.problems.push_back(names.problem());
    selection.paths.push_back(folder);
    for (const std::string& name : names.value())
        if (name.ends_with(".so")) found.push_back({read_facts(folder + "/" + name), false});
}

void look_at(const std::string& file, std::vector<Found>& found, Selection& selection) {
    Facts facts = read_facts(file);
    if (facts.unreadable()) return selection.problems.push_back(facts.problems.front());
    found.push_back({std::move(facts), true});
}

// Found by the way: a contract that is there already stays what it is.
void take_found_module(const Facts& facts, Selection& selection) {
    for (const Facts& taken : selection.contracts)
        for (const loader::Contract& contract : facts.contracts)
            if (taken.contract(contract.id) != nullptr) return;
    selection.contracts.push_back(facts);
}

void take_module(const std::string& path, Selection& selection) {
    Facts facts = read_facts(path);
    if (facts.problems.empty() && !facts.is_contract())
        facts.problems.push_back({"load.no-contract",
                                  fmt::format("{}: is a plugin, not the module of a contract", path),
                                  "Give the NAME.contract.so that tenon_add_contract() builds."});
    if (facts.problems.empty())
        selection.contracts.push_back(std::move(facts));
    else
        std::move(facts.problems.begin(), facts.problems.end(), std::back_inserter(selection.problems));
}

void take_found_modules(const std::vector<Found>& found, Selection& selection) {
    for (const Found& one : found) {
        const Facts& facts = one.facts;
        if (!facts.is_contract() || !(one.named || facts.path.ends_with(".contract.so"))) continue;
        std::copy(facts.problems.begin(), facts.problems.end(), std::back_inserter(selection.problems));
        const bool sound = facts.problems.empty() && !facts.contracts.empty();
        if (sound && !offered_by_a_plugin(found, facts.contracts.front().id)) take_found_module(facts, selection);
    }
}

manifest::Offer offer_of(const loader::Contract& contract, const std::string& by) {
    manifest::Version version;
    version.major = contract.major;
    version.minor = contract.minor;
    version.patch = contract.patch;
    return {contract.id, std::move(version), by, {}};
}

std::vector<manifest::Offer> offers_of(const std::vector<Facts>& modules) {
    std::vector<manifest::Offer> offers;
    for (const Facts& facts : modules)
        for (const loader::Contract& contract : facts.contracts) offers.push_back(offer_of(contract, ""));
    return offers;
}

manifest::Candidate candidate_of(const Facts& facts) {
    manifest::Candidate candidate;
    candidate.manifest = &*facts.manifest;
    candidate.path = facts.path;
    for (const loader::Contract& contract : facts.contracts)
        if (contract.offered) candidate.offers.push_back(offer_of(contract, facts.manifest->id));
    return candidate;
}

// The named files in the order in which they can start; behind them the others, for which the host has the reasons.
void append_files(const std::vector<Found>& found, Selection& selection) {
    std::vector<const Found*> sound;
    std::vector<manifest::Candidate> candidates;
    for (const Found& one : found) {
        if (!one.facts.manifest || !one.facts.problems.empty()) continue;
        sound.push_back(&one);
        candidates.push_back(candidate_of(one.facts));
    }
    const auto append = [&](const Found& one) {
        const bool there =
            std::find(selection.paths.begin(), selection.paths.end(), one.facts.path) != selection.paths.end();
        if (one.named && !there && !one.facts.is_contract()) selection.paths.push_back(one.facts.path);
    };
    const std::vector<manifest::Offer> offered = offers_of(selection.contracts);
    const manifest::Plan plan = manifest::make_plan(candidates, {offered, {}, {}, {}});
    for (const std::size_t index : plan.order) append(*sound[index]);
    for (const Found& one : found) append(one);
}

}  // namespace

Selection select(const std::vector<std::string>& paths, const std::vector<std::string>& modules) {
    Selection selection;
    std::vector<Found> found;
    for (const std::string& module : modules) take_module(module, selection);
    for (const std::string& path : paths)
        if (base::is_folder(path)) look_into(path, found, selection);
    for (const std::string& path : paths)
        if (!base::is_folder(path)) look_at(path, found, selection);
    take_found_modules(found, selection);
    append_files(found, selection);
    return selection;
}

}  // namespace tenon::cli
