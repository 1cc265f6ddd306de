// Either a value or the problem that stood in its way.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

#include "base/problem.h"

namespace tenon::base {

// Move the value out with take() after ok() said yes; asking for the half that is not there ends the process, because
// it is a bug of the caller and never an input's fault.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : half_(std::in_place_index<0>, std::move(value)) {}
    Result(Problem problem) : half_(std::in_place_index<1>, std::move(problem)) {}

    bool ok() const { return half_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() { return ok() ? std::get<0>(half_) : (std::abort(), std::get<0>(half_)); }
    const T& value() const { return ok() ? std::get<0>(half_) : (std::abort(), std::get<0>(half_)); }
    T take() { return std::move(value()); }
    const Problem& problem() const { return ok() ? (std::abort(), std::get<1>(half_)) : std::get<1>(half_); }

private:
    std::variant<T, Problem> half_;
};

// The answer of a check: nothing, or a problem.
using Check = std::optional<Problem>;

}  // namespace tenon::base
