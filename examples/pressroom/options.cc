#include "options.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

namespace pressroom {
namespace {

constexpr const char* footer = R"(
Examples:
  pressroom docs --output site --plugins build/plugins
      Builds a site out of all .md files below docs.
  pressroom README.md docs --output site --plugins build/plugins --quiet
      A file and a folder; prints failures only.
  pressroom docs --output site --plugins build/plugins --json | jq .summary
      For programs: one JSON object on standard output.
  pressroom docs --output site --plugins build/plugins --data state
      Plugins keep their files in state/; own words for the spell check are in
      state/org.tenon.spell-check/words.txt, one a line; its settings.toml may
      make it slow (delay = "100 ms", delayed_pages = 6), to see what happens.
  pressroom docs --output site --plugins build/plugins --stats --operator op.toml
      Under an operator's budgets; then what each handler did.
  pressroom docs --output site --plugins build/plugins --workers all
      Each plugin in a process of its own: when one crashes or hangs, the site is
      built without it. --workers ID,ID puts these there, beside those whose
      manifests say so.
  pressroom docs --output site --plugins build/plugins --watch
      Whenever a plugin is built again, the site is made again with it.

Exit codes:
  0  all pages are built
  1  the site is built, but a page or a plugin failed
  2  the command line is wrong
  3  nothing could be built)";

// What is wrong with the value of --workers; empty if nothing is.
std::string fault_of_workers(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        const bool is_mode = word == "all" || word == "none";
        if (is_mode && words.size() > 1) return word + " stands alone, without ids";
        if (!is_mode && word.find('.') == word.npos)
            return "\"" + word + "\" is not an id; wanted all, none, or ids such as org.tenon.stats";
    }
    return {};
}

}  // namespace

std::variant<Options, int> parse(int argc, char** argv) {
    Options options;
    options.jobs = std::clamp(std::thread::hardware_concurrency(), 1u, 8u);
    CLI::App app("Makes a site out of Markdown documents; what happens to a page is done by plugins.", "pressroom");
    app.footer(footer);
    app.set_version_flag("--version", "pressroom 1.0.0");
    app.add_option("SOURCE", options.sources, "Markdown files, and folders that are searched for *.md")->required();
    app.add_option("--output", options.output, "Folder that the site is written to; made if it is missing")
        ->required()
        ->type_name("DIR");
    app.add_option("--plugins", options.plugins, "Folder of plugins, or one plugin")
        ->required()
        ->type_name("DIR")
        ->check(CLI::ExistingPath);
    app.add_option("--data", options.data, "Folder in which plugins keep data (default: a temporary one)")
        ->type_name("DIR");
    app.add_option("--store", options.store, "File that keeps how plugins behaved, and which are disabled")
        ->type_name("FILE");
    app.add_option("--operator", options.operator_file, "File that says how long plugins may take (docs/operator.md)")
        ->type_name("FILE");
    app.add_option("--workers", options.workers, "Which plugins run in processes of their own")
        ->type_name("all|none|ID[,ID...]")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--jobs", options.jobs, "Pages built at a time")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1u, 64u));
    app.add_flag("--quiet", options.quiet, "Print failures only");
    CLI::Option* const json = app.add_flag("--json", options.json, "Print the report as one JSON object");
    app.add_flag("--stats", options.stats, "Print also what each handler did: calls, times, overruns, breaker");
    app.add_flag("--watch", options.watch,
                 "Reload plugins when their files change, and make the site again; Ctrl-C ends")
        ->excludes(json);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? int{exit_built} : int{exit_usage};
    }
    if (const std::string fault = fault_of_workers(options.workers); !fault.empty()) {
        fmt::print(stderr, "--workers: {}\nRun with --help for more information.\n", fault);
        return int{exit_usage};
    }
    return options;
}

}  // namespace pressroom
