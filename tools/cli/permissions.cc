#include "tools/cli/permissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

#include "host/grants.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/facts.h"

namespace tenon::cli {
namespace {

void refuse(PermissionsReport& report, const base::Problem& problem, int exit_code = exit_refused) {
    report.problems.push_back(problem);
    report.exit_code = std::max(report.exit_code, exit_code);
}

// What the file asks for; nothing, after saying so, if that cannot be told.
std::optional<host::Requests> read_file(const std::string& file, PermissionsReport& report) {
    const Facts facts = read_facts(file);
    report.file = file;
    for (const base::Problem& problem : facts.problems)
        refuse(report, problem, facts.unreadable() ? exit_unreadable : exit_refused);
    if (!facts.manifest) {
        if (facts.problems.empty())
            refuse(report,
                   {"grant.no-plugin", fmt::format("{} is no plugin", shown(file)), "tenon inspect tells what it is."});
        return std::nullopt;
    }
    report.plugin = facts.manifest->id;
    report.version = manifest::to_string(facts.manifest->version);
    base::Result<host::Requests> requests = host::requests_of(facts.manifest->permissions);
    if (requests) return requests.take();
    refuse(report, requests.problem());
    return std::nullopt;
}

std::optional<std::vector<host::Granted>> read_store(PermissionsReport& report) {
    base::Result<host::Store> store = host::Store::open(report.store, {.create = false});
    if (!store) return refuse(report, store.problem()), std::nullopt;
    base::Result<std::vector<host::Granted>> grants = host::Grants(store.value()).of(report.plugin);
    if (!grants) return refuse(report, grants.problem()), std::nullopt;
    return grants.take();
}

RequestRow asked_row(const PermissionsReport& report, const std::string& request) {
    RequestRow row{request, Standing::own, 0, {}, {}};
    if (host::is_its_own(request)) return row;
    row.standing = report.store.empty() ? Standing::asked : Standing::waiting;
    row.command = host::command_to_grant(report.plugin, request, report.store);
    return row;
}

RequestRow granted_row(const PermissionsReport& report, const host::Granted& grant, Standing standing) {
    return {grant.request, standing, grant.since, grant.by,
            host::command_to_revoke(report.plugin, grant.request, report.store)};
}

void add_rows(PermissionsReport& report, const std::optional<host::Requests>& asked,
              const std::vector<host::Granted>& grants) {
    for (const std::string& request : asked.value_or(host::Requests())) {
        const auto grant = std::ranges::find(grants, request, &host::Granted::request);
        report.rows.push_back(grant == grants.end() ? asked_row(report, request)
                                                    : granted_row(report, *grant, Standing::granted));
    }
    for (const host::Granted& grant : grants)
        if (std::ranges::find(report.rows, grant.request, &RequestRow::request) == report.rows.end())
            report.rows.push_back(granted_row(report, grant, asked ? Standing::unasked : Standing::granted));
}

}  // namespace

std::size_t PermissionsReport::count(Standing standing) const {
    return static_cast<std::size_t>(std::ranges::count(rows, standing, &RequestRow::standing));
}

std::string_view to_string(Standing standing) {
    constexpr std::string_view words[] = {"asked", "granted", "waiting", "own", "unasked"};
    return words[static_cast<std::size_t>(standing)];
}

PermissionsReport look_at_permissions(const PermissionsOptions& options) {
    PermissionsReport report;
    report.store = options.store;
    std::optional<host::Requests> asked;
    if (names_a_file(options.target)) {
        asked = read_file(options.target, report);
        if (!asked) return report;
    } else {
        report.plugin = options.target;
    }
    if (report.store.empty()) return add_rows(report, asked, {}), report;
    if (const std::optional<std::vector<host::Granted>> grants = read_store(report)) add_rows(report, asked, *grants);
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
