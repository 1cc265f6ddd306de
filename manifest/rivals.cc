#include "manifest/rivals.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// Longer lists of paths are cut.
constexpr std::size_t most_paths = 16;
// A pin's choice is the user's text: as much of it as a path may have.
constexpr std::size_t longest_choice = 4096;

}  // namespace

struct Rivals::Kind {
    std::string_view problem;
    std::string_view noun;   // "the id" org.a
    std::string_view claim;  // "files have the id" org.a
    std::string_view how;    // behind the name
    bool other_ids;          // files of one id do not dispute it
    bool other_uses;         // those with one use do not dispute it
};

Rivals::Rivals(Sorted candidates, const Policy& policy, Verdicts& verdicts)
    : candidates_(candidates),
      policy_(policy),
      verdicts_(verdicts),
      elsewhere_(candidates.size()),
      superseded_(candidates.size()) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const base::Problems& told = verdicts.problems(i);
        elsewhere_[i] = std::any_of(told.begin(), told.end(),
                                    [](const base::Problem& problem) { return problem.id == "plan.platform"; });
    }
    for (const Pin& pin : policy.pins) pins_.emplace(pin.name, &pin);
}

void Rivals::settle_ids() {
    Names ids;
    for (std::size_t i = 0; i < candidates_.size(); ++i)
        ids[candidates_[i]->manifest->id].push_back({i, {}, &candidates_[i]->manifest->version});
    settle({"plan.duplicate-id", "the id", "have the id", "", false, false}, ids);
}

void Rivals::settle_shared_names() {
    Names contracts;
    Names services;
    Names sonames;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
        for (const Offer& offer : candidates_[i]->offers) {
            contracts[offer.contract].push_back({i, {}, &offer.version});
            for (const std::string& service : offer.services) services[service].push_back({i, offer.contract});
        }
        if (!candidates_[i]->soname.empty()) sonames[candidates_[i]->soname].push_back({i});
    }
    settle({"plan.duplicate-contract", "the contract", "offer the contract", "", true, false}, contracts);
    settle({"plan.duplicate-service", "the service", "offer the service", " in different contracts", true, true},
           services);
    settle({"plan.duplicate-soname", "the SONAME", "have the SONAME", "", true, false}, sonames);
}

void Rivals::settle(const Kind& kind, const Names& names) {
    competes_ = verdicts_.unrefused();
    const std::vector<bool> out = superseded_;
    for (const auto& [name, all] : names) {
        if (all.size() < 2) continue;
        Claims claims;
        for (const Claim& claim : all)
            if (!out[claim.candidate] && !elsewhere_[claim.candidate]) claims.push_back(claim);
        if (disputed(kind, claims)) judge(kind, name, std::move(claims));
    }
}

bool Rivals::disputed(const Kind& kind, const Claims& claims) const {
    const auto differ = [&](auto&& what) {
        return std::any_of(claims.begin(), claims.end(),
                           [&](const Claim& claim) { return what(claim) != what(claims.front()); });
    };
    const auto id = [&](const Claim& claim) -> std::string_view { return candidates_[claim.candidate]->manifest->id; };
    return differ([](const Claim& claim) { return claim.candidate; }) && (!kind.other_ids || differ(id)) &&
           (!kind.other_uses || differ([](const Claim& claim) { return claim.use; }));
}

// One claim of each file: of those of a file, that for the highest version.
Rivals::Claims Rivals::of_each_file(const Claims& claims) {
    Claims rivals;
    for (const Claim& claim : claims) {
        if (rivals.empty() || rivals.back().candidate != claim.candidate)
            rivals.push_back(claim);
        else if (claim.version != nullptr && *rivals.back().version < *claim.version)
            rivals.back().version = claim.version;
    }
    return rivals;
}

void Rivals::judge(const Kind& kind, std::string_view name, Claims claims) {
    std::string undecided = policy_.duplicates == Duplicates::pinned ? "no pin chooses one" : "";
    if (const auto found = pins_.find(name); found != pins_.end()) {
        const Pin& pin = *found->second;
        apply(pin, kind, name, of_each_file(claims));
        std::erase_if(claims, [&](const Claim& claim) { return !fits(pin, kind, claim); });
        if (claims.empty() || !disputed(kind, claims)) return;
        undecided = fmt::format("the pin {} fits all of them", printable(pin.choice, longest_choice));
    }
    if (policy_.duplicates == Duplicates::newest)
        apply_newest(kind, name, of_each_file(claims));
    else
        refuse_all(kind, name, of_each_file(claims), undecided);
}

