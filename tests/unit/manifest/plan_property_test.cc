// What holds for every plan, tried on thousands of random sets with a fixed seed.
#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/manifest/plan_fixture.h"
#include "tests/unit/manifest/plan_naive.h"
#include "tests/unit/manifest/plan_random.h"

using namespace tenon::manifest;

namespace {

constexpr int sets = 20000;

// Everything that a plan says, with paths in the place of indices: lines that do not depend on the order of candidates.
std::vector<std::string> lines(const RandomSet& set, const Plan& plan) {
    const auto path = [&](std::size_t index) { return set.candidates[index].path; };
    std::vector<std::string> out;
    for (const std::size_t index : plan.order) out.push_back("start " + path(index));
    for (const Link& link : plan.links)
        out.push_back(
            fmt::format("{} after {}: {} {}", path(link.candidate), path(link.provider), link.what, link.required));
    for (const Refusal& refusal : plan.refusals)
        out.push_back(fmt::format("{} {} {} {}", path(refusal.candidate), refusal.problem.id, refusal.problem.text,
                                  refusal.problem.fix));
    return out;
}

// "id text" of the refusals of each candidate.
std::vector<std::multiset<std::string>> told(const RandomSet& set, const Plan& plan) {
    std::vector<std::multiset<std::string>> out(set.candidates.size());
    for (const Refusal& refusal : plan.refusals)
        out[refusal.candidate].insert(refusal.problem.id + " " + refusal.problem.text);
    return out;
}

std::multiset<std::string> ids_of(const std::multiset<std::string>& refusals) {
    std::multiset<std::string> ids;
    for (const std::string& refusal : refusals) ids.insert(refusal.substr(0, refusal.find(' ')));
    return ids;
}

bool contains_all(const std::multiset<std::string>& whole, const std::multiset<std::string>& part) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

bool needs_itself(const Manifest& manifest) {
    return std::any_of(manifest.dependencies.begin(), manifest.dependencies.end(),
                       [&](const Dependency& dependency) { return dependency.id == manifest.id; });
}

// Calls check(set, plan, number) for each set; the number is in the messages of what fails.
template <class Check>
void for_each_set(unsigned seed, int count, Check check) {
    std::mt19937 random(seed);
    for (int number = 0; number < count; ++number) {
        const RandomSet set = random_set(random);
        CAPTURE(seed, number);
        check(set, make_plan(set.candidates, set.around()));
    }
}

}  // namespace

TEST_CASE("a plan agrees with the rules written down naively") {
    std::map<std::string, int> seen;
    for_each_set(1, sets, [&](const RandomSet& set, const Plan& plan) {
        const NaivePlan wanted = naive_plan(set.candidates, set.around());
        std::vector<std::multiset<std::string>> ids(set.candidates.size());
        for (const Refusal& refusal : plan.refusals) ids[refusal.candidate].insert(refusal.problem.id);
        std::set<std::tuple<std::size_t, std::size_t, std::string, bool>> links;
        for (const Link& link : plan.links) links.insert({link.candidate, link.provider, link.what, link.required});
        REQUIRE(ids == wanted.told);
        REQUIRE(plan.order == wanted.order);
        REQUIRE(links == wanted.links);
        for (const Refusal& refusal : plan.refusals) ++seen[refusal.problem.id];
        seen["order"] += static_cast<int>(plan.order.size());
        seen["links"] += static_cast<int>(plan.links.size());
    });
    // The sets are worth something only if all of this occurs in them.
    for (const char* what : {"plan.platform",
                             "plan.glibc",
                             "plan.host",
                             "plan.feature",
                             "plan.already-active",
                             "plan.duplicate-id",
                             "plan.duplicate-contract",
                             "plan.duplicate-service",
                             "plan.duplicate-soname",
                             "plan.superseded",
                             "plan.pin-unmatched",
                             "plan.dependency-missing",
                             "plan.dependency-version",
                             "plan.dependency-refused",
                             "plan.contract-missing",
                             "plan.contract-version",
                             "plan.contract-refused",
                             "plan.cycle",
                             "plan.replaced",
                             "plan.conflict",
                             "order",
                             "links"}) {
        CAPTURE(what);
        CHECK(seen[what] > 200);
    }
}

