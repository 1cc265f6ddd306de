#include "manifest/needs.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// Lists in problems name at most this many.
constexpr std::size_t most_named = 4;

void append(std::string& list, std::string_view item, std::size_t index) {
    if (index < most_named) list.append(index == 0 ? "" : ", ").append(item);
    if (index == most_named) list += ", ...";
}

std::string hint(std::string_view similar) {
    return similar.empty() ? "" : fmt::format("; did you mean {}?", similar);
}

}  // namespace

std::string title(const Candidate& candidate) {
    return fmt::format("{} {} ({})", candidate.manifest->id, to_string(candidate.manifest->version), candidate.path);
}

Supply::Supply(std::span<const Candidate* const> candidates, std::span<const Offer> host_offers,
               std::span<const Present> present)
    : candidates_(candidates) {
    for (std::size_t position = 0; position < candidates.size(); ++position) {
        by_id_[candidates[position]->manifest->id].push_back(position);
        for (const Offer& offer : candidates[position]->offers)
            candidate_offers_[offer.contract].emplace_back(position, &offer);
    }
    for (const Offer& offer : host_offers) host_offers_[offer.contract].push_back(&offer);
    for (const Present& plugin : present) present_.emplace(plugin.id, &plugin);
}

const std::vector<std::size_t>& Supply::with_id(std::string_view id) const {
    static const std::vector<std::size_t> none;
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? none : found->second;
}

const Present* Supply::active(std::string_view id) const {
    const auto found = present_.find(id);
    return found == present_.end() ? nullptr : found->second;
}

Needs Supply::needs_of(std::size_t position) {
    Needs out;
    for (const Dependency& dependency : candidates_[position]->manifest->dependencies) meet(dependency, position, out);
    for (const ContractUse& use : candidates_[position]->manifest->contracts) meet(use, position, out);
    return out;
}

void Supply::meet(const Dependency& dependency, std::size_t position, Needs& out) {
    std::vector<std::size_t> providers;
    if (const Present* plugin = active(dependency.id)) {
        // A candidate of that id is refused: only the active one counts.
        if (dependency.range.admits(plugin->version)) return;
    } else {
        for (const std::size_t other : with_id(dependency.id))
            if (dependency.range.admits(candidates_[other]->manifest->version)) providers.push_back(other);
    }
    if (dependency.optional)
        out.rather_after.insert(out.rather_after.end(), providers.begin(), providers.end());
    else if (providers.empty())
        out.unmet.push_back(dependency_missing(dependency, position));
    else
        out.needs.push_back({fmt::format("{} {}", dependency.id, dependency.range.text()), false, providers});
}

void Supply::meet(const ContractUse& use, std::size_t position, Needs& out) {
    const auto admitted = [&use](const Offer* offer) { return use.range.admits(offer->version); };
    const auto from_host = host_offers_.find(use.id);
    bool met =
        from_host != host_offers_.end() && std::any_of(from_host->second.begin(), from_host->second.end(), admitted);
    std::vector<std::size_t> providers;
    if (const auto found = candidate_offers_.find(use.id); found != candidate_offers_.end())
        for (const auto& [other, offer] : found->second) {
            if (!admitted(offer)) continue;
            if (other == position)
                met = true;  // by the plugin itself
            else
                providers.push_back(other);
        }
    if (met)
        out.rather_after.insert(out.rather_after.end(), providers.begin(), providers.end());
    else if (providers.empty())
        out.unmet.push_back(contract_missing(use, position));
    else
        out.needs.push_back({fmt::format("contract {} {}", use.id, use.range.text()), true, providers});
}

base::Problem Supply::dependency_missing(const Dependency& dependency, std::size_t position) {
    const std::string needs =
        fmt::format("{} needs {} {}; ", title(*candidates_[position]), dependency.id, dependency.range.text());
    if (const std::string found = found_versions(dependency.id); !found.empty())
        return {"plan.dependency-version", fmt::format("{}found {}", needs, found),
                fmt::format("install a version of {} that {} admits", dependency.id, dependency.range.text())};
    return {"plan.dependency-missing", fmt::format("{}no plugin has this id{}", needs, hint(similar_id(dependency.id))),
            fmt::format("install {}", dependency.id)};
}

base::Problem Supply::contract_missing(const ContractUse& use, std::size_t position) const {
    const std::string needs =
        fmt::format("{} needs contract {} {}; ", title(*candidates_[position]), use.id, use.range.text());
    if (const std::string offered = offered_versions(use.id); !offered.empty())
        return {"plan.contract-version", needs + offered,
                "install a plugin built for that version of the contract, or a host that offers the wanted one"};
    std::vector<std::string_view> names;
    for (const auto& [name, offers] : host_offers_) names.push_back(name);
    for (const auto& [name, offers] : candidate_offers_) names.push_back(name);
    return {"plan.contract-missing", fmt::format("{}nobody offers it{}", needs, hint(nearest(use.id, names))),
            "use the plugin with a host that offers the contract"};
}

// "org.b 1.9.0 at path, org.b 1.8.0 at path"; empty if there is none.
std::string Supply::found_versions(std::string_view id) const {
    if (const Present* plugin = active(id)) return fmt::format("{} {}, active", id, to_string(plugin->version));
    std::string list;
    std::size_t index = 0;
    for (const std::size_t other : with_id(id))
        append(
            list,
            fmt::format("{} {} at {}", id, to_string(candidates_[other]->manifest->version), candidates_[other]->path),
            index++);
    return list;
}

// "the host offers 1.0.0, org.b offers 1.1.0"; empty if nobody offers it.
std::string Supply::offered_versions(std::string_view contract) const {
    std::string list;
    std::size_t index = 0;
    const auto name = [](std::string_view by) { return by.empty() ? std::string_view("the host") : by; };
    if (const auto found = host_offers_.find(contract); found != host_offers_.end())
        for (const Offer* offer : found->second)
            append(list, fmt::format("{} offers {}", name(offer->by), to_string(offer->version)), index++);
    if (const auto found = candidate_offers_.find(contract); found != candidate_offers_.end())
        for (const auto& [other, offer] : found->second)
            append(list, fmt::format("{} offers {}", candidates_[other]->manifest->id, to_string(offer->version)),
                   index++);
    return list;
}

std::string_view Supply::similar_id(std::string_view id) {
    if (const auto found = similar_.find(id); found != similar_.end()) return found->second;
    std::vector<std::string_view> ids;
    for (const auto& [name, positions] : by_id_) ids.push_back(name);
    for (const auto& [name, plugin] : present_) ids.push_back(name);
    return similar_.emplace(id, nearest(id, ids)).first->second;
}

}  // namespace tenon::manifest
