// What of its host a plugin can see without asking.
#include <fcntl.h>
#include <sys/resource.h>

#include "tests/containment/escapist/attempts.h"

extern char** environ;

namespace escapist {
namespace {

Outcome pid(const Words&) {
    return {::getpid()};
}

Outcome environment(const Words&) {
    std::string all;
    for (char** variable = environ; *variable != nullptr; ++variable) all += std::string(*variable) + "\n";
    return {0, 0, all};
}

// The numbers of all that are open, with a space behind each.
Outcome descriptors(const Words&) {
    Outcome outcome;
    for (long number = 0; number < 4096; ++number)
        if (call(SYS_fcntl, number, F_GETFD) >= 0) {
            outcome.text += std::to_string(number) + " ";
            ++outcome.result;
        }
    return outcome;
}

// Words: the number of one that the host may have left open.
Outcome read_descriptor(const Words& words) {
    std::string text(4096, '\0');  // a read would wait for what comes over a socket
    const long size = call(SYS_pread64, words.number(0), text.data(), text.size(), 0L);
    return of(size, size < 0 ? "" : legible(text.substr(0, static_cast<std::size_t>(size))));
}

Outcome core_limit(const Words&) {
    rlimit limit{};
    const long result = call(SYS_prlimit64, 0, RLIMIT_CORE, nullptr, &limit);
    return of(result, std::to_string(limit.rlim_max));
}

constexpr Attempt attempts[] = {
    {"pid", pid},
    {"environment", environment},
    {"descriptors", descriptors},
    {"read_descriptor", read_descriptor},
    {"core_limit", core_limit},
};

}  // namespace

Attempts leaks() {
    return attempts;
}

}  // namespace escapist
