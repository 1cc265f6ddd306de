// All sequences of up to eight events, against a naive model and against what must always hold. Two sequences that lead
// to the same bytes of breaker, model and clock go on alike, so what follows is tried once for both (bytes are compared
// by a hash of 64 bits).
#include <fmt/format.h>

#include <cstring>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "host/breaker.h"
#include "tests/support/catch.h"
#include "tests/unit/host/breaker_model.h"

using namespace tenon::host;

namespace {

using Outcome = BreakerModel::Outcome;
using Cause = BreakerModel::Cause;

constexpr int depth_of_search = 8;

struct Remembered {  // a probe whose result is still to come
    std::uint64_t generation;
    std::uint64_t lease;
    std::uint32_t probe;
    std::uint32_t unused;
};

struct World {
    Breaker breaker{small_options, 1, 0};
    BreakerModel model;
    std::uint64_t now = 0;
    std::uint64_t first = 0;  // of the remembered
    std::uint64_t last = 0;
    std::array<Remembered, BreakerModel::longest> probes{};

    bool oldest(Remembered& probe) {
        if (first == last) return false;
        probe = probes[first++];
        return true;
    }
};
static_assert(std::is_trivially_copyable_v<World>);

// FNV-1a, eight bytes at a time.
std::uint64_t fingerprint(const World& world) {
    std::uint64_t hash = 0xcbf29ce484222325;
    static_assert(sizeof(World) % sizeof hash == 0);
    for (std::size_t at = 0; at < sizeof(World); at += sizeof hash) {
        std::uint64_t word = 0;
        std::memcpy(&word, reinterpret_cast<const char*>(&world) + at, sizeof word);
        hash = (hash ^ word) * 0x100000001b3;
        hash ^= hash >> 29;
    }
    return hash;
}

bool same_bytes(const Breaker& one, const Breaker& other) {
    return std::memcmp(static_cast<const void*>(&one), static_cast<const void*>(&other), sizeof(Breaker)) == 0;
}

// What went wrong, or null.
using Fault = const char*;

Fault call(World& world) {
    std::uint32_t probe = 0;
    const bool had_to_ask = world.breaker.skips();
    const bool made = world.model.asks(world.now, probe);
    const Admission admission = world.breaker.admit(world.now);
    if (admission.allowed != made) return "another verdict than the model's";
    if (!had_to_ask && !made) return "a call that need not ask is refused";
    if (admission.generation != world.model.generation()) return "the admission is of another generation";
    if ((admission.lease != 0) != (probe != BreakerModel::no_probe)) return "a lease without a probe, or the reverse";
    if (admission.lease != 0) world.probes[world.last++] = {admission.generation, admission.lease, probe, 0};
    return nullptr;
}

Fault goes_well(World& world) {
    world.breaker.successes(world.breaker.generation(), 1);
    world.model.goes_well();
    return nullptr;
}

Fault strikes(World& world) {
    world.breaker.strike(world.breaker.generation(), 0, Strike::error, world.now);
    world.model.strikes(world.now);
    return nullptr;
}

Fault is_stuck(World& world) {
    world.breaker.strike(world.breaker.generation(), 0, Strike::stuck, world.now);
    world.model.is_stuck(world.now);
    return nullptr;
}

Fault probe_passes(World& world) {
    Remembered probe;
    if (!world.oldest(probe)) return nullptr;
    world.breaker.pass(probe.generation, probe.lease, world.now);
    world.model.probe_ends(probe.generation, probe.probe, Outcome::passed, world.now);
    return nullptr;
}

Fault probe_fails(World& world) {
    Remembered probe;
    if (!world.oldest(probe)) return nullptr;
    world.breaker.strike(probe.generation, probe.lease, Strike::overrun, world.now);
    world.model.probe_ends(probe.generation, probe.probe, Outcome::failed, world.now);
    return nullptr;
}

Fault probe_is_given_back(World& world) {
    Remembered probe;
    if (!world.oldest(probe)) return nullptr;
    world.breaker.release(probe.generation, probe.lease, world.now);
    world.model.probe_ends(probe.generation, probe.probe, Outcome::given_back, world.now);
    return nullptr;
}

// Of the generation before, and of leases that were never given.
Fault stale_results_come(World& world) {
    const Breaker before = world.breaker;
    const std::uint64_t old = before.generation() - 1;
    for (std::uint64_t lease = 0; lease <= world.last + 1; ++lease) {
        for (const Strike kind : {Strike::error, Strike::stuck, Strike::crash})
            world.breaker.strike(old, lease, kind, world.now);
        world.breaker.pass(old, lease, world.now);
        world.breaker.release(old, lease, world.now);
    }
    world.breaker.successes(old, 1000);
    return same_bytes(before, world.breaker) ? nullptr : "a stale result changed something";
}

template <std::uint64_t Time>
Fault time_passes(World& world) {
    world.now += Time;
    return nullptr;
}

Fault hold(World& world) {
    if (world.breaker.hold(world.now) == world.model.held()) return "a hold is first, or is not, against the model";
    world.model.hold(world.now);
    return nullptr;
}

Fault unhold(World& world) {
    const bool was_held = world.model.held();
    world.model.unhold();
    const bool last = was_held && !world.model.held();
    return world.breaker.unhold() == last ? nullptr : "the end of a hold is the last, or is not, against the model";
}

Fault force_open(World& world) {
    world.breaker.force_open(world.now);
    world.model.force(BreakerState::forced_open, Cause::forced_open, world.now);
    return nullptr;
}

Fault force_closed(World& world) {
    world.breaker.force_closed(world.now);
    world.model.force(BreakerState::forced_closed, Cause::forced_closed, world.now);
    return nullptr;
}

Fault metrics_only(World& world) {
    world.breaker.metrics_only(world.now);
    world.model.force(BreakerState::metrics_only, Cause::metrics_only, world.now);
    return nullptr;
}

Fault reset(World& world) {
    world.breaker.reset(world.now);
    world.model.reset(world.now);
    return nullptr;
}

struct Event {
    const char* name;
    Fault (*happen)(World&);
    bool operators_word = false;
};

constexpr Event events[] = {
    {"a call goes well", goes_well},
    {"a call strikes", strikes},
    {"a call is stuck", is_stuck},
    {"a call asks", call},
    {"the oldest probe passes", probe_passes},
    {"the oldest probe fails", probe_fails},
    {"the oldest probe is given back", probe_is_given_back},
    {"stale results come", stale_results_come},
    {"100 ns pass", time_passes<100>},
    {"1000 ns pass", time_passes<1000>},
    {"hold", hold},
    {"unhold", unhold},
    {"force open", force_open, true},
    {"force closed", force_closed, true},
    {"metrics only", metrics_only, true},
    {"reset", reset, true},
};

bool forced(BreakerState state) {
    return state != BreakerState::closed && state != BreakerState::open && state != BreakerState::half_open;
}

Fault differs_from_model(const World& world) {
    if (world.breaker.state() != world.model.state()) return "another state than the model's";
    if (world.breaker.generation() != world.model.generation()) return "another generation than the model's";
    if (world.breaker.since() != world.model.since()) return "another time of its state than the model's";
    if (world.breaker.next_probe() != world.model.next_probe()) return "another next probe than the model's";
    if (world.breaker.trips() != world.model.trips()) return "other trips than the model's";
    if (world.breaker.reason() != world.model.reason()) return "another reason than the model's";
    const BreakerState state = world.breaker.state();
    const bool called =
        state == BreakerState::closed || state == BreakerState::forced_closed || state == BreakerState::metrics_only;
    return world.breaker.skips() == called ? "skips() does not fit the state" : nullptr;
}

Fault breaks_a_rule(const World& before, const World& after, bool operators_word) {
    const BreakerState was = before.model.machine();
    const BreakerState is = after.model.machine();
    if (after.breaker.generation() < before.breaker.generation()) return "the generation went back";
    if (was != is && after.breaker.generation() == before.breaker.generation())
        return "the state changed, the generation did not";
    if (forced(was) && was != is && !operators_word) return "a forced state ended by itself";
    const std::uint64_t opened = was != BreakerState::open && is == BreakerState::open ? 1 : 0;
    if (after.breaker.trips() != before.breaker.trips() + opened) return "trips are not the times it opened";
    return nullptr;
}

// However it came about, a handler that is neither forced open nor held is called again after some time, although no
// lease comes back.
Fault blocks_for_ever(const World& world) {
    if (world.model.held() || world.breaker.state() == BreakerState::forced_open) return nullptr;
    Breaker breaker = world.breaker;
    if (breaker.admit(world.now).allowed) return nullptr;
    if (breaker.admit(world.now + 100).allowed) return nullptr;  // the leases have expired: a new one, or open
    return breaker.admit(world.now + 100 + 300).allowed ? nullptr : "it blocks for ever";
}

class Search {
public:
    void from(const World& world, int depth) {
        const auto [seen, fresh] = seen_.try_emplace(fingerprint(world), depth);
        if (!fresh && seen->second >= depth) return;
        seen->second = depth;
        for (const Event& event : events) {
            path_.push_back(event.name);
            World next = world;
            if (const Fault fault = step(world, next, event)) FAIL(fmt::format("{}: {}", sequence(), fault));
            if (depth > 1) from(next, depth - 1);
            path_.pop_back();
        }
    }

