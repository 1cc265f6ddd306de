#include "tests/unit/manifest/plan_naive.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

namespace tenon::manifest {
namespace {

using Set = std::set<std::size_t>;
using Relation2 = std::set<std::pair<std::size_t, std::size_t>>;

struct NaiveNeed {
    std::size_t user;
    std::string what;
    bool contract;
    bool required;
    Set providers;
    bool told = false;
};

// Everything that can be reached, in one step or more.
Relation2 closure(Relation2 steps, std::size_t count) {
    for (std::size_t by = 0; by < count; ++by)
        for (std::size_t from = 0; from < count; ++from)
            for (std::size_t to = 0; to < count; ++to)
                if (steps.contains({from, by}) && steps.contains({by, to})) steps.insert({from, to});
    return steps;
}

class Naive {
public:
    Naive(std::span<const Candidate> candidates, const Surroundings& around)
        : all_(candidates), around_(around), count_(candidates.size()), superseded_(candidates.size()) {
        plan.told.resize(count_);
        by_id_.resize(count_);
        std::iota(by_id_.begin(), by_id_.end(), std::size_t{0});
        std::sort(by_id_.begin(), by_id_.end(), [&](std::size_t a, std::size_t b) {
            return std::tie(id(a), all_[a].path) < std::tie(id(b), all_[b].path);
        });
    }

    void run() {
        unfit();
        ids();
        for (std::size_t i = 0; i < count_; ++i)
            for (const Present& present : around_.present)
                if (present.id == id(i)) tell(i, "plan.already-active");
        contracts_services_sonames();
        needs();
        circles(everyone());
        fall();
        circles(left());
        fall();
        replaced_and_conflicts();
        fall();
        circles(left());
        fall();
        order();
    }

    NaivePlan plan;

private:
    const Manifest& manifest(std::size_t i) const { return *all_[i].manifest; }
    const std::string& id(std::size_t i) const { return manifest(i).id; }
    void tell(std::size_t i, const std::string& problem) { plan.told[i].insert(problem); }
    bool refused(std::size_t i) const { return !plan.told[i].empty() || !all_[i].faults.empty(); }
    Set everyone() const {
        Set set;
        for (std::size_t i = 0; i < count_; ++i) set.insert(i);
        return set;
    }
    Set left() const {
        Set set = everyone();
        std::erase_if(set, [&](std::size_t i) { return refused(i); });
        return set;
    }

    void unfit() {
        const System& system = around_.system;
        for (std::size_t i = 0; i < count_; ++i) {
            const Platform& wanted = manifest(i).platform;
            if (!system.platform.empty()) {
                if (!all_[i].platform.empty() && all_[i].platform != system.platform) tell(i, "plan.platform");
                if (!wanted.systems.empty() &&
                    std::count(wanted.systems.begin(), wanted.systems.end(), system.platform) == 0)
                    tell(i, "plan.platform");
            }
            for (const auto& glibc : {all_[i].glibc, wanted.glibc})
                if (system.glibc && glibc && *glibc > *system.glibc) tell(i, "plan.glibc");
            bool right_host = manifest(i).hosts.empty() || system.host.empty();
            for (const Relation& host : manifest(i).hosts)
                right_host = right_host || (host.id == system.host &&
                                            (!system.host_version || host.range.admits(*system.host_version)));
            if (!right_host) tell(i, "plan.host");
            bool able = true;
            for (const std::string& feature : wanted.features)
                able = able && std::count(system.features.begin(), system.features.end(), feature) > 0;
            if (system.features_known && !able) tell(i, "plan.feature");
        }
    }

    bool pinned_to(const Pin& pin, std::size_t i, bool name_is_id) const {
        if (pin.choice == all_[i].path) return true;
        if (!name_is_id && pin.choice == id(i)) return true;
        return pin.choice == to_string(manifest(i).version);
    }

