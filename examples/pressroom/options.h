// The command line.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace pressroom {

// How the program ends.
enum ExitCode : int {
    exit_built = 0,    // every page was built
    exit_flawed = 1,   // the site is built, but a page or a plugin failed
    exit_usage = 2,    // the command line is wrong
    exit_nothing = 3,  // nothing could be built
};

struct Options {
    std::vector<std::string> sources;  // files and folders
    std::string output;
    std::string plugins;               // a folder of plugins, or one plugin; empty: none
    std::string data;                  // where plugins' data folders are; empty: nothing is kept
    std::string store;                 // what is remembered of plugins; empty: nothing is
    std::string operator_file;         // budgets, breakers, watchdog; empty: the defaults
    std::vector<std::string> workers;  // "all", "none", or ids of plugins; empty: where their manifests say
    unsigned jobs = 1;                 // pages built at a time
    bool quiet = false;
    bool json = false;
    bool stats = false;  // also what each handler did
    bool watch = false;  // reload plugins, and make the site again, until the user ends it
};

// The options, or the exit code when the program is to end: help was asked for, or an error was printed.
std::variant<Options, int> parse(int argc, char** argv);

}  // namespace pressroom
