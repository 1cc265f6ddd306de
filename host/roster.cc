#include "host/roster.h"

#include <algorithm>
#include <utility>

namespace tenon::host {

namespace {

bool has_constraints(const Place& place) {
    return !place.before.empty() || !place.after.empty();
}

std::vector<tenon_registration*> members_of(const Chunk& chunk) {
    std::vector<tenon_registration*> members;
    members.reserve(chunk.count + 1);
    for (const Entry& entry : chunk) members.push_back(entry.registration);
    return members;
}

}  // namespace

Roster::~Roster() {
    for (Chunk* chunk : chunks_) Chunk::drop(chunk);
}

// The last chunk that begins before the place, so that the handler belongs into it or behind it.
std::size_t Roster::chunk_for(const Place& place) const {
    const auto after = std::partition_point(chunks_.begin(), chunks_.end(), [&](const Chunk* chunk) {
        return runs_before(chunk->begin()->registration->place, place);
    });
    return after == chunks_.begin() ? 0 : static_cast<std::size_t>(after - chunks_.begin()) - 1;
}

// Puts what a chunk is to hold from now on in its place: nothing, one chunk, or two halves.
void Roster::replace(std::size_t at, const std::vector<tenon_registration*>& members) {
    const std::span<tenon_registration* const> all(members);
    chunks_.reserve(chunks_.size() + 1);
    Chunk* const old = chunks_[at];
    const auto place = chunks_.begin() + static_cast<std::ptrdiff_t>(at);
    if (members.empty()) {
        chunks_.erase(place);
    } else if (members.size() <= Chunk::most) {
        *place = Chunk::make(all);
    } else {
        Chunk* const first = Chunk::make(all.first(members.size() / 2));
        try {
            chunks_.insert(place + 1, Chunk::make(all.subspan(members.size() / 2)));
        } catch (...) {
            Chunk::drop(first);
            throw;
        }
        chunks_[at] = first;
    }
    Chunk::drop(old);
}

base::Check Roster::add(tenon_registration& registration, const std::string& point) {
    const bool constrained = has_constraints(registration.place);
    if (constrained || constrained_ != 0) {
        std::vector<tenon_registration*> members = all();
        members.push_back(&registration);
        return solve(members, point);
    } else if (chunks_.empty()) {
        tenon_registration* const only = &registration;
        chunks_.reserve(1);
        chunks_.push_back(Chunk::make({&only, 1}));
    } else {
        const std::size_t at = chunk_for(registration.place);
        std::vector<tenon_registration*> members = members_of(*chunks_[at]);
        const auto place = std::partition_point(members.begin(), members.end(), [&](const auto* other) {
            return runs_before(other->place, registration.place);
        });
        members.insert(place, &registration);
        replace(at, members);
    }
    index_limit_ = std::max(index_limit_, registration.number.index + 1);
    return {};
}

// With constraints the whole order is solved again: without this handler others may come to run elsewhere.
void Roster::remove(const tenon_registration& registration, const std::string& point) {
    if (constrained_ != 0) {
        std::vector<tenon_registration*> members = all();
        std::erase(members, &registration);
        solve(members, point);  // fewer constraints than before: there is no cycle
        return;
    }
    if (chunks_.empty()) return;
    // A chunk's own first handler does not come after its beginning: it is found one chunk too early.
    std::size_t at = chunk_for(registration.place);
    std::vector<tenon_registration*> members = members_of(*chunks_[at]);
    if (std::find(members.begin(), members.end(), &registration) == members.end()) {
        if (++at == chunks_.size()) return;
        members = members_of(*chunks_[at]);
    }
    std::erase(members, &registration);
    replace(at, members);
}

Roster::Prepared::~Prepared() {
    for (Chunk* chunk : chunks) Chunk::drop(chunk);
}

namespace {

void fill(Roster::Prepared& prepared, std::span<tenon_registration* const> members) {
    prepared.chunks.reserve(members.size() / Chunk::most + 1);
    for (std::size_t from = 0; from < members.size(); from += Chunk::most)
        prepared.chunks.push_back(Chunk::make(members.subspan(from, std::min(Chunk::most, members.size() - from))));
}

}  // namespace

base::Result<Roster::Prepared> Roster::solved(const Handlers& members, const std::string& point) {
    std::vector<const Place*> places;
    for (const tenon_registration* member : members) places.push_back(&member->place);
    const Solved solved = host::solve(places);
    if (!solved.ok()) return cycle_problem(point, solved.cycle);
    Prepared prepared;
    for (const MissingName& one : solved.missing) prepared.missing.push_back(missing_problem(point, places, one).text);
    Handlers sorted;
    for (const std::size_t index : solved.order) sorted.push_back(members[index]);
    fill(prepared, sorted);
    for (const tenon_registration* member : members) {
        prepared.constrained += has_constraints(member->place) ? 1 : 0;
        prepared.index_limit = std::max(prepared.index_limit, member->number.index + 1);
    }
    return prepared;
}

base::Result<Roster::Prepared> Roster::prepare(const Handlers& without, const Handlers& with,
                                               const std::string& point) const {
    Handlers members = all();
    std::erase_if(members, [&](const auto* member) {
        return std::find(without.begin(), without.end(), member) != without.end();
    });
    members.insert(members.end(), with.begin(), with.end());
    return solved(members, point);
}

void Roster::commit(Prepared&& prepared) noexcept {
    chunks_.swap(prepared.chunks);  // the old ones go with what was prepared
    missing_.swap(prepared.missing);
    constrained_ = prepared.constrained;
    index_limit_ = std::max(index_limit_, prepared.index_limit);
}

base::Check Roster::solve(const std::vector<tenon_registration*>& members, const std::string& point) {
    base::Result<Prepared> prepared = solved(members, point);
    if (!prepared) return prepared.problem();
    commit(prepared.take());
    return {};
}

std::vector<tenon_registration*> Roster::all() const {
    std::vector<tenon_registration*> found;
    for (const Chunk* chunk : chunks_)
        for (const Entry& entry : *chunk) found.push_back(entry.registration);
    return found;
}

std::vector<const Place*> Roster::places() const {
    std::vector<const Place*> found;
    for (const Chunk* chunk : chunks_)
        for (const Entry& entry : *chunk) found.push_back(&entry.registration->place);
    return found;
}

const Snapshot* Roster::snapshot(const Interceptors* interceptors, bool slow) const {
    return Snapshot::make(chunks_, index_limit_, interceptors, slow);
}

}  // namespace tenon::host