TEST_CASE("the order of the candidates changes nothing in a plan") {
    std::mt19937 shuffle(7);
    for_each_set(2, sets / 4, [&](const RandomSet& set, const Plan& plan) {
        RandomSet shuffled;
        shuffled.candidates = set.candidates;
        std::shuffle(shuffled.candidates.begin(), shuffled.candidates.end(), shuffle);
        REQUIRE(lines(shuffled, make_plan(shuffled.candidates, set.around())) == lines(set, plan));
    });
}

TEST_CASE("each candidate starts once or has a reason why not") {
    for_each_set(3, sets / 4, [](const RandomSet& set, const Plan& plan) {
        std::vector<int> starts(set.candidates.size());
        std::vector<int> reasons(set.candidates.size());
        for (const std::size_t index : plan.order) ++starts[index];
        for (const Refusal& refusal : plan.refusals) {
            ++reasons[refusal.candidate];
            REQUIRE(refusal.problem.text.starts_with(set.candidates[refusal.candidate].manifest->id));
            REQUIRE_FALSE(refusal.problem.fix.empty());
        }
        for (std::size_t index = 0; index < set.candidates.size(); ++index) {
            const bool refused = reasons[index] > 0 || !set.candidates[index].faults.empty();
            REQUIRE(starts[index] == (refused ? 0 : 1));
        }
    });
}

TEST_CASE("the order respects the links, and the links come in the order") {
    for_each_set(4, sets / 4, [](const RandomSet& set, const Plan& plan) {
        std::vector<std::size_t> place(set.candidates.size(), plan.order.size());
        for (std::size_t i = 0; i < plan.order.size(); ++i) place[plan.order[i]] = i;
        std::size_t last = 0;
        for (const Link& link : plan.links) {
            REQUIRE(place[link.candidate] < plan.order.size());
            REQUIRE(place[link.provider] < place[link.candidate]);
            REQUIRE(place[link.candidate] >= last);
            last = place[link.candidate];
        }
    });
}

// Some refusals rest on a plugin's own file alone. The others may rest on what others are told: that it is superseded,
// for instance, because it still competes. Where a fault changes nothing for others, all of its refusals are still
// told.
TEST_CASE("a fault hides no other refusal of its plugin") {
    const std::set<std::string> of_its_own = {"plan.platform",
                                              "plan.glibc",
                                              "plan.host",
                                              "plan.feature",
                                              "plan.already-active",
                                              "plan.dependency-missing",
                                              "plan.dependency-version",
                                              "plan.contract-missing",
                                              "plan.contract-version"};
    int compared = 0;
    for_each_set(5, sets / 4, [&](const RandomSet& set, const Plan& plan) {
        const auto before = told(set, plan);
        for (std::size_t index = 0; index < set.candidates.size(); ++index) {
            if (needs_itself(*set.candidates[index].manifest)) continue;  // no manifest says so: it would be refused
            RandomSet worse;
            worse.candidates = set.candidates;
            worse.candidates[index].faults.push_back({"image.truncated", "ends too early", ""});
            const auto after = told(worse, make_plan(worse.candidates, set.around()));
            for (const std::string& refusal : before[index])
                if (of_its_own.contains(refusal.substr(0, refusal.find(' ')))) REQUIRE(after[index].contains(refusal));
            auto others_before = before;
            auto others_after = after;
            others_before[index].clear();
            others_after[index].clear();
            if (others_before != others_after) continue;
            CAPTURE(index, before[index], after[index]);
            REQUIRE(contains_all(ids_of(after[index]), ids_of(before[index])));
            ++compared;
        }
    });
    CHECK(compared > sets / 4);
}
