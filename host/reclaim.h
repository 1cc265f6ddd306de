// Snapshots that are not current any more, until nobody holds them.
#pragma once

#include <vector>

#include "host/snapshot.h"

namespace tenon::host {

// Under the table's lock.
class Retired {
public:
    Retired() = default;
    ~Retired();
    Retired(const Retired&) = delete;
    Retired& operator=(const Retired&) = delete;

    // So that the next so many `add` need no memory. Throws std::bad_alloc.
    void make_room(std::size_t more = 1);
    void add(const Snapshot* snapshot) noexcept;
    // Looked through in batches, so that a change costs its share of one membarrier.
    bool is_due() const noexcept { return snapshots_.size() >= batch && snapshots_.size() % batch == 0; }
    // Frees those that no thread holds, after a barrier (slots.h); without memory for the list of what is held, the
    // next time will do.
    void free_unheld() noexcept;
    bool any_with(const Interceptors* listeners) const noexcept;

private:
    static constexpr std::size_t batch = 64;
    std::vector<const Snapshot*> snapshots_;
};

}  // namespace tenon::host
