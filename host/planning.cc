#include "host/planning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "host/fit.h"
#include "host/host.h"

namespace tenon::host {

namespace {

// Beyond it, loading finds what is left, contract by contract.
constexpr int most_rounds = 16;

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
std::vector<manifest::Offer> offers_of(Host& host, const Plugin* replaced) {
    std::vector<manifest::Offer> offers;
    for (const auto& [id, offered] : host.catalogue().all())
        if (replaced == nullptr || offered.by != replaced)
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

// Contracts by id, and who will describe them: what is on offer already, or else the plugins that are to start.
using Describers = std::map<std::string_view, OfferView>;

Describers describers(Host& host, const std::vector<Plugin*>& starters, const Plugin* replaced) {
    Describers all;
    for (const auto& [id, offered] : host.catalogue().all())
        if (replaced == nullptr || offered.by != replaced)
            all[id] = {offered.contract.get(), offered.by == nullptr ? "the host" : offered.by->id()};
    for (const Plugin* plugin : starters)
        for (const loader::Contract& contract : plugin->contracts)
            if (contract.offered) all.try_emplace(contract.id, OfferView{&contract, plugin->id()});
    return all;
}

// What does not fit the contract that it would be given. Nothing where there is none, or in another version: the plan
// has words for that.
base::Problems misfits(const Plugin& plugin, const Describers& describers) {
    base::Problems problems = contracts_fit(plugin, [&](std::string_view id) -> OfferView {
        const auto found = describers.find(id);
        if (found == describers.end() || !admitted(plugin, *found->second.contract)) return {};
        return found->second;
    });
    std::erase_if(problems, [](const base::Problem& problem) { return problem.id == "contract.unknown"; });
    return problems;
}

class Planner {
public:
    Planner(Host& host, const Candidates& plugins, const Plugin* replaced);

    // Plans, compares contracts with those of the plugins that would start, and plans again with what was found: it
    // may change who starts. Each round refuses somebody for good.
    manifest::Plan run();
    Plugin& plugin(std::size_t candidate) const { return *known_[candidate]; }

private:
    manifest::Plan plan() const;
    bool refuse_misfits(const manifest::Plan& plan);
    void refuse(std::size_t candidate, base::Problem problem);

    Host& host_;
    const Plugin* const replaced_;
    std::vector<Plugin*> known_;  // those that have an id
    std::vector<manifest::Candidate> candidates_;
    std::vector<bool> misfit_;
    std::vector<manifest::Offer> offers_;
    std::vector<manifest::Present> present_;
    manifest::System system_;
};

// What the store remembers of it; its errors so far are counted on.
base::Check disabled(Host& host, Plugin& plugin) {
    std::string because;
    recall_health(host, plugin, because);
    const auto stated = host.settings().words.plugins.find(plugin.id());
    const bool by_operator = stated != host.settings().words.plugins.end() && stated->second.max_errors;
    plugin.health.max_errors =
        by_operator ? stated->second.max_errors->value : plugin.manifest->limits.max_errors.value_or(0);
    if (because.empty()) return {};
    return base::Problem{"plugin.disabled", fmt::format("{} is disabled, {}", plugin.name(), because),
                         "Mend it, then call tenon_host_enable (tenon enable)."};
}

Planner::Planner(Host& host, const Candidates& plugins, const Plugin* replaced)
    : host_(host), replaced_(replaced), offers_(offers_of(host, replaced)), system_(system_of(host)) {
    for (const std::unique_ptr<Plugin>& plugin : plugins) {
        if (!plugin->manifest) continue;
        known_.push_back(plugin.get());
        candidates_.push_back(candidate_of(*plugin));
        if (base::Check problem = disabled(host, *plugin)) refuse(known_.size() - 1, std::move(*problem));
        if (host.active(plugin->id()) != nullptr) continue;  // its contracts are on offer: the plan says so
        for (const loader::Contract& contract : plugin->contracts)
            if (contract.offered)
                if (base::Check problem = host.catalogue().acceptable(contract))
                    refuse(known_.size() - 1, std::move(*problem));
    }
    misfit_.resize(known_.size());
    for (const std::unique_ptr<Plugin>& plugin : host.plugins())
        if (plugin->is_active() && plugin.get() != replaced)
            present_.push_back({plugin->id(), plugin->manifest->version, plugin->manifest->provides});
}

void Planner::refuse(std::size_t candidate, base::Problem problem) {
    candidates_[candidate].faults.push_back(problem);
    known_[candidate]->fail(std::move(problem));
}

manifest::Plan Planner::plan() const {
    return manifest::make_plan(candidates_, {offers_, present_, system_, host_.settings().policy});
}

bool Planner::refuse_misfits(const manifest::Plan& plan) {
    std::vector<Plugin*> starters;
    for (const std::size_t index : plan.order) starters.push_back(known_[index]);
    const Describers all = describers(host_, starters, replaced_);
    bool found = false;
    for (std::size_t i = 0; i < known_.size(); ++i) {
        if (misfit_[i]) continue;
        for (base::Problem& problem : misfits(*known_[i], all)) {
            refuse(i, std::move(problem));
            misfit_[i] = found = true;
        }
    }
    return found;
}

manifest::Plan Planner::run() {
    manifest::Plan last = plan();
    for (int round = 0; round < most_rounds && refuse_misfits(last); ++round) last = plan();
    return last;
}

}  // namespace

std::vector<Plugin*> plan(Host& host, const Candidates& plugins, const Plugin* replaced) {
    Planner planner(host, plugins, replaced);
    manifest::Plan plan = planner.run();
    for (manifest::Refusal& refusal : plan.refusals) planner.plugin(refusal.candidate).fail(std::move(refusal.problem));
    for (manifest::Link& link : plan.links)
        planner.plugin(link.candidate)
            .after.push_back({planner.plugin(link.provider).id(), std::move(link.what), link.required});
    std::vector<Plugin*> order;
    for (const std::size_t index : plan.order) order.push_back(&planner.plugin(index));
    return order;
}

}  // namespace tenon::host
