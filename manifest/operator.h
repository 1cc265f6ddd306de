// What the operator of a host says of its plugins: budgets, breakers, the watchdog, where they run. docs/operator.md
// describes the format. A hook is named "contract/hook", as in statistics.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "manifest/location.h"
#include "manifest/manifest.h"
#include "manifest/operator_sandbox.h"

namespace tenon::manifest {

// The most bytes that an operator's file may have, and the most results that its breakers may judge.
inline constexpr std::size_t max_operator_size = 64 * 1024;
inline constexpr std::uint32_t max_breaker_window = 1024;
inline constexpr std::uint32_t max_breaker_probes = 16;

// A value, and where the file has it.
template <class T>
struct Stated {
    T value{};
    Location at;
};

using StatedTime = std::optional<Stated<std::uint64_t>>;    // nanoseconds, at most a day
using StatedNumber = std::optional<Stated<std::uint32_t>>;  // shares: percent

// The limits of a handler's calls, as far as they are stated.
struct OperatorBudget {
    StatedTime soft;
    StatedTime hard;
    StatedNumber share;
};

// automatic: the breaker does what its calls tell it. closed: always called. open: never. metrics: measured, and
// called whatever comes out.
enum class BreakerWord { automatic, closed, open, metrics };
using StatedBreaker = std::optional<Stated<BreakerWord>>;
using StatedIsolation = std::optional<Stated<Isolation>>;

struct OperatorHook {
    OperatorBudget budget;  // of each handler
    StatedTime deadline;    // of a whole dispatch
    Location at;
};

// One plugin's handler of one hook.
struct OperatorHandler {
    OperatorBudget budget;
    StatedBreaker breaker;
    Location at;
};

struct OperatorPlugin {
    OperatorBudget budget;    // of each handler
    StatedNumber max_errors;  // after so many it is disabled for good
    StatedBreaker breaker;    // of each handler
    StatedIsolation isolation;
    OperatorSandbox sandbox;
    std::map<std::string, OperatorHandler, std::less<>> hooks;
    Location at;
};

// What all breakers go by; where nothing is stated, the defaults. minimum <= window, open_ns <= max_open_ns,
// must_pass <= probes.
struct OperatorBreaker {
    std::uint32_t window = 128;
    std::uint32_t minimum = 16;
    std::uint32_t percent = 50;
    std::uint32_t in_a_row = 5;
    std::uint64_t open_ns = 5'000'000'000;
    std::uint64_t max_open_ns = 300'000'000'000;
    std::uint32_t jitter_percent = 20;
    std::uint64_t healthy_ns = 600'000'000'000;
    std::uint32_t probes = 3;
    std::uint32_t must_pass = 2;
};

// A plain value, no thread rules.
struct Operator {
    std::string file;  // as it was given to parse_operator
    StatedTime watchdog_period;
    std::optional<Stated<bool>> stacks;
    OperatorBudget budget;  // of all handlers
    OperatorBreaker breaker;
    OperatorSandbox sandbox;                                     // of all plugins
    std::map<std::string, OperatorHook, std::less<>> hooks;      // by "contract/hook"
    std::map<std::string, OperatorPlugin, std::less<>> plugins;  // by id
};

// Either the operator's words, or at least one problem; in the order of the file, at most 100 and one that counts the
// rest.
struct ParsedOperator {
    std::optional<Operator> words;
    base::Problems problems;
};

// Reads an operator's file from bytes of any origin. `file` is the name that problems begin with. Keeps nothing of both
// views. Any thread. Problems: "operator.*", and "manifest.*" where a manifest has the same rule.
ParsedOperator parse_operator(std::string_view toml, std::string_view file);

// What holds for one plugin's handlers of one hook. Each value by itself comes from the table that says the most about
// them: [plugins."id".hooks."contract/hook"], then [plugins."id"], then [hooks."contract/hook"], then [budget].
OperatorBudget budget_for(const Operator& words, std::string_view plugin, std::string_view hook);
StatedBreaker breaker_for(const Operator& words, std::string_view plugin, std::string_view hook);

// Where the plugin is to run, of [plugins."id"]; nothing: the operator leaves it to the host's options and the
// manifest.
StatedIsolation isolation_for(const Operator& words, std::string_view plugin);

// What holds for the plugin's confinement: of [plugins."id".sandbox] what it states, of [sandbox] the rest.
OperatorSandbox sandbox_for(const Operator& words, std::string_view plugin);

// "FILE:LINE:COLUMN"
std::string origin(const Operator& words, Location at);

// As the file writes it.
std::string_view to_string(BreakerWord word);

}  // namespace tenon::manifest
