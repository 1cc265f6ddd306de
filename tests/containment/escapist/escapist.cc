// A plugin that tries to get out of where it runs.
#include <array>
#include <cstdlib>
#include <stdexcept>

#include "tests/containment/escape.h"
#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

Outcome run(std::string_view name, std::string_view argument) {
    const std::array all{file_attempts(),    path_attempts(),   host_attempts(),
                         network_attempts(), socket_attempts(), signal_attempts(),
                         process_attempts(), kernel_attempts(), privilege_attempts(),
                         early_attempts(),   faults(),          leaks(),
                         positive()};
    for (const Attempts attempts : all)
        for (const Attempt& attempt : attempts)
            if (attempt.name == name) return attempt.act(Words(argument));
    throw std::invalid_argument("the escapist does not know how to " + std::string(name));
}

// Before its host has it: while the library is loaded.
struct Early {
    Early() {
        if (const char* const name = std::getenv("ESCAPIST_IN_CONSTRUCTOR"); name != nullptr) early = run(name, {});
    }
} constructed;

class Escapist {
public:
    explicit Escapist(tenon::Init init) : inner_(init.hook<escape_attempt_hook>()) { self = init.plugin(); }

    bool attempt(tenon::Call& call, const escape_attempt& what, escape_outcome& out) {
        if (tenon::view(what.name) == "recurse") return recurse(call, what, out);
        if (tenon::view(what.name) == "reserved") {
            out.text = call.copy({reinterpret_cast<const char*>(&what.reserved), sizeof what.reserved});
            return true;
        }
        const Outcome outcome = run(tenon::view(what.name), tenon::view(what.argument));
        out.result = outcome.result;
        out.error = outcome.error;
        out.text = call.copy(outcome.text);
        return true;
    }
    bool hurry(tenon::Call& call, const escape_attempt& what, escape_outcome& out) { return attempt(call, what, out); }

private:
    // The result is how many calls were inside of one another.
    bool recurse(tenon::Call& call, const escape_attempt& what, escape_outcome& out) {
        call.dispatch(inner_, &what, &out);
        out.result += 1;
        return true;
    }

    tenon::HookHandle<escape_attempt_hook> inner_;
};

}  // namespace
}  // namespace escapist

TENON_PLUGIN(escapist::Escapist, TENON_USES(ESCAPE_CONTRACT),
             tenon::on<escape_attempt_hook, &escapist::Escapist::attempt>(),
             tenon::on<escape_hurry_hook, &escapist::Escapist::hurry>())
