// tenon load: tries plugins out in this process.
#pragma once

#include "tools/cli/screen.h"
#include "tools/cli/trial.h"

namespace tenon::cli {

using LoadOptions = TrialOptions;

// Loads, starts, stops and unloads the plugins, and prints how it went to standard output; the host's and the plugins'
// warnings go to standard error as they come. Returns an ExitCode.
int load(const LoadOptions& options);

// The two ways to print; docs/cli.md describes them.
void print_trial(const Screen& screen, const Trial& trial);
void print_trial_json(const Trial& trial, int exit_code);

}  // namespace tenon::cli
