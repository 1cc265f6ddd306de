// tenon: the command line. Each command is a file of its own.
#include <cstdio>
#include <stdexcept>
#include <variant>

#include "tools/cli/command_line.h"
#include "tools/cli/exit_code.h"

namespace tenon::cli {
namespace {

int run(int exit_code) {
    return exit_code;
}

int run(const InspectOptions& options) {
    return inspect(options);
}

int run(const DoctorOptions& options) {
    return doctor(options);
}

int run(const LoadOptions& options) {
    return load(options);
}

int run(const ListOptions& options) {
    return list(options);
}

int run(const PlanOptions& options) {
    return plan(options);
}

int run(const DevOptions& options) {
    return dev(options);
}

int run(const EnableOptions& options) {
    return enable(options);
}

int run(const DisableOptions& options) {
    return disable(options);
}

int run(const PermissionsOptions& options) {
    return permissions(options);
}

int run(const GrantOptions& options) {
    return grant(options);
}

int run(const RevokeOptions& options) {
    return revoke(options);
}

int run(const AuditOptions& options) {
    return audit(options);
}

// What was printed may still be in the buffer, and the disk full.
void flush_output() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        throw std::runtime_error("the output could not be written");
}

}  // namespace
}  // namespace tenon::cli

int main(int argc, char** argv) {
    try {
        const auto request = tenon::cli::read_command_line(argc, argv);
        const int exit_code = std::visit([](const auto& command) { return tenon::cli::run(command); }, request);
        tenon::cli::flush_output();
        return exit_code;
    } catch (const std::exception& e) {
        // Not fmt::print: it throws where standard error is closed.
        static_cast<void>(std::fprintf(stderr, "tenon: %s\n", e.what()));
        return tenon::cli::exit_refused;
    }
}
