#include "tools/cli/inspect.h"

#include <algorithm>

#include "tools/cli/exit_code.h"

namespace tenon::cli {
namespace {

ExitCode verdict(const std::vector<Facts>& files) {
    if (std::any_of(files.begin(), files.end(), [](const Facts& facts) { return facts.unreadable(); }))
        return exit_unreadable;
    if (std::any_of(files.begin(), files.end(), [](const Facts& facts) { return !facts.problems.empty(); }))
        return exit_refused;
    return exit_fine;
}

}  // namespace

int inspect(const InspectOptions& options) {
    std::vector<Facts> files;
    for (const std::string& path : options.files) files.push_back(read_facts(path));
    if (options.json) {
        print_facts_json(files, options.types);
        return verdict(files);
    }
    const Screen screen(options.no_color);
    for (const Facts& facts : files) {
        if (&facts != &files.front()) screen.line();
        print_facts(screen, facts, options.types);
    }
    return verdict(files);
}

}  // namespace tenon::cli
