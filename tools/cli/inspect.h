// tenon inspect: what files are, without running anything of them.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/facts.h"
#include "tools/cli/screen.h"
#include "tools/cli/table.h"

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
// Rows of what the manifest asks for.
void add_wishes(Table& table, const manifest::Manifest& manifest);
void print_facts_json(const std::vector<Facts>& files, bool types);

}  // namespace tenon::cli