    std::set<std::pair<BreakerState, BreakerState>> changes;
    std::set<std::string, std::less<>> reasons;
    std::size_t steps = 0;

private:
    Fault step(const World& before, World& after, const Event& event) {
        ++steps;
        if (const Fault fault = event.happen(after)) return fault;
        if (const Fault fault = differs_from_model(after)) return fault;
        if (const Fault fault = breaks_a_rule(before, after, event.operators_word)) return fault;
        if (before.breaker.state() != after.breaker.state())
            changes.insert({before.breaker.state(), after.breaker.state()});
        if (reasons.find(after.breaker.reason()) == reasons.end()) reasons.emplace(after.breaker.reason());
        return blocks_for_ever(after);
    }

    std::string sequence() const {
        std::string text;
        for (const char* name : path_) text.append(text.empty() ? "" : ", ").append(name);
        return text;
    }

    std::unordered_map<std::uint64_t, int> seen_;  // the depth that was searched from there
    std::vector<const char*> path_;
};

}  // namespace

TEST_CASE("in whatever order up to eight events happen, the breaker does what its rules say") {
    Search search;
    search.from(World{}, depth_of_search);
    INFO(search.steps << " steps");
    CHECK(search.steps > 100'000);

    // Every change of state was seen but the impossible ones: only an open breaker becomes half open.
    std::set<std::pair<BreakerState, BreakerState>> all;
    for (std::uint32_t from = TENON_BREAKER_CLOSED; from <= TENON_BREAKER_METRICS_ONLY; ++from)
        for (std::uint32_t to = TENON_BREAKER_CLOSED; to <= TENON_BREAKER_METRICS_ONLY; ++to)
            if (from != to && (to != TENON_BREAKER_HALF_OPEN || from == TENON_BREAKER_OPEN))
                all.insert({static_cast<BreakerState>(from), static_cast<BreakerState>(to)});
    CHECK(search.changes == all);

    for (const char* reason :
         {"", "2 strikes in a row", "2 of the last 3 calls were strikes", "2 of the last 4 calls were strikes",
          "a call ran past 10 times its hard budget", "2 of 2 probes failed", "2 of 3 probes failed", "forced open",
          "forced closed", "metrics only", "a call is running past its hard budget",
          "2 calls are running past their hard budget"})
        CHECK(search.reasons.count(reason) == 1);
}
