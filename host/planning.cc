#include "host/planning.h"

#include <algorithm>
#include <cstdio>

#include "host/fit.h"
#include "host/host.h"

namespace tenon::host {

namespace {

manifest::Version version_of(const loader::Contract& contract) {
    manifest::Version version;
    version.major = contract.major;
    version.minor = contract.minor;
    version.patch = contract.patch;
    return version;
}

manifest::Offer offer_of(const loader::Contract& contract, const std::string& by) {
    manifest::Offer offer{contract.id, version_of(contract), by, {}};
    for (const loader::Service& service : contract.services) offer.services.push_back(service.id);
    return offer;
}

std::vector<manifest::Offer> offers_of(const Plugin& plugin) {
    std::vector<manifest::Offer> offers;
    for (const loader::Contract& contract : plugin.contracts)
        if (contract.offered) offers.push_back(offer_of(contract, plugin.id()));
    return offers;
}

// By the host and by active plugins.
std::vector<manifest::Offer> offers_of(Host& host) {
    std::vector<manifest::Offer> offers;
    for (const auto& [id, offered] : host.catalogue().all())
        offers.push_back(offer_of(*offered.contract, offered.by == nullptr ? "" : offered.by->id()));
    return offers;
}

std::optional<manifest::Version> glibc(unsigned major, unsigned minor) {
    manifest::Version version;
    version.major = major;
    version.minor = minor;
    return version;
}

// "2.36"
std::optional<manifest::Version> glibc(const std::string& text) {
    unsigned major = 0, minor = 0;
    if (std::sscanf(text.c_str(), "%u.%u", &major, &minor) != 2) return {};
    return glibc(major, minor);
}

manifest::System system_of(Host& host) {
    manifest::System system = host.settings().system;
    const loader::SystemFacts& facts = host.system().facts();
    system.platform = facts.platform;
    system.glibc = glibc(facts.glibc);
    system.features = facts.features;
    system.features_known = true;
    return system;
}

manifest::Candidate candidate_of(const Plugin& plugin) {
    manifest::Candidate candidate;
    candidate.manifest = &*plugin.manifest;
    candidate.path = plugin.path;
    candidate.offers = offers_of(plugin);
    candidate.platform = plugin.image.platform;
    if (const auto needed = loader::required_glibc(plugin.image))
        candidate.glibc = glibc(needed->first, needed->second);
    candidate.soname = plugin.image.soname;
    candidate.faults = plugin.problems;
    return candidate;
}

bool admitted(const Plugin& user, const loader::Contract& offered) {
    for (const manifest::ContractUse& use : user.manifest->contracts)
        if (use.id == offered.id) return use.range.admits(version_of(offered));
    return true;  // its own
}

// Who will describe a contract to `user`: what is on offer already, or else the first of the candidates that may start.
// None, also where the version is wrong: the plan has words for that.
FindOffer offers_for(Host& host, const Candidates& plugins, const Plugin& user) {
    return [&](std::string_view id) -> OfferView {
        if (const Offered* const offered = host.catalogue().find(id)) {
            if (!admitted(user, *offered->contract)) return {};
            return {offered->contract.get(), offered->by == nullptr ? "the host" : offered->by->id()};
        }
        for (const std::unique_ptr<Plugin>& plugin : plugins) {
            const loader::Contract* const contract = contract_of(*plugin, id);
            if (contract != nullptr && contract->offered && plugin->manifest && plugin->problems.empty() &&
                admitted(user, *contract))
                return {contract, plugin->id()};
        }
        return {};
    };
}

// All are judged before one is failed, so that their order does not matter.
void judge_contracts(Host& host, const Candidates& plugins) {
    std::vector<base::Problems> found;
    for (const std::unique_ptr<Plugin>& plugin : plugins)
        found.push_back(plugin->manifest ? contracts_fit(*plugin, offers_for(host, plugins, *plugin))
                                         : base::Problems());
    for (std::size_t i = 0; i < plugins.size(); ++i)
        for (base::Problem& problem : found[i])
            if (problem.id != "contract.unknown") plugins[i]->fail(std::move(problem));
}

}  // namespace

std::vector<Plugin*> plan(Host& host, const Candidates& plugins) {
    judge_contracts(host, plugins);
    std::vector<Plugin*> known;  // those that have an id
    std::vector<manifest::Candidate> candidates;
    for (const std::unique_ptr<Plugin>& plugin : plugins) {
        if (!plugin->manifest) continue;
        known.push_back(plugin.get());
        candidates.push_back(candidate_of(*plugin));
    }
    const std::vector<manifest::Offer> offers = offers_of(host);
    std::vector<manifest::Present> present;
    for (const std::unique_ptr<Plugin>& plugin : host.plugins())
        if (plugin->is_active())
            present.push_back({plugin->id(), plugin->manifest->version, plugin->manifest->provides});

    manifest::Plan plan = manifest::make_plan(candidates, {offers, present, system_of(host), host.settings().policy});
    for (manifest::Refusal& refusal : plan.refusals) known[refusal.candidate]->fail(std::move(refusal.problem));
    for (manifest::Link& link : plan.links)
        known[link.candidate]->after.push_back({known[link.provider]->id(), std::move(link.what), link.required});
    std::vector<Plugin*> order;
    for (const std::size_t index : plan.order) order.push_back(known[index]);
    return order;
}

}  // namespace tenon::host
