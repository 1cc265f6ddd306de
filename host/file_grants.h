// Which files grants are about, and which of them the kernel can bind a worker to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "manifest/permissions.h"
#include "sandbox/broker/file_rules.h"
#include "sandbox/policy.h"

namespace tenon::host {

class Host;
class Plugin;

// What globs of a manifest stand for, with $data, $resources, $home and $temp replaced. Nothing for one whose beginning
// has no value ($resources of a plugin without any). What is in the names of these folders is no wildcard.
struct GlobPlaces {
    std::string data, resources, home, temp;
};
std::optional<sandbox::broker::Glob> placed(std::string_view glob, const GlobPlaces& places);

// An entry with its exceptions; nothing, too, if one of those has no place. `followed`: exceptions count for what they
// lead to as well; of an entry about the plugin's own folders, only those that are near them.
enum class Links { followed, not_looked_at };
std::optional<sandbox::broker::FileGrant> placed_entry(std::string_view entry, const GlobPlaces& places, Links links);

GlobPlaces places_of(const Host& host, const Plugin& plugin);

// `deny`: of the operator, as parse_operator() has let it pass. What is left out and denied is so by its name and by
// where that leads now, because neither the kernel's rules nor the broker follow links. Where it cannot be told what a
// denial is about, it takes more, and `troubles` has why: "operator.no-place", "operator.wide-denial".
sandbox::broker::FileRules file_rules_of(const manifest::Permissions& permissions, const std::vector<std::string>& deny,
                                         const GlobPlaces& places, base::Problems& troubles);

// What the kernel can grant: whole folders and single files that nothing is left out of, and that no denial may touch.
// Where writing alone is denied, reading stays. All else is for the broker.
std::vector<sandbox::PathRule> path_rules_of(const sandbox::broker::FileRules& rules);

}  // namespace tenon::host
