#include "tools/cli/decide.h"

#include <fmt/core.h>

#include <tenon/host.hpp>

#include "tools/cli/exit_code.h"
#include "tools/cli/screen.h"

namespace tenon::cli {
namespace {

tenon::Host host_with(const std::string& store) {
    auto options = tenon::sized<tenon_host_options>();
    options.store_file = tenon::str(store);
    return tenon::Host(options);
}

}  // namespace

int enable(const EnableOptions& options) {
    host_with(options.store).enable(options.plugin);
    fmt::print("{} may load again; its errors so far are forgiven\n", shown(options.plugin));
    return exit_fine;
}

int disable(const DisableOptions& options) {
    host_with(options.store).disable(options.plugin, options.reason);
    fmt::print("{} will not load any more: {}\n", shown(options.plugin), shown(options.reason));
    return exit_fine;
}

}  // namespace tenon::cli
