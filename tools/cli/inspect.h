// tenon inspect: what files are, without running anything of them.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/facts.h"
#include "tools/cli/screen.h"

namespace tenon::cli {

struct InspectOptions {
    std::vector<std::string> files;
    bool types = false;  // also the types of contracts
    bool json = false;
    bool no_color = false;
};

// Prints the facts of each file to standard output. Returns an ExitCode.
int inspect(const InspectOptions& options);

// The two ways to print; docs/cli.md describes them.
void print_facts(const Screen& screen, const Facts& facts, bool types);
void print_types(const Screen& screen, const loader::Contract& contract);
void print_facts_json(const std::vector<Facts>& files, bool types);

}  // namespace tenon::cli
