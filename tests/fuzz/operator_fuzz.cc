// An operator's file is foreign bytes: whatever it is, the answer is its words or problems in words, and the words keep
// the bounds that docs/operator.md states.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "manifest/glob_entry.h"
#include "manifest/manifest.h"
#include "manifest/operator.h"

using namespace tenon::manifest;

namespace {

constexpr std::uint64_t day = 86'400'000'000'000;

void check(bool holds) {
    if (!holds) std::abort();
}

bool is_shown_safely(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    return true;
}

void check_place(const Operator& words, Location at) {
    check(at.line >= 1 && at.column >= 1 && at.line <= max_operator_size && at.column <= max_operator_size);
    check(origin(words, at).starts_with("o.toml:"));
}

void check_time(const Operator& words, const StatedTime& time) {
    if (!time) return;
    check(time->value >= 1 && time->value <= day);
    check_place(words, time->at);
}

void check_budget(const Operator& words, const OperatorBudget& budget) {
    check_time(words, budget.soft);
    check_time(words, budget.hard);
    if (!budget.share) return;
    check(budget.share->value >= 1 && budget.share->value <= 100);
    check_place(words, budget.share->at);
}

// In one table.
void check_stated(const Operator& words, const OperatorBudget& budget) {
    check_budget(words, budget);
    if (budget.soft && budget.hard) check(budget.soft->value <= budget.hard->value);
}

void check_breaker(const OperatorBreaker& breaker) {
    check(breaker.minimum >= 1 && breaker.minimum <= breaker.window && breaker.window <= max_breaker_window);
    check(breaker.must_pass >= 1 && breaker.must_pass <= breaker.probes && breaker.probes <= max_breaker_probes);
    check(breaker.open_ns >= 1 && breaker.open_ns <= breaker.max_open_ns && breaker.max_open_ns <= day);
    check(breaker.percent >= 1 && breaker.percent <= 100 && breaker.in_a_row >= 1 && breaker.jitter_percent <= 100);
}

void check_lookup(const Operator& words, std::string_view plugin, std::string_view hook) {
    check_budget(words, budget_for(words, plugin, hook));
    if (const auto breaker = breaker_for(words, plugin, hook)) {
        check(!to_string(breaker->value).empty());
        check_place(words, breaker->at);
    }
}

void check_words(const Operator& words) {
    check_stated(words, words.budget);
    check_breaker(words.breaker);
    check_lookup(words, "", "");
    for (const auto& [name, hook] : words.hooks) {
        check_stated(words, hook.budget);
        check_time(words, hook.deadline);
        check_lookup(words, "", name);
    }
    for (const auto& [id, plugin] : words.plugins) {
        check(is_id(id));
        check_stated(words, plugin.budget);
        check_lookup(words, id, "");
        if (const auto isolation = isolation_for(words, id)) {
            check(!to_string(isolation->value).empty());
            check_place(words, isolation->at);
        }
        const OperatorSandbox sandbox = sandbox_for(words, id);
        check(!sandbox.level || !to_string(*sandbox.level).empty());
        check(sandbox.grant.size() <= 512 && sandbox.without.size() <= 5);
        check(sandbox.deny.size() <= 512);
        for (const std::string& denial : sandbox.deny) check(denial_of(denial).has_value());
        for (const auto& [name, handler] : plugin.hooks) {
            check_stated(words, handler.budget);
            check_lookup(words, id, name);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ParsedOperator parsed = parse_operator({reinterpret_cast<const char*>(data), size}, "o.toml");
    check(parsed.words.has_value() == parsed.problems.empty());
    for (const tenon::base::Problem& problem : parsed.problems)
        check(!problem.id.empty() && !problem.fix.empty() && is_shown_safely(problem.text));
    if (parsed.words) check_words(*parsed.words);
    return 0;
}
