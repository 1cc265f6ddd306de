// Programs for a plugin that may start none itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/rate.h"
#include "sandbox/broker/requests.h"
#include "sandbox/broker/stop.h"
#include "sandbox/broker/template.h"

namespace tenon::sandbox::broker {

struct ProcessLimits {
    std::uint64_t value_bytes = 4096;
    std::uint64_t input_bytes = 1u << 20;
    std::uint64_t output_bytes = 4u << 20;  // and the same of errors
    std::uint32_t seconds = 30;
    std::uint64_t starts_per_minute = 60;                                        // 0: no limit
    std::vector<std::string> environment{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};  // all of it
};

// Used by any thread: run() blocks the one that calls it, for as long as limits.seconds, and as its patience. A program
// runs as the host's user and is not confined: to grant it is to trust it with what it is given.
class ProcessBroker {
public:
    ProcessBroker(std::vector<ProgramRule> rules, ProcessLimits limits);

    // Of the rules for the program, the one that takes exactly these values; the first, if several do. Whatever the
    // status, it is an answer. Problems: "permission.denied", "broker.bad-value", "broker.not-started",
    // "broker.timeout", "broker.too-large", "broker.too-often", "broker.stopped",
    // "broker.io".
    base::Result<Ran> run(const RunProgram& request, const Patience& patience = {});
    // Whether a rule takes these values.
    bool grants(const RunProgram& request) const { return static_cast<bool>(rule_for(request)); }

private:
    base::Result<const ProgramRule*> rule_for(const RunProgram& request) const;

    const std::vector<ProgramRule> rules_;
    const ProcessLimits limits_;
    Bucket starts_;
};

}  // namespace tenon::sandbox::broker
