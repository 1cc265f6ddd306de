// A host whose plugin tries to get out of the worker that it runs in.
#pragma once

#include <string>
#include <tenon/host.hpp>

#include "sandbox/policy.h"
#include "tests/containment/escape.h"
#include "tests/containment/observer.h"
#include "tests/support/catch.h"
#include "tests/worker/yard_host.h"

namespace tenon::test {

// How the worker is confined. Most tests: strictly.
struct Walls {
    sandbox::Level level = sandbox::Level::strict;
    std::uint32_t without = 0;  // layers
    std::string grants{};       // more of them, as the operator's file writes them: ", \"env:X\""
    std::string more{};         // lines for [sandbox]
    std::uint32_t breakers = TENON_BREAKER_METRICS_ONLY;
    const char* isolation = "worker";
};

// The hard budget of what hurries, as escape.h has it.
inline constexpr int hurry_ms = 300;

// None: the plugin is in the host's own process, and sees what is there to be seen.
inline const Walls in_the_host{.level = sandbox::Level::trusted, .isolation = "process"};

// How an attempt went, as its caller sees it.
struct Answer {
    bool answered = false;
    std::int64_t result = 0;
    int error = 0;  // errno, of the plugin
    std::string text{};
    std::int32_t code = 0;  // of the call's error
    std::string why{};      // its text
    bool succeeded() const { return answered && result >= 0; }
};

// A temporary folder for a test: the host's files, and what the plugin may and may not touch.
//
//     data/ID/   the plugin's own    granted/   it may read    other/   asked for, not granted    outside/   never
//     asked
//
// Modes stand in nobody's way: where an access is refused, the sandbox has done it.
class Ground {
public:
    Ground();
    ~Ground();
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    const std::string& folder() const { return folder_; }
    std::string data() const { return folder_ + "/data/org.tenon.test.escapist"; }
    std::string outside() const { return folder_ + "/outside"; }
    std::string granted() const { return folder_ + "/granted"; }
    // A file with words that nobody can guess, which it returns.
    std::string secret_in(const std::string& file) const;

private:
    std::string folder_;
    std::string temporary_;  // as TMPDIR was before
};

std::string unguessable();
bool exists(const std::string& path);
std::string text_of(const std::string& path);  // as this process reads it

class Prison {
public:
    explicit Prison(const Ground& ground, Walls walls = {});

    // The process of the worker; 0: there is none just now.
    pid_t pid();
    Answer attempt(const std::string& name, const std::string& argument = "") {
        return call<escape_attempt_hook>(name, argument);
    }
    // The same with a hard budget of hurry_ms.
    Answer hurry(const std::string& name, const std::string& argument = "") {
        return call<escape_hurry_hook>(name, argument);
    }
    // The same on a thread of its own, which has its own scope: whether it was answered.
    bool drip(tenon::Scope& own, const std::string& name, const std::string& argument);
    // The reserved bytes of the request are filled with what is in `reserved`.
    template <class H>
    Answer call(const std::string& name, const std::string& argument, std::string_view reserved = {});

    tenon_report_row row() const { return (*report_)[0]; }
    std::string text() const { return std::string(view(row().text)); }
    std::string reason() const { return std::string(view(row().reason)); }
    // After the worker has ended: whether it is there again.
    bool runs_again();

    SharedLog log;

private:
    const std::string data_, private_, operator_;
    const std::uint32_t breakers_;
    tenon_host_options options() const;

public:
    tenon::Host host;
    tenon::Scope scope;

private:
    std::optional<tenon::Report> report_;
};

template <class H>
Answer Prison::call(const std::string& name, const std::string& argument, std::string_view reserved) {
    scope.reset();
    auto what = sized<escape_attempt>();
    what.name = str(name);
    what.argument = str(argument);
    std::memcpy(&what.reserved, reserved.data(), std::min(reserved.size(), sizeof what.reserved));
    auto out = sized<escape_outcome>();
    const std::int32_t verdict = tenon_hook_call(host.hook<H>().raw(), scope.raw(), &what, &out);
    Answer answer;
    answer.answered = verdict == TENON_HANDLED;
    answer.result = out.result;
    answer.error = out.error;
    if (answer.answered) answer.text = std::string(view(out.text));
    if (scope.error_count() == 0) return answer;
    const tenon_error error = scope.error(0);
    answer.code = error.code;
    answer.why = error.text;
    return answer;
}

}  // namespace tenon::test
