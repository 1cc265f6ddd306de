#include "sandbox/broker/processes.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "sandbox/broker/child.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Problem;
using base::Result;

namespace {

std::string names_of(const Values& values) {
    std::string names;
    for (const auto& [name, value] : values)
        names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", shown(name, 64));
    return names.empty() ? "no values" : "the values " + names;
}

}  // namespace

ProcessBroker::ProcessBroker(std::vector<ProgramRule> rules, ProcessLimits limits)
    : rules_(std::move(rules)), limits_(std::move(limits)), starts_(limits_.starts_per_minute) {}

Result<const ProgramRule*> ProcessBroker::rule_for(const RunProgram& request) const {
    bool known = false;
    for (const ProgramRule& rule : rules_) {
        if (rule.program != request.program) continue;
        known = true;
        if (takes(rule, request.values)) return &rule;
    }
    if (!known) return denied("process:" + shown(request.program));
    return Problem{"broker.bad-value",
                   fmt::format("process:{}: no grant has arguments of {}", request.program, names_of(request.values)),
                   "give a value for each {name} in the arguments of a grant, and no other"};
}

Result<Ran> ProcessBroker::run(const RunProgram& request, const Patience& patience) {
    const Result<const ProgramRule*> rule = rule_for(request);
    if (!rule) return rule.problem();
    Result<std::vector<std::string>> arguments = fill(*rule.value(), request.values, limits_.value_bytes);
    if (!arguments) return arguments.problem();
    if (request.input.size() > limits_.input_bytes)
        return Problem{"broker.too-large",
                       fmt::format("process:{}: the input has {} bytes, of {} at most", request.program,
                                   request.input.size(), limits_.input_bytes),
                       "send less"};
    const std::uint64_t now = base::monotonic_ns();
    if (!starts_.take(1, now))
        return Problem{"broker.too-often", fmt::format("more than {} starts a minute", starts_.per_minute()),
                       fmt::format("wait {} s", starts_.wait_ns(1, now) / second_ns + 1)};
    return run_child({request.program, arguments.value(), limits_.environment, request.input, limits_.output_bytes,
                      patience.at_most(limits_.seconds * second_ns)});
}

}  // namespace tenon::sandbox::broker
