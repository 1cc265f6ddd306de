// What the candidates of a plan were told. Private to the plan.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/plan.h"

namespace tenon::manifest {

// Not a position.
inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

// Candidates sorted by id: a candidate's place among them is its position.
using Sorted = std::span<const Candidate* const>;

// The refusals of each candidate, in the order in which they were told. Borrows the candidates. For one thread.
class Verdicts {
public:
    // Who comes with a fault is refused from the start.
    explicit Verdicts(Sorted candidates);

    void tell(std::size_t position, base::Problem problem);
    bool refused(std::size_t position) const { return refused_[position]; }
    // Whether each candidate is still in the race.
    std::vector<bool> unrefused() const;
    // The first reason, for the text of somebody else's refusal. Asked of refused candidates only.
    std::string reason(std::size_t position) const;
    // Its id.
    const std::string& reason_id(std::size_t position) const { return first(position).id; }
    // Who was refused since the last call, ascending.
    std::vector<std::size_t> take_fresh();
    base::Problems& problems(std::size_t position) { return problems_[position]; }

private:
    const base::Problem& first(std::size_t position) const;

    Sorted candidates_;
    std::vector<base::Problems> problems_;
    std::vector<bool> refused_;
    std::vector<std::size_t> fresh_;
};

// "org.a 1.2.0 (path)"
std::string title(const Candidate& candidate);

// A list in a text: the first few items, then dots.
class List {
public:
    // Nothing that is added now will be seen.
    bool full() const;
    void add(std::string_view item);
    const std::string& text() const { return text_; }

private:
    std::string text_;
    std::size_t count_ = 0;
};

}  // namespace tenon::manifest
