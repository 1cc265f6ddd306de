// Who must run before whom, by the wishes. Private to the order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/order.h"

namespace tenon::host {

// `from` is to run before `to`, because `name` stands in `from`'s before or in `to`'s after.
struct Wish {
    std::size_t from = 0;
    std::size_t to = 0;
    bool after = false;  // `to` has it
    const std::string* name = nullptr;
};

// Handlers are numbered by rank: 0 has the smallest key. So nothing here depends on the sequence of places. Borrows the
// places. Constant once made.
class OrderGraph {
public:
    explicit OrderGraph(Places places);

    std::size_t size() const { return by_rank_.size(); }
    const Place& place(std::size_t rank) const { return *places_[by_rank_[rank]]; }
    std::size_t index(std::size_t rank) const { return by_rank_[rank]; }
    // Of those that wish it so, who runs after this one; all in its phase or in a later one.
    const std::vector<Wish>& wishes(std::size_t rank) const { return wishes_[rank]; }
    const std::vector<MissingName>& missing() const { return missing_; }
    // The first wish, by the rank of who has it, to run on the wrong side of another phase.
    const std::optional<Wish>& contradiction() const { return contradiction_; }

    // Ranks in the order in which they run. Those in a circle, or behind one, are left out.
    std::vector<std::size_t> order() const;
    // A shortest circle through the smallest rank that is in one; empty if there is none.
    std::vector<Wish> circle() const;
    // A shortest way from one to another; empty if there is none. There must be no circle.
    std::vector<Wish> way(std::size_t from, std::size_t to) const;

private:
    class Names;
    void add_wishes(const Names& names, std::size_t rank, bool after);
    void add(const Wish& wish);

    Places places_;
    std::vector<std::size_t> by_rank_;  // an index of places for each rank
    std::vector<std::vector<Wish>> wishes_;
    std::vector<MissingName> missing_;
    std::optional<Wish> contradiction_;
};

}  // namespace tenon::host
