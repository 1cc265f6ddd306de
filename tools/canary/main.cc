// tenon-canary: a host starts it to try a plugin in a process that may crash. It is given its order on a socket.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string_view>

#include "tools/canary/trial.h"

namespace tenon::canary {
namespace {

constexpr int exit_fine = 0;
constexpr int exit_refused = 1;
constexpr int exit_usage = 2;

constexpr const char* help_text =
    "tenon-canary loads, starts, stops and unloads a plugin, so that a host sees it crash, exit or hang here first.\n"
    "\n"
    "Hosts start it themselves, with a socket that it is told what to load on; it has nothing to do without one.\n"
    "To try a plugin by hand, use `tenon load`.\n";

// It leaves no core file, and does not outlive its host.
void behave() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::fcntl(loader::canary_line, F_SETFD, FD_CLOEXEC);
}

// Until the host has said all; empty when it says too much.
std::string hear() {
    std::string bytes, piece(64 * 1024, '\0');
    while (bytes.size() <= loader::max_canary_order) {
        const ssize_t got = ::read(loader::canary_line, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return bytes;
        bytes.append(piece, 0, static_cast<std::size_t>(got));
    }
    return {};
}

int run() {
    behave();
    const std::optional<loader::CanaryOrder> order = loader::decode_order(hear());
    if (!order) {
        static_cast<void>(std::fputs("tenon-canary: what its socket says is no order of this release\n", stderr));
        return exit_usage;
    }
    if (static_cast<std::uint32_t>(::getppid()) != order->parent) return exit_usage;  // it died before behave()
    Line line(loader::canary_line);
    return try_out(*order, line) ? exit_fine : exit_refused;
}

int usage() {
    static_cast<void>(std::fputs("tenon-canary: hosts start it; see tenon-canary --help\n", stderr));
    return exit_usage;
}

}  // namespace
}  // namespace tenon::canary

int main(int argc, char** argv) {
    using namespace tenon;
    const std::string_view option = argc > 1 ? argv[1] : "";
    if (argc == 2 && option == "--help")
        return std::fputs(canary::help_text, stdout) < 0 || std::fflush(stdout) != 0 ? canary::exit_refused
                                                                                     : canary::exit_fine;
    if (argc != 3 || option != "--line" || std::to_string(loader::canary_line) != argv[2]) return canary::usage();
    try {
        return canary::run();
    } catch (const std::exception& e) {
        static_cast<void>(std::fprintf(stderr, "tenon-canary: %s\n", e.what()));
        return canary::exit_usage;
    }
}
