// Candidates that claim one name, and which of them starts. Private to the plan.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/plan.h"
#include "manifest/verdicts.h"

namespace tenon::manifest {

// Settles the names of one kind after the other, and all names of a kind at once: what a file loses on one name does
// not depend on how another name of that kind is settled. Borrows everything. For one thread.
class Rivals {
public:
    Rivals(Sorted candidates, const Policy& policy, Verdicts& verdicts);

    void settle_ids();
    // After settle_ids(): contracts, services, SONAMEs.
    void settle_shared_names();

private:
    struct Kind;

    // A name that a candidate claims, and what tells its claim from those of others.
    struct Claim {
        std::size_t candidate;
        std::string_view use{};            // of services: the contract
        const Version* version = nullptr;  // that "newest" compares; null: it does not decide
    };
    using Claims = std::vector<Claim>;
    using Names = std::map<std::string_view, Claims>;

    void settle(const Kind& kind, const Names& names);
    static Claims of_each_file(const Claims& claims);
    bool disputed(const Kind& kind, const Claims& claims) const;
    void judge(const Kind& kind, std::string_view name, Claims claims);
    bool fits(const Pin& pin, const Kind& kind, const Claim& claim) const;
    void apply(const Pin& pin, const Kind& kind, std::string_view name, const Claims& claims);
    void apply_newest(const Kind& kind, std::string_view name, const Claims& claims);
    void refuse_all(const Kind& kind, std::string_view name, const Claims& claims, std::string_view undecided);
    void supersede(std::size_t loser, std::size_t winner, const std::string& why);
    std::string list(const Claims& claims, bool with_versions) const;

    Sorted candidates_;
    const Policy& policy_;
    Verdicts& verdicts_;
    std::map<std::string_view, const Pin*> pins_;
    std::vector<bool> elsewhere_;  // for another system: they make no claim on this one
    std::vector<bool> superseded_;
    std::vector<bool> competes_;  // under "newest": not refused before the kind was settled
};

}  // namespace tenon::manifest
