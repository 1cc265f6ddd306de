#include "manifest/needs.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// Each search for a similar name compares all names. After so many comparisons texts do without a suggestion.
constexpr std::size_t most_comparisons = 10000;

void add_once(std::vector<std::size_t>& positions, std::size_t position) {
    if (positions.empty() || positions.back() != position) positions.push_back(position);
}

}  // namespace

std::string Want::text() const {
    return fmt::format("{}{} {}", contract ? "contract " : "", id, range->text());
}

Supply::Supply(Sorted candidates, std::span<const Offer> host_offers, std::span<const Present> present)
    : candidates_(candidates) {
    for (const Present& plugin : present) {
        plugins_[plugin.id].holders.push_back({&plugin, nowhere, &plugin.version, true});
        for (const Provision& provided : plugin.provides)
            plugins_[provided.id].holders.push_back({&plugin, nowhere, &provided.version, false});
    }
    for (const Offer& offer : host_offers) contracts_[offer.contract].offerers.push_back({&offer, nowhere});
    for (std::size_t position = 0; position < candidates.size(); ++position) {
        const Manifest& manifest = *candidates[position]->manifest;
        plugins_[manifest.id].holders.push_back({nullptr, position, &manifest.version, true});
        for (const Provision& provided : manifest.provides)
            plugins_[provided.id].holders.push_back({nullptr, position, &provided.version, false});
        for (const Offer& offer : candidates[position]->offers)
            contracts_[offer.contract].offerers.push_back({&offer, position});
    }
}

std::span<const Holder> Supply::holders(std::string_view id) const {
    const auto found = plugins_.find(id);
    return found == plugins_.end() ? std::span<const Holder>() : std::span<const Holder>(found->second.holders);
}

const Present* Supply::active(std::string_view id) const {
    for (const Holder& holder : holders(id)) {
        if (holder.active == nullptr) break;
        if (holder.own) return holder.active;
    }
    return nullptr;
}

std::size_t Supply::want(bool contract, std::string_view id, const Range& range) {
    Name& name = (contract ? contracts_ : plugins_)[id];
    const auto [found, is_new] = name.wants.emplace(range.text(), wants_.size());
    if (!is_new) return found->second;
    Want& want = wants_.emplace_back(Want{contract, id, &range});
    const auto meets = [&](const Version& version, std::size_t candidate) {
        if (!range.admits(version)) return;
        if (candidate == nowhere)
            want.there = true;
        else
            add_once(want.providers, candidate);
    };
    for (const Holder& holder : name.holders) meets(*holder.version, holder.candidate);
    for (const Offerer& offerer : name.offerers) meets(offerer.offer->version, offerer.candidate);
    return found->second;
}

std::vector<Bond> Supply::bonds_of(std::size_t position, Verdicts& verdicts) {
    const Manifest& manifest = *candidates_[position]->manifest;
    std::vector<Bond> bonds;
    for (const Dependency& dependency : manifest.dependencies)
        bind(position, want(false, dependency.id, dependency.range), dependency.optional, bonds, verdicts);
    for (const ContractUse& use : manifest.contracts)
        bind(position, want(true, use.id, use.range), false, bonds, verdicts);
    return bonds;
}

void Supply::bind(std::size_t position, std::size_t number, bool optional, std::vector<Bond>& bonds,
                  Verdicts& verdicts) {
    const Want& want = wants_[number];
    const Candidate& candidate = *candidates_[position];
    // What it offers or provides itself is met; its own id is not, which makes a circle of one.
    if ((want.contract || want.id != candidate.manifest->id) &&
        std::binary_search(want.providers.begin(), want.providers.end(), position))
        return;
    const bool required = !optional && !want.there;
    if (!want.providers.empty())
        bonds.push_back({number, required});
    else if (required)
        verdicts.tell(position, want.contract ? missing_contract(want, title(candidate))
                                              : missing_dependency(want, title(candidate)));
}

base::Problem Supply::missing_dependency(const Want& want, const std::string& who) {
    if (const std::string found = found_versions(want.id); !found.empty())
        return {"plan.dependency-version", fmt::format("{} needs {}; found {}", who, want.text(), found),
                fmt::format("install a version of {} that {} admits", want.id, want.range->text())};
    return {"plan.dependency-missing",
            fmt::format("{} needs {}; no plugin has this id{}", who, want.text(), suggestion(false, want.id)),
            fmt::format("install {}", want.id)};
}

base::Problem Supply::missing_contract(const Want& want, const std::string& who) {
    if (const std::string offered = offered_versions(want.id); !offered.empty())
        return {"plan.contract-version", fmt::format("{} needs {}; {}", who, want.text(), offered),
                "install a plugin built for that version of the contract, or a host that offers the wanted one"};
    return {"plan.contract-missing",
            fmt::format("{} needs {}; nobody offers it{}", who, want.text(), suggestion(true, want.id)),
            "use the plugin with a host that offers the contract"};
}

// "org.b 1.9.0 at path, org.b 1.8.0 provided by org.c 1.0.0 at path"; empty if there is none.
std::string Supply::found_versions(std::string_view id) const {
    List list;
    for (const Holder& holder : holders(id)) {
        if (list.full()) break;
        const bool active = holder.active != nullptr;
        const Manifest* const manifest = active ? nullptr : candidates_[holder.candidate]->manifest;
        std::string item = fmt::format("{} {}", id, to_string(*holder.version));
        if (!holder.own)
            item += fmt::format(" provided by {} {}", active ? holder.active->id : manifest->id,
                                to_string(active ? holder.active->version : manifest->version));
        list.add(item + (active ? ", active" : " at " + candidates_[holder.candidate]->path));
    }
    return list.text();
}

// "the host offers 1.0.0, org.b offers 1.1.0"; empty if nobody offers it.
std::string Supply::offered_versions(std::string_view contract) const {
    List list;
    const auto found = contracts_.find(contract);
    if (found == contracts_.end()) return "";
    for (const auto& [offer, candidate] : found->second.offerers) {
        if (list.full()) break;
        const std::string& by = candidate == nowhere ? offer->by : candidates_[candidate]->manifest->id;
        list.add(fmt::format("{} offers {}", by.empty() ? "the host" : by, to_string(offer->version)));
    }
    return list.text();
}

std::string Supply::suggestion(bool contract, std::string_view id) {
    const std::pair key(contract, id);
    if (const auto found = suggestions_.find(key); found != suggestions_.end()) return found->second;
    if (comparisons_ >= most_comparisons) return "";
    std::vector<std::string_view> names;
    for (const auto& [name, all] : contract ? contracts_ : plugins_)
        if (!all.holders.empty() || !all.offerers.empty()) names.push_back(name);
    comparisons_ += names.size();
    std::sort(names.begin(), names.end());  // the first of equally similar ones is taken
    const std::string_view similar = nearest(id, names);
    return suggestions_[key] = similar.empty() ? "" : fmt::format("; did you mean {}?", similar);
}

}  // namespace tenon::manifest
