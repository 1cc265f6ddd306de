// Handlers for the tests of the order, written the way a manifest would.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "host/order.h"

namespace tenon::host::fixtures {

// Owns its places; numbers them in the sequence in which they are added.
class Handlers {
public:
    // `title`: "owner" or "owner#name".
    Handlers& add(std::string_view title, std::int32_t priority = 0, manifest::Phase phase = manifest::Phase::normal) {
        const std::size_t hash = title.find('#');
        Place& place = places_.emplace_back();
        place.owner = title.substr(0, hash);
        if (hash != std::string_view::npos) place.name = title.substr(hash + 1);
        place.priority = priority;
        place.phase = phase;
        place.sequence = places_.size() - 1;
        return *this;
    }
    // Of the one that was added last.
    Handlers& before(std::string name) {
        places_.back().before.push_back(std::move(name));
        return *this;
    }
    Handlers& after(std::string name) {
        places_.back().after.push_back(std::move(name));
        return *this;
    }

    std::vector<const Place*> places() const {
        std::vector<const Place*> out;
        for (const Place& place : places_) out.push_back(&place);
        return out;
    }
    static std::string title(const Place& place) {
        return place.name.empty() ? place.owner : place.owner + "#" + place.name;
    }
    // "a b c", or what stands against it.
    std::string order() const {
        const std::vector<const Place*> all = places();
        const Solved solved = solve(all);
        if (!solved.ok()) return problem();
        std::string out;
        for (const std::size_t index : solved.order) out += (out.empty() ? "" : " ") + title(*all[index]);
        return out;
    }
    std::string problem() const {
        const base::Problem problem = cycle_problem("com.example.shop/price", solve(places()).cycle);
        return problem.id + ": " + problem.text + " | " + problem.fix;
    }
    // Of the places with these indices.
    std::string why(std::size_t a, std::size_t b) const { return host::why(places(), a, b); }

private:
    std::deque<Place> places_;
};

}  // namespace tenon::host::fixtures