bool Rivals::fits(const Pin& pin, const Kind& kind, const Claim& claim) const {
    const Candidate& candidate = *candidates_[claim.candidate];
    if (pin.choice == candidate.path || (kind.other_ids && pin.choice == candidate.manifest->id)) return true;
    const base::Result<Version> version = Version::parse(pin.choice);
    // Without a build in the choice, any build of that version will do.
    return version && version.value() == candidate.manifest->version &&
           (version.value().build.empty() || version.value().build == candidate.manifest->version.build);
}

// Tells those that the pin does not fit.
void Rivals::apply(const Pin& pin, const Kind& kind, std::string_view name, const Claims& claims) {
    const std::string pinned =
        fmt::format("{} {} is pinned to {}", kind.noun, name, printable(pin.choice, longest_choice));
    const auto chosen =
        std::find_if(claims.begin(), claims.end(), [&](const Claim& claim) { return fits(pin, kind, claim); });
    const std::string there = chosen == claims.end() ? list(claims, true) : "";
    for (const Claim& claim : claims)
        if (chosen == claims.end())
            verdicts_.tell(claim.candidate, {"plan.pin-unmatched",
                                             fmt::format("{}: {}, but there is only {}",
                                                         title(*candidates_[claim.candidate]), pinned, there),
                                             "correct the pin, or install what it names"});
        else if (!fits(pin, kind, claim))
            supersede(claim.candidate, chosen->candidate, pinned);
}

void Rivals::apply_newest(const Kind& kind, std::string_view name, const Claims& claims) {
    Claims best;
    std::size_t competing = 0;
    for (const Claim& claim : claims) {
        if (!competes_[claim.candidate]) continue;
        ++competing;
        if (!best.empty() && claim.version != nullptr && *best.front().version < *claim.version) best.clear();
        if (best.empty() || claim.version == nullptr || *best.front().version == *claim.version) best.push_back(claim);
    }
    if (best.empty()) return refuse_all(kind, name, claims, "all of them are refused for other reasons, too");
    std::string version;
    if (best.front().version != nullptr) {
        Version precedence = *best.front().version;
        precedence.build.clear();  // it takes no part
        version = to_string(precedence);
    }
    if (best.size() > 1)
        return refuse_all(kind, name, claims,
                          version.empty()
                              ? "being newer does not count here"
                              : fmt::format("{} of them have the newest version, {}", best.size(), version));
    const std::string why =
        fmt::format("of {} files that {} {}{} it {} (policy \"newest\")", claims.size(), kind.claim, name, kind.how,
                    competing == 1               ? "is the only one that is not refused"
                    : competing == claims.size() ? "has the newest version, " + version
                                                 : "has the newest version that is not refused, " + version);
    for (const Claim& claim : claims)
        if (claim.candidate != best.front().candidate) supersede(claim.candidate, best.front().candidate, why);
}

void Rivals::refuse_all(const Kind& kind, std::string_view name, const Claims& claims, std::string_view undecided) {
    const std::string text = fmt::format("{} files {} {}{}: {}{}{}", claims.size(), kind.claim, name, kind.how,
                                         list(claims, false), undecided.empty() ? "" : "; ", undecided);
    for (const Claim& claim : claims)
        verdicts_.tell(claim.candidate,
                       {std::string(kind.problem), fmt::format("{}: {}", title(*candidates_[claim.candidate]), text),
                        "keep one of the files, or pin the one that is meant"});
}

void Rivals::supersede(std::size_t loser, std::size_t winner, const std::string& why) {
    superseded_[loser] = true;
    verdicts_.tell(
        loser, {"plan.superseded",
                fmt::format("{}: superseded by {}: {}", title(*candidates_[loser]), title(*candidates_[winner]), why),
                "nothing needs to be done; remove the file, or pin it if it is the one that is meant"});
}

// Where the files are, or also what they are.
std::string Rivals::list(const Claims& claims, bool with_versions) const {
    std::string text;
    for (std::size_t i = 0; i < std::min(claims.size(), most_paths); ++i) {
        const Candidate& candidate = *candidates_[claims[i].candidate];
        text += i == 0 ? "" : ", ";
        if (with_versions)
            text += fmt::format("{} {} at ", candidate.manifest->id, to_string(candidate.manifest->version));
        text += candidate.path;
    }
    return claims.size() > most_paths ? text + ", ..." : text;
}

}  // namespace tenon::manifest