    // Who starts of those who claim the name: `version` is what "newest" compares.
    void settle(const std::string& name, const std::string& problem, Set rivals, const Set& competing,
                const std::function<bool(const Set&)>& disputed,
                const std::function<std::optional<Version>(std::size_t)>& version) {
        if (!disputed(rivals)) return;
        for (const Pin& pin : around_.policy.pins) {
            if (pin.name != name) continue;
            Set fitting;
            for (const std::size_t i : rivals)
                if (pinned_to(pin, i, problem == "plan.duplicate-id")) fitting.insert(i);
            for (const std::size_t i : rivals)
                if (fitting.empty())
                    tell(i, "plan.pin-unmatched");
                else if (!fitting.contains(i))
                    supersede(i);
            if (!disputed(fitting)) return;
            rivals = fitting;
            break;
        }
        Set winners;
        if (around_.policy.duplicates == Duplicates::newest)
            for (const std::size_t i : rivals) {
                bool best = competing.contains(i);
                for (const std::size_t j : rivals)
                    if (i != j && competing.contains(j)) best = best && version(i) && *version(i) > *version(j);
                if (best) winners.insert(i);
            }
        for (const std::size_t i : rivals)
            if (winners.empty())
                tell(i, problem);
            else if (!winners.contains(i))
                supersede(i);
    }
    // For another system: it claims no name on this one.
    bool elsewhere(std::size_t i) const { return plan.told[i].contains("plan.platform"); }
    void supersede(std::size_t i) {
        tell(i, "plan.superseded");
        superseded_[i] = true;
    }
    std::size_t different_ids(const Set& set) const {
        std::set<std::string> ids;
        for (const std::size_t i : set) ids.insert(id(i));
        return ids.size();
    }

    void ids() {
        std::map<std::string, Set> claims;
        for (std::size_t i = 0; i < count_; ++i)
            if (!elsewhere(i)) claims[id(i)].insert(i);
        const Set competing = left();
        for (const auto& [name, rivals] : claims)
            settle(
                name, "plan.duplicate-id", rivals, competing, [](const Set& set) { return set.size() > 1; },
                [&](std::size_t i) { return std::optional(manifest(i).version); });
    }

    void contracts_services_sonames() {
        const auto no_version = [](std::size_t) { return std::optional<Version>(); };
        const auto two_ids = [&](const Set& set) { return different_ids(set) > 1; };
        std::map<std::string, Set> contracts;
        for (std::size_t i = 0; i < count_; ++i)
            for (const Offer& offer : all_[i].offers)
                if (!superseded_[i] && !elsewhere(i)) contracts[offer.contract].insert(i);
        Set competing = left();
        for (const auto& [name, rivals] : contracts)
            settle(name, "plan.duplicate-contract", rivals, competing, two_ids, [&, wanted = name](std::size_t i) {
                std::optional<Version> best;
                for (const Offer& offer : all_[i].offers)
                    if (offer.contract == wanted && (!best || *best < offer.version)) best = offer.version;
                return best;
            });

        std::map<std::string, Set> services;
        std::map<std::string, std::map<std::size_t, std::set<std::string>>> where;
        for (std::size_t i = 0; i < count_; ++i)
            for (const Offer& offer : all_[i].offers)
                for (const std::string& service : offer.services) {
                    where[service][i].insert(offer.contract);
                    if (!superseded_[i] && !elsewhere(i)) services[service].insert(i);
                }
        competing = left();
        for (const auto& [name, rivals] : services)
            settle(
                name, "plan.duplicate-service", rivals, competing,
                [&, wanted = name](const Set& set) {
                    std::set<std::string> contracts_of_it;
                    for (const std::size_t i : set)
                        contracts_of_it.insert(where[wanted][i].begin(), where[wanted][i].end());
                    return two_ids(set) && contracts_of_it.size() > 1;
                },
                no_version);

        std::map<std::string, Set> sonames;
        for (std::size_t i = 0; i < count_; ++i)
            if (!superseded_[i] && !elsewhere(i) && !all_[i].soname.empty()) sonames[all_[i].soname].insert(i);
        competing = left();
        for (const auto& [name, rivals] : sonames)
            settle(name, "plan.duplicate-soname", rivals, competing, two_ids, no_version);
    }

