// Candidates in a few words.
#pragma once

#include <fmt/format.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/plan.h"
#include "tests/support/catch.h"

namespace tenon::manifest {

inline Version version_of(std::string_view text) {
    auto parsed = Version::parse(text);
    REQUIRE(parsed.ok());
    return parsed.take();
}

inline Range range_of(std::string_view text) {
    auto parsed = Range::parse(text);
    REQUIRE(parsed.ok());
    return parsed.take();
}

// The plugins of a test: a plugin lies at /p/<id> unless it says otherwise.
class Shelf {
public:
    class Plugin {
    public:
        Plugin(Candidate& candidate, Manifest& manifest) : candidate_(candidate), manifest_(manifest) {}
        Plugin& needs(std::string_view id, std::string_view range) {
            manifest_.dependencies.push_back({std::string(id), range_of(range), false, {}});
            return *this;
        }
        Plugin& likes(std::string_view id, std::string_view range) {
            manifest_.dependencies.push_back({std::string(id), range_of(range), true, {}});
            return *this;
        }
        Plugin& uses(std::string_view contract, std::string_view range) {
            manifest_.contracts.push_back({std::string(contract), range_of(range), false, {}});
            return *this;
        }
        Plugin& offers(std::string_view contract, std::string_view version) {
            candidate_.offers.push_back({std::string(contract), version_of(version), ""});
            return *this;
        }
        Plugin& provides(std::string_view id, std::string_view version) {
            manifest_.provides.push_back({std::string(id), version_of(version), {}});
            return *this;
        }
        Plugin& at(std::string_view path) {
            candidate_.path = path;
            return *this;
        }

    private:
        Candidate& candidate_;
        Manifest& manifest_;
    };

    // The reference is good until the next call.
    Plugin add(std::string_view id, std::string_view version = "1.0.0") {
        Manifest& manifest = manifests_.emplace_back();
        manifest.id = id;
        manifest.version = version_of(version);
        Candidate& candidate = candidates_.emplace_back();
        candidate.manifest = &manifest;
        candidate.path = fmt::format("/p/{}", id);
        return {candidate, manifest};
    }
    void host_offers(std::string_view contract, std::string_view version, std::string_view by = "") {
        offers_.push_back({std::string(contract), version_of(version), std::string(by)});
    }
    void active(std::string_view id, std::string_view version) {
        present_.push_back({std::string(id), version_of(version)});
    }

    Plan plan() const { return make_plan(candidates_, {offers_, present_, {}, {}}); }
    const std::string& id(std::size_t candidate) const { return candidates_[candidate].manifest->id; }

    // "org.b org.a": who starts, in this order.
    std::string order() const {
        std::string all;
        for (const std::size_t candidate : plan().order) all.append(all.empty() ? "" : " ").append(id(candidate));
        return all;
    }
    // "id | text" of each refusal, one a line.
    std::string refusals() const {
        std::string all;
        for (const Refusal& refusal : plan().refusals) {
            CHECK(refusal.problem.text.starts_with(id(refusal.candidate)));
            CHECK_FALSE(refusal.problem.fix.empty());
            all += fmt::format("{}{} | {}", all.empty() ? "" : "\n", refusal.problem.id, refusal.problem.text);
        }
        return all;
    }
    void turn_round() { candidates_ = std::vector<Candidate>(candidates_.rbegin(), candidates_.rend()); }

private:
    std::deque<Manifest> manifests_;
    std::vector<Candidate> candidates_;
    std::vector<Offer> offers_;
    std::vector<Present> present_;
};

}  // namespace tenon::manifest
