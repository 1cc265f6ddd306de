// In which order the handlers of a hook run, and why. Pure functions on plain values: any thread; they throw only
// std::bad_alloc.
//
// Without wishes the order is a key: the phase; then the higher priority; then the owner's id; then who was registered
// first. A wish (`before`, `after`) orders two handlers against the rest of the key, never against the phase. All is
// solved as a whole, each time the one with the smallest key that waits for nobody is taken: a handler that is inserted
// into a solved order could belong behind one that would have to move, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "manifest/contributions.h"

namespace tenon::host {

// What orders one handler. `before` and `after` name others: "owner" is all handlers of that owner but this one,
// "owner#name" all of that name. No two handlers of a hook have the same `sequence`.
struct Place {
    manifest::Phase phase = manifest::Phase::normal;
    std::int32_t priority = 0;
    std::string owner;  // a plugin's id, or the name that the application gave
    std::string name;   // inside its owner; may be empty
    std::uint64_t sequence = 0;
    std::vector<std::string> before;
    std::vector<std::string> after;
};

using Places = std::span<const Place* const>;  // none of them null

// A wish that names nobody who is there. That is no error: it counts once there is such a handler.
struct MissingName {
    std::size_t place = 0;  // an index of places: who names it
    bool after = false;     // otherwise before
    std::string name;
};

// Members that would all have to run before themselves.
struct OrderCycle {
    std::vector<std::size_t> members;  // indices of places, each before the next and the last before the first
    std::vector<std::string> reasons;  // of each member: "a runs before b because ..."
    std::string fix;
};

struct Solved {
    std::vector<std::size_t> order;    // indices of places; empty if there is a cycle
    std::vector<MissingName> missing;  // by the key of who names it
    OrderCycle cycle;                  // without members if there is none; does not depend on the sequence of places

    bool ok() const { return cycle.members.empty(); }
};

// The key alone: the order of a hook of which no handler has wishes.
bool runs_before(const Place& a, const Place& b);

// O((n + e) log n) for n places and e pairs that wishes name. Equal keys keep the sequence of places.
Solved solve(Places places);

// One sentence: which of the two, indices of places that differ, runs before the other and what decides that.
std::string why(Places places, std::size_t a, std::size_t b);

// Problem "hook.order-cycle"; `hook` begins the text. Spells out the first 32 members. There must be a cycle.
base::Problem cycle_problem(std::string_view hook, const OrderCycle& cycle);

// Problem "hook.order-missing", for a log; `missing` is of these places.
base::Problem missing_problem(std::string_view hook, Places places, const MissingName& missing);

}  // namespace tenon::host
