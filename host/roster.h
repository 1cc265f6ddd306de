// The handlers of one point in their order, and the snapshots made of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/snapshot.h"

namespace tenon::host {

// Under the table's lock, all of it. Adding and removing make one chunk anew; where a handler says before or after whom
// it runs, the order of the whole point is solved again.
class Roster {
public:
    Roster() = default;
    ~Roster();
    Roster(const Roster&) = delete;
    Roster& operator=(const Roster&) = delete;

    // Both throw std::bad_alloc, with nothing changed. Problem: "hook.order-cycle", with nothing changed.
    base::Check add(tenon_registration& registration, const std::string& point);
    void remove(const tenon_registration& registration, const std::string& point);

    // What the roster will be with some handlers instead of others, so that nothing can fail when it comes to be.
    struct Prepared {
        Prepared() = default;
        Prepared(Prepared&&) noexcept = default;
        Prepared& operator=(Prepared&&) = delete;
        ~Prepared();
        std::vector<Chunk*> chunks;
        std::vector<std::string> missing;
        std::size_t constrained = 0;
        std::uint32_t index_limit = 0;
    };
    using Handlers = std::vector<tenon_registration*>;
    // Problem: "hook.order-cycle". Throws std::bad_alloc. Nothing is changed.
    base::Result<Prepared> prepare(const Handlers& without, const Handlers& with, const std::string& point) const;
    void commit(Prepared&& prepared) noexcept;
    std::uint32_t limit_with(const Prepared& prepared) const { return std::max(index_limit_, prepared.index_limit); }

    bool empty() const { return chunks_.empty(); }
    std::vector<tenon_registration*> all() const;
    std::vector<const Place*> places() const;
    // Names in before and after that no handler has, as sentences.
    const std::vector<std::string>& missing() const { return missing_; }
    const Snapshot* snapshot(const Interceptors* interceptors, bool slow) const;

private:
    using Chunks = std::vector<Chunk*>;
    std::size_t chunk_for(const Place& place) const;
    void replace(std::size_t at, const std::vector<tenon_registration*>& members);
    base::Check solve(const std::vector<tenon_registration*>& members, const std::string& point);
    static base::Result<Prepared> solved(const Handlers& members, const std::string& point);

    Chunks chunks_;
    std::vector<std::string> missing_;
    std::size_t constrained_ = 0;  // handlers with a before or after
    std::uint32_t index_limit_ = 0;
};

}  // namespace tenon::host
