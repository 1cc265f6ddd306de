#include "tools/cli/permissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tools/cli/answer.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/facts.h"

namespace tenon::cli {
namespace {

void refuse(PermissionsReport& report, const base::Problem& problem, int exit_code = exit_refused) {
    report.problems.push_back(problem);
    report.exit_code = std::max(report.exit_code, exit_code);
}

// The plugin's manifest; empty, after saying so, if there is none to be had.
std::string read_file(const std::string& file, PermissionsReport& report) {
    const Facts facts = read_facts(file);
    report.file = file;
    for (const base::Problem& problem : facts.problems)
        refuse(report, problem, facts.unreadable() ? exit_unreadable : exit_refused);
    if (facts.manifest) {
        report.plugin = facts.manifest->id;
        report.version = manifest::to_string(facts.manifest->version);
        return facts.image->manifest;
    }
    if (facts.problems.empty())
        refuse(report,
               {"grant.no-plugin", fmt::format("{} is no plugin", shown(file)), "tenon inspect tells what it is."});
    return {};
}

}  // namespace

std::size_t PermissionsReport::count(std::string_view state) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(requests, [&](const Json& row) { return row.at("state") == state; }));
}

PermissionsReport look_at_permissions(const PermissionsOptions& options) {
    PermissionsReport report;
    report.store = options.store;
    std::string manifest;
    if (names_a_file(options.target)) {
        manifest = read_file(options.target, report);
        if (!report.problems.empty()) return report;
    } else {
        report.plugin = options.target;
    }
    const std::string id = manifest.empty() ? report.plugin : std::string();
    base::Result<Json> answer = ask([&](tenon_write_fn write, void* data, tenon_error* error) {
        return tenon_permissions(tenon::str(report.store), tenon::str(manifest), tenon::str(id), write, data, error);
    });
    if (answer)
        report.requests = answer.value().at("requests");
    else
        refuse(report, answer.problem());
    return report;
}

// Folders do not count: those of plugins' data have their ids for names.
bool names_a_file(const std::string& target) {
    std::error_code none;
    return target.find('/') != target.npos || std::filesystem::is_regular_file(target, none) ||
           !manifest::is_id(target);
}

int permissions(const PermissionsOptions& options) {
    const PermissionsReport report = look_at_permissions(options);
    if (options.json)
        print_permissions_json(report);
    else
        print_permissions(Screen(options.no_color), report);
    return report.exit_code;
}

}  // namespace tenon::cli