    // Whether a plugin goes by the id in the range: its own id, or one that it provides.
    static bool goes_by(const std::string& own, const Version& version, const std::vector<Provision>& provides,
                        const std::string& name, const Range& range) {
        if (own == name && range.admits(version)) return true;
        return std::any_of(provides.begin(), provides.end(), [&](const Provision& provided) {
            return provided.id == name && range.admits(provided.version);
        });
    }
    bool candidate_goes_by(std::size_t i, const std::string& name, const Range& range) const {
        return goes_by(id(i), manifest(i).version, manifest(i).provides, name, range);
    }

    void needs() {
        for (std::size_t i = 0; i < count_; ++i) {
            for (const Dependency& dependency : manifest(i).dependencies) {
                bool there = false;
                bool known = false;
                for (const Present& present : around_.present) {
                    there = there ||
                            goes_by(present.id, present.version, present.provides, dependency.id, dependency.range);
                    known = known || goes_by(present.id, {}, present.provides, dependency.id, {}) ||
                            present.id == dependency.id;
                }
                Set providers;
                for (std::size_t j = 0; j < count_; ++j) {
                    if (candidate_goes_by(j, dependency.id, dependency.range)) providers.insert(j);
                    known = known || id(j) == dependency.id;
                    for (const Provision& provided : manifest(j).provides)
                        known = known || provided.id == dependency.id;
                }
                if (dependency.id != id(i) && providers.contains(i)) continue;
                add(i, "dependency " + dependency.id + " " + dependency.range.text(), false,
                    !dependency.optional && !there, providers,
                    known ? "plan.dependency-version" : "plan.dependency-missing");
            }
            for (const ContractUse& use : manifest(i).contracts) {
                bool there = false;
                bool known = false;
                for (const Offer& offer : around_.offers)
                    if (offer.contract == use.id) {
                        known = true;
                        there = there || use.range.admits(offer.version);
                    }
                Set providers;
                for (std::size_t j = 0; j < count_; ++j)
                    for (const Offer& offer : all_[j].offers)
                        if (offer.contract == use.id) {
                            known = true;
                            if (use.range.admits(offer.version)) providers.insert(j);
                        }
                if (providers.contains(i)) continue;
                add(i, "contract " + use.id + " " + use.range.text(), true, !there, providers,
                    known ? "plan.contract-version" : "plan.contract-missing");
            }
        }
    }
    void add(std::size_t user, std::string what, bool contract, bool required, Set providers, const char* unmet) {
        if (required && providers.empty()) return tell(user, unmet);
        needs_.push_back({user, std::move(what), contract, required, std::move(providers)});
    }

    // Those of the set that can start one after the other, in steps: who needs nothing, who needs these, and so on.
    std::vector<std::size_t> sequence(const Set& set) const {
        std::vector<std::size_t> done;
        const auto ready = [&](std::size_t i) {
            return std::all_of(needs_.begin(), needs_.end(), [&](const NaiveNeed& need) {
                return need.user != i || !need.required ||
                       std::any_of(done.begin(), done.end(), [&](std::size_t p) { return need.providers.contains(p); });
            });
        };
        for (bool more = true; more;) {
            more = false;
            for (const std::size_t i : by_id_)  // the first that is ready, then all over again
                if (set.contains(i) && std::count(done.begin(), done.end(), i) == 0 && ready(i)) {
                    done.push_back(i);
                    more = true;
                    break;
                }
        }
        return done;
    }

    void circles(const Set& judged) {
        const std::vector<std::size_t> starts = sequence(judged);
        const auto blocked = [&](const NaiveNeed& need) {
            return need.required && judged.contains(need.user) &&
                   std::none_of(starts.begin(), starts.end(),
                                [&](std::size_t p) { return need.providers.contains(p); });
        };
        Relation2 waits;
        for (const NaiveNeed& need : needs_)
            for (const std::size_t provider : need.providers)
                if (blocked(need) && judged.contains(provider)) waits.insert({need.user, provider});
        const Relation2 reaches = closure(waits, count_);
        for (NaiveNeed& need : needs_)
            for (const std::size_t provider : need.providers)
                if (blocked(need) && judged.contains(provider) &&
                    (provider == need.user || reaches.contains({provider, need.user})))
                    need.told = true;  // by the circle
        for (const std::size_t i : judged)
            if (reaches.contains({i, i})) tell(i, "plan.cycle");
    }

