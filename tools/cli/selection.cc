#include "tools/cli/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/file.h"
#include "loader/scan.h"

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

bool is_module(const loader::ScanRow& row) {
    return row.path.ends_with(".contract.so") && row.outcome && row.outcome.value().note_type == TENON_NOTE_CONTRACT;
}

// Most folders have no modules: then nobody needs to know what their plugins offer.
void look_into(const std::string& folder, loader::ImageCache* cache, std::vector<Found>& found, Selection& selection) {
    if (base::Result<std::vector<std::string>> names = base::list_folder(folder); !names)
        return selection.problems.push_back(names.problem());
    selection.paths.push_back(folder);
    loader::ScanOptions options;
    options.max_depth = 2;  // as the host does
    const loader::Scan scan = loader::scan(folder, options, cache);
    if (std::none_of(scan.rows.begin(), scan.rows.end(), is_module)) return;
    for (const loader::ScanRow& row : scan.rows)
        if (row.outcome) found.push_back({read_facts(row.path), false});
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

// A module of a contract that stands among the named files is offered, and not looked at as a plugin.
void take_paths(const std::vector<Found>& found, Selection& selection) {
    for (const Found& one : found)
        if (one.named && !one.facts.is_contract()) selection.paths.push_back(one.facts.path);
}

}  // namespace

Selection select(const std::vector<std::string>& paths, const std::vector<std::string>& modules,
                 const std::string& cache) {
    Selection selection;
    std::vector<Found> found;
    std::optional<loader::ImageCache> known;
    if (!cache.empty()) known = loader::ImageCache::open(cache);  // what is wrong with it, the host will say
    for (const std::string& module : modules) take_module(module, selection);
    for (const std::string& path : paths)
        if (base::is_folder(path)) look_into(path, known ? &*known : nullptr, found, selection);
    for (const std::string& path : paths)
        if (!base::is_folder(path)) look_at(path, found, selection);
    take_found_modules(found, selection);
    take_paths(found, selection);
    return selection;
}

}  // namespace tenon::cli
