#include "manifest/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tenon::manifest {
namespace {

bool names(const std::vector<Relation>& relations, std::string_view id, const Version& version) {
    return std::any_of(relations.begin(), relations.end(),
                       [&](const Relation& relation) { return relation.id == id && relation.range.admits(version); });
}

// Behind the name of who goes by an id that is not its own.
std::string as_which(bool own, std::string_view id, const Version& version) {
    return own ? "" : fmt::format(", which provides {} {}", id, to_string(version));
}

std::string candidate_text(const Candidate& candidate, const Relation& relation) {
    const Manifest& manifest = *candidate.manifest;
    if (manifest.id == relation.id && relation.range.admits(manifest.version)) return title(candidate);
    for (const Provision& provided : manifest.provides)
        if (provided.id == relation.id && relation.range.admits(provided.version))
            return title(candidate) + as_which(false, provided.id, provided.version);
    return title(candidate);
}

class Conflicts {
public:
    Conflicts(Supply& supply, const std::vector<bool>& standing) : supply_(supply), standing_(standing) {}

    // Those that the relation of a candidate means; empty if there is none.
    std::string with(std::size_t position, const Relation& relation) {
        const std::vector<Relation>& replaces = supply_.candidates()[position]->manifest->replaces;
        List found;
        const Present* last = nullptr;
        for (const Holder& holder : supply_.holders(relation.id)) {
            if (holder.active == nullptr || found.full()) break;
            const Present& plugin = *holder.active;
            // Whether it would be replaced or not: it goes on running.
            if (&plugin == last || !relation.range.admits(*holder.version)) continue;
            last = &plugin;
            found.add(fmt::format("{} {}{}, active", plugin.id, to_string(plugin.version),
                                  as_which(holder.own, relation.id, *holder.version)));
        }
        for (const std::size_t other : those_standing(relation)) {
            if (found.full()) break;
            const Candidate& candidate = *supply_.candidates()[other];
            if (other == position || names(replaces, candidate.manifest->id, candidate.manifest->version)) continue;
            found.add(candidate_text(candidate, relation));
        }
        return found.text();
    }

private:
    // Looked up once for all who declare the same.
    const std::vector<std::size_t>& those_standing(const Relation& relation) {
        const std::size_t want = supply_.want(false, relation.id, relation.range);
        const auto [found, is_new] = standing_of_.try_emplace(want);
        if (is_new)
            for (const std::size_t provider : supply_.wants()[want].providers)
                if (standing_[provider]) found->second.push_back(provider);
        return found->second;
    }

    Supply& supply_;
    const std::vector<bool>& standing_;
    std::map<std::size_t, std::vector<std::size_t>> standing_of_;
};

}  // namespace

// A sound replacer stays one, whatever it is told later: the answer must not depend on who is asked first.
std::vector<bool> refuse_replaced(const Supply& supply, const std::vector<bool>& sound, Verdicts& verdicts) {
    const Sorted candidates = supply.candidates();
    std::map<std::size_t, List> by_whom;
    for (std::size_t position = 0; position < candidates.size(); ++position) {
        if (!sound[position]) continue;
        for (const Relation& relation : candidates[position]->manifest->replaces)
            for (const Holder& holder : supply.holders(relation.id)) {
                if (holder.active != nullptr || !holder.own || holder.candidate == position) continue;
                if (!relation.range.admits(*holder.version)) continue;
                List& replacers = by_whom[holder.candidate];
                if (!replacers.full())
                    replacers.add(fmt::format("{}, which replaces {} {}", title(*candidates[position]), relation.id,
                                              relation.range.text()));
            }
    }
    std::vector<bool> standing = sound;
    for (const auto& [position, replacers] : by_whom) {
        standing[position] = false;
        verdicts.tell(position, {"plan.replaced",
                                 fmt::format("{} is replaced by {}", title(*candidates[position]), replacers.text()),
                                 "nothing needs to be done; remove the file if it is no longer wanted"});
    }
    return standing;
}

void refuse_conflicts(Supply& supply, const std::vector<bool>& standing, Verdicts& verdicts) {
    const Sorted candidates = supply.candidates();
    Conflicts conflicts(supply, standing);
    for (std::size_t position = 0; position < candidates.size(); ++position)
        for (const Relation& relation : candidates[position]->manifest->conflicts) {
            const std::string with = conflicts.with(position, relation);
            if (with.empty()) continue;
            verdicts.tell(position, {"plan.conflict",
                                     fmt::format("{} does not run beside {} {}: {}", title(*candidates[position]),
                                                 relation.id, relation.range.text(), with),
                                     "keep one of them"});
        }
}

}  // namespace tenon::manifest
