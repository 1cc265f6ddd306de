// What the user asked for.
#pragma once

#include <variant>

#include "tools/cli/audit.h"
#include "tools/cli/decide.h"
#include "tools/cli/dev.h"
#include "tools/cli/doctor.h"
#include "tools/cli/grant.h"
#include "tools/cli/inspect.h"
#include "tools/cli/load.h"
#include "tools/cli/permissions.h"
#include "tools/cli/survey.h"

namespace tenon::cli {

// A command to run, or the exit code when there is nothing left to do: help was printed, or an error was.
using Request =
    std::variant<int, InspectOptions, DoctorOptions, LoadOptions, ListOptions, PlanOptions, DevOptions, EnableOptions,
                 DisableOptions, PermissionsOptions, GrantOptions, RevokeOptions, AuditOptions>;

Request read_command_line(int argc, const char* const* argv);

}  // namespace tenon::cli