    void fall() {
        for (bool more = true; more;) {
            more = false;
            for (NaiveNeed& need : needs_) {
                if (need.told || !need.required) continue;
                if (!std::all_of(need.providers.begin(), need.providers.end(),
                                 [&](std::size_t p) { return refused(p); }))
                    continue;
                need.told = true;
                more = true;
                tell(need.user, need.contract ? "plan.contract-refused" : "plan.dependency-refused");
            }
        }
    }

    bool replaces(std::size_t i, const std::string& other, const Version& version) const {
        return std::any_of(manifest(i).replaces.begin(), manifest(i).replaces.end(), [&](const Relation& relation) {
            return relation.id == other && relation.range.admits(version);
        });
    }

    void replaced_and_conflicts() {
        const Set sound = left();
        Set standing = sound;
        for (const std::size_t i : sound)
            for (std::size_t j = 0; j < count_; ++j)
                if (i != j && replaces(i, id(j), manifest(j).version)) standing.erase(j), replaced_.insert(j);
        for (const std::size_t i : replaced_) tell(i, "plan.replaced");
        for (std::size_t i = 0; i < count_; ++i)
            for (const Relation& conflict : manifest(i).conflicts) {
                bool meets_one = false;
                for (const std::size_t j : standing)
                    meets_one = meets_one || (i != j && candidate_goes_by(j, conflict.id, conflict.range) &&
                                              !replaces(i, id(j), manifest(j).version));
                for (const Present& present : around_.present)
                    meets_one = meets_one ||
                                goes_by(present.id, present.version, present.provides, conflict.id, conflict.range);
                if (meets_one) tell(i, "plan.conflict");
            }
    }

    void order() {
        const Set starters = left();
        const std::vector<std::size_t> possible = sequence(starters);
        const auto place = [&](std::size_t i) {
            return std::find(possible.begin(), possible.end(), i) - possible.begin();
        };
        const auto pairs = [&](bool required) {
            Relation2 found;
            for (const NaiveNeed& need : needs_)
                for (const std::size_t provider : need.providers)
                    if (need.required == required && starters.contains(need.user) && starters.contains(provider) &&
                        need.user != provider)
                        found.insert({need.user, provider});
            return found;
        };
        Relation2 must = pairs(true);
        const Relation2 all_must = closure(must, count_);
        std::erase_if(must, [&](const auto& pair) {
            return all_must.contains({pair.second, pair.first}) && place(pair.second) > place(pair.first);
        });
        Relation2 kept = must;
        kept.merge(pairs(false));
        const Relation2 all_kept = closure(kept, count_);
        std::erase_if(kept, [&](const auto& pair) {
            return all_kept.contains({pair.second, pair.first}) && !must.contains(pair);
        });
        for (const NaiveNeed& need : needs_)
            for (const std::size_t provider : need.providers)
                if ((need.required ? must : kept).contains({need.user, provider}))
                    plan.links.insert({need.user, provider, need.what, need.required});
        while (plan.order.size() < starters.size()) {
            const std::size_t before = plan.order.size();
            for (const std::size_t i : by_id_) {
                const auto done = [&](std::size_t p) {
                    return std::count(plan.order.begin(), plan.order.end(), p) > 0;
                };
                if (!starters.contains(i) || done(i)) continue;
                if (!std::all_of(kept.begin(), kept.end(),
                                 [&](const auto& pair) { return pair.first != i || done(pair.second); }))
                    continue;
                plan.order.push_back(i);
                break;
            }
            if (plan.order.size() == before) return;  // a circle: the comparison will show it
        }
    }

    std::span<const Candidate> all_;
    const Surroundings& around_;
    std::size_t count_;
    std::vector<bool> superseded_;
    std::vector<std::size_t> by_id_;
    std::vector<NaiveNeed> needs_;
    Set replaced_;
};

}  // namespace

NaivePlan naive_plan(std::span<const Candidate> candidates, const Surroundings& around) {
    Naive naive(candidates, around);
    naive.run();
    return std::move(naive.plan);
}

}  // namespace tenon::manifest
