// Operators' files in short.
#pragma once

#include <fmt/format.h>

#include <string>

#include "manifest/operator.h"
#include "tests/support/catch.h"

namespace tenon::manifest {

inline Operator words_of(const std::string& toml) {
    ParsedOperator result = parse_operator(toml, "o.toml");
    INFO(base::to_text(result.problems));
    REQUIRE(result.words.has_value());
    return std::move(*result.words);
}

// "id | text | fix" of each problem, one a line.
inline std::string refusals_of(const std::string& toml) {
    const ParsedOperator result = parse_operator(toml, "o.toml");
    CHECK(result.words.has_value() == result.problems.empty());
    std::string all;
    for (const base::Problem& problem : result.problems)
        all += fmt::format("{}{} | {} | {}", all.empty() ? "" : "\n", problem.id, problem.text, problem.fix);
    return all;
}

inline std::string shown(const Operator& words, const StatedTime& time) {
    return time ? fmt::format("{} ns at {}", time->value, origin(words, time->at)) : "none";
}

inline std::string shown(const Operator& words, const StatedNumber& number) {
    return number ? fmt::format("{} at {}", number->value, origin(words, number->at)) : "none";
}

inline std::string shown(const Operator& words, const StatedBreaker& breaker) {
    return breaker ? fmt::format("{} at {}", to_string(breaker->value), origin(words, breaker->at)) : "none";
}

inline std::string shown(const Operator& words, const StatedIsolation& isolation) {
    return isolation ? fmt::format("{} at {}", to_string(isolation->value), origin(words, isolation->at)) : "none";
}

inline std::string shown(const Operator& words, const OperatorBudget& budget) {
    return fmt::format("soft {}, hard {}, share {}", shown(words, budget.soft), shown(words, budget.hard),
                       shown(words, budget.share));
}

}  // namespace tenon::manifest
