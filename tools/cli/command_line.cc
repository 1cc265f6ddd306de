#include "tools/cli/command_line.h"

#include <fmt/core.h>
#include <tenon/host.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tools/cli/exit_code.h"
#include "tools/cli/help_text.h"
#include "tools/cli/spelling.h"

namespace tenon::cli {
namespace {

struct Parsed {
    InspectOptions inspect;
    DoctorOptions doctor;
    LoadOptions load;
    ListOptions list;
    PlanOptions plan;
    DevOptions dev;
    EnableOptions enable;
    DisableOptions disable;
    PermissionsOptions permissions;
    GrantOptions grant;
    RevokeOptions revoke;
    AuditOptions audit;
    std::string help_about;
    bool no_color = false;  // said in front of the command
};

int usage_error(const CLI::App& about, const std::string& what) {
    const std::string program = about.get_parent() == nullptr ? "tenon" : "tenon " + about.get_name();
    const std::string text = fmt::format("{}: {}\nTry '{} --help'.\n", program, what, program);
    static_cast<void>(std::fputs(text.c_str(), stderr));  // if nobody reads it, the exit code still says so
    return exit_usage;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
    return names;
}

std::vector<std::string> names_of_options(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::string unknown(std::string_view kind, const std::string& word, const std::vector<std::string>& known) {
    return unknown_word(kind, word, std::vector<std::string_view>(known.begin(), known.end()));
}

// The words that no option or argument took.
std::vector<std::string> extras_of(const CLI::App& app) {
    std::vector<std::string> extras = app.remaining();
    std::erase(extras, "--");  // it was obeyed
    return extras;
}

// What is wrong with such a word.
int refuse_extras(const CLI::App& app, const std::string& word) {
    if (word.starts_with('-')) return usage_error(app, unknown("option", word, names_of_options(app)));
    if (app.get_parent() == nullptr) return usage_error(app, unknown("command", word, names_of_commands(app)));
    return usage_error(app, unknown("argument", word, {}));
}

CLI::App& add_command(CLI::App& app, const char* name, const char* description) {
    CLI::App& command = *app.add_subcommand(name, description);
    command.allow_extras();  // refused in words of our own
    return command;
}

void add_no_color(CLI::App& app, bool& no_color) {
    app.add_flag("--no-color", no_color, "No colours; so does the environment variable NO_COLOR")
        ->disable_flag_override();
}

void add_output_options(CLI::App& command, bool& json, bool& no_color) {
    command.add_flag("--json", json, "Print JSON instead of text")->disable_flag_override();
    add_no_color(command, no_color);
}

void add_inspect(CLI::App& app, InspectOptions& options) {
    CLI::App& command =
        add_command(app, "inspect", "Tells what plugins and contract modules are, from the files alone");
    command.add_option("FILE", options.files, "Libraries to look at")->type_name("");
    command.add_flag("--types", options.types, "Also the types of each contract, with their fields")
        ->disable_flag_override();
    add_output_options(command, options.json, options.no_color);
    command.footer(std::string(help_text::inspect) + help_text::exit_codes);
}

void add_doctor(CLI::App& app, DoctorOptions& options) {
    CLI::App& command =
        add_command(app, "doctor", "Tells what is wrong with plugins, what follows from it, and how to mend it");
    command.add_option("FILE", options.files, "Plugins to look at")->type_name("");
    command.add_flag("--system", options.system, "What this machine can enforce of the confinement of plugins")
        ->disable_flag_override();
    add_output_options(command, options.json, options.no_color);
    command.footer(std::string(help_text::doctor) + help_text::doctor_exit_codes);
}

std::string missing(const DoctorOptions& options) {
    if (options.system) return options.files.empty() ? std::string() : "--system takes no FILE";
    return options.files.empty() ? "no FILE, and no --system" : std::string();
}

// What every command that makes a host takes.
void add_host_choices(CLI::App& command, HostOptions& options) {
    command.add_option("--contract", options.contracts, "Module of a contract to offer; may be given several times")
        ->type_name("FILE")
        ->allow_extra_args(false);
    command.add_option("--host", options.host, "The application that the plugins are for, as their [hosts] name it")
        ->type_name("ID[=VERSION]")
        ->check(CLI::Validator(fault_of_host, ""));
    command.add_option("--duplicates", options.duplicates, "Which of several plugins with one id starts")
        ->type_name("refuse|newest|pinned")
        ->check(CLI::IsMember({"refuse", "newest", "pinned"}));
    command.add_option("--pin", options.pins, "The version, file or plugin to take; may be given several times")
        ->type_name("NAME=CHOICE")
        ->check(CLI::Validator(fault_of_pin, ""))
        ->allow_extra_args(false);
    command.add_option("--cache", options.cache, "Keeps what was read of the files, for the next time")
        ->type_name("FILE");
    command.add_option("--store", options.store, "Keeps the health of plugins, and who is disabled")->type_name("FILE");
    command
        .add_option("--operator", options.operator_file, "Budgets, breakers and watchdog, as an operator wants them")
        ->type_name("FILE");
    command.add_option("--trust", options.trust, "How far plugins are trusted; the operator's file comes before it")
        ->type_name("trusted|standard|strict|locked")
        ->check(CLI::Validator(fault_of_trust, ""));
    add_output_options(command, options.json, options.no_color);
}

// The same, with the plugins.
void add_host_options(CLI::App& command, HostOptions& options) {
    command.add_option("DIR|FILE", options.paths, "Folders of plugins, and single plugins")->type_name("");
    add_host_choices(command, options);
}

void add_load(CLI::App& app, LoadOptions& options) {
    CLI::App& command = add_command(app, "load", "Loads and starts plugins, reports, and unloads them");
    add_host_options(command, options);
    command
        .add_flag("--stats{table}", options.statistics, "The statistics of the handlers, once the plugins have started")
        ->type_name("[=table|json|prometheus]")
        ->check(CLI::IsMember({"table", "json", "prometheus"}));
    command.add_option("--workers", options.workers, "Which plugins run in processes of their own")
        ->type_name("all|none|ID[,ID...]")
        ->check(CLI::Validator(fault_of_workers, ""));
    command.footer(std::string(help_text::load) + help_text::exit_codes);
}

void add_list(CLI::App& app, ListOptions& options) {
    CLI::App& command = add_command(app, "list", "Lists the plugins in folders, and why some would not start");
    add_host_options(command, options);
    command.footer(std::string(help_text::list) + help_text::exit_codes);
}

void add_plan(CLI::App& app, PlanOptions& options) {
    CLI::App& command = add_command(app, "plan", "Tells in which order plugins would start, and why");
    add_host_options(command, options);
    command.add_flag("--dot", options.dot, "Print the graph for Graphviz")
        ->disable_flag_override()
        ->excludes(command.get_option("--json"));
    command.footer(std::string(help_text::plan) + help_text::exit_codes);
}

void add_dev(CLI::App& app, DevOptions& options) {
    CLI::App& command = add_command(app, "dev", "Builds plugins, and reloads them when their sources change");
    command.add_option("DIR", options.folder, "Folder of the sources")->type_name("");
    command.add_option("--plugins", options.plugins, "Folder in which the build puts the plugins (default: DIR)")
        ->type_name("FOLDER");
    command.add_flag("--once", options.once, "Builds and loads once, and ends")->disable_flag_override();
    add_host_choices(command, options);
    command.footer(std::string(help_text::dev) + help_text::dev_exit_codes);
}

// What is missing; empty if nothing is.
std::string missing(const DevOptions& options) {
    if (options.folder.empty()) return "no DIR";
    return options.command.empty() ? "no build command; put it behind --" : std::string();
}

// What both commands about a store take.
CLI::App& add_decision(CLI::App& app, const char* name, const char* description, DecideOptions& options) {
    CLI::App& command = add_command(app, name, description);
    command.add_option("ID", options.plugin, "The plugin")->type_name("");
    command.add_option("--store", options.store, "The store of the application")->type_name("FILE");
    return command;
}

void add_enable(CLI::App& app, EnableOptions& options) {
    CLI::App& command = add_decision(app, "enable", "Lets a disabled plugin load again", options);
    command.get_option("--store")->check(CLI::ExistingFile);
    command.footer(std::string(help_text::enable) + help_text::exit_codes);
}

void add_disable(CLI::App& app, DisableOptions& options) {
    CLI::App& command = add_decision(app, "disable", "Keeps a plugin from loading", options);
    command.add_option("--reason", options.reason, "Why, for those who ask")->type_name("TEXT");
    command.footer(std::string(help_text::disable) + help_text::exit_codes);
}

// What is missing of a decision; empty if nothing is.
std::string missing(const DecideOptions& options) {
    if (options.plugin.empty()) return "no ID";
    return options.store.empty() ? "no --store" : std::string();
}

void add_permissions(CLI::App& app, PermissionsOptions& options) {
    CLI::App& command = add_command(app, "permissions", "Tells what a plugin asks to be allowed, and what was granted");
    command.add_option("FILE|ID", options.target, "The plugin's file, or its id")->type_name("");
    command.add_option("--store", options.store, "The store of the application")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    add_output_options(command, options.json, options.no_color);
    command.footer(std::string(help_text::permissions) + help_text::exit_codes);
}

std::string missing(const PermissionsOptions& options) {
    if (options.target.empty()) return "no FILE or ID";
    return options.store.empty() && !names_a_file(options.target) ? "no --store" : std::string();
}

// What grant and revoke take.
template <class Options>
CLI::App& add_grants(CLI::App& app, const char* name, const char* description, Options& options) {
    CLI::App& command = add_command(app, name, description);
    command.add_option("ID", options.plugin, "The plugin")->type_name("");
    command.add_option("REQUEST", options.requests, "What it asks for, as tenon permissions writes it")->type_name("");
    command.add_option("--store", options.store, "The store of the application")->type_name("FILE");
    return command;
}

void add_grant(CLI::App& app, GrantOptions& options) {
    CLI::App& command = add_grants(app, "grant", "Allows a plugin what it asks for", options);
    command.add_option("--all-of", options.all_of, "All that this file of the plugin asks for")->type_name("FILE");
    command.footer(std::string(help_text::grant) + help_text::exit_codes);
}

void add_revoke(CLI::App& app, RevokeOptions& options) {
    CLI::App& command = add_grants(app, "revoke", "Takes back what a plugin was granted", options);
    command.get_option("--store")->check(CLI::ExistingFile);
    command.add_flag("--all", options.all, "All that it was granted")->disable_flag_override();
    command.footer(std::string(help_text::revoke) + help_text::exit_codes);
}

// `all`: that which stands for requests, and whether it was given.
template <class Options>
std::string missing(const Options& options, const char* all, bool given) {
    if (options.plugin.empty()) return "no ID";
    if (options.requests.empty() && !given) return fmt::format("no REQUEST, and no {}", all);
    if (!options.requests.empty() && given) return fmt::format("{} and requests exclude each other", all);
    return options.store.empty() ? "no --store" : std::string();
}

void add_audit(CLI::App& app, AuditOptions& options) {
    CLI::App& command = add_command(app, "audit", "Tells who granted what to plugins, and what they were denied");
    command.add_option("list|verify", options.action, "The rows, or whether they are as they were written")
        ->type_name("");
    command.add_option("--plugin", options.plugin, "Only rows about this plugin")
        ->type_name("ID")
        ->check(CLI::Validator(fault_of_plugin, ""));
    command.add_option("--last", options.last, "So many of the newest rows (default: 50)")
        ->type_name("N")
        ->check(CLI::Range(1, 10'000));
    command.add_option("--known", options.known, "verify: a row that has to be there, as verify has printed it")
        ->type_name("NUMBER:HASH")
        ->check(CLI::Validator(fault_of_known, ""));
    command.add_option("--store", options.store, "The store of the application")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    add_output_options(command, options.json, options.no_color);
    command.footer(std::string(help_text::audit) + help_text::exit_codes);
}

// What is wrong with the words together; empty if nothing is.
std::string fault_of(const CLI::App& command, const AuditOptions& options) {
    const bool verify = options.action == "verify";
    if (!verify && options.action != "list") return unknown("action", options.action, {"list", "verify"});
    for (const char* option : {"--plugin", "--last"})
        if (verify && command.count(option) > 0) return fmt::format("{} is for list", option);
    if (!verify && command.count("--known") > 0) return "--known is for verify";
    return options.store.empty() ? "no --store" : std::string();
}

int help(const CLI::App& app, const std::string& about) {
    // Not app.help(): once a command was given, that is the command's.
    if (about.empty())
        return fmt::print("{}", app.get_formatter()->make_help(&app, "tenon", CLI::AppFormatMode::Normal)), exit_fine;
    for (const CLI::App* command : commands_of(app))
        if (command->get_name() == about) return fmt::print("{}", command->help("tenon")), exit_fine;
    return usage_error(app, unknown("command", about, names_of_commands(app)));
}

Request chosen(const CLI::App& app, Parsed& parsed) {
    if (const auto extras = extras_of(app); !extras.empty()) return refuse_extras(app, extras.front());
    if (app.get_subcommands().empty()) return usage_error(app, "no command");
    const CLI::App& command = *app.get_subcommands().front();
    if (const auto extras = extras_of(command); !extras.empty()) return refuse_extras(command, extras.front());
    parsed.inspect.no_color |= parsed.no_color;
    parsed.doctor.no_color |= parsed.no_color;
    parsed.permissions.no_color |= parsed.no_color;
    parsed.audit.no_color |= parsed.no_color;
    for (HostOptions* options : {static_cast<HostOptions*>(&parsed.load), static_cast<HostOptions*>(&parsed.list),
                                 static_cast<HostOptions*>(&parsed.plan), static_cast<HostOptions*>(&parsed.dev)})
        options->no_color |= parsed.no_color;
    if (command.get_name() == "help") return help(app, parsed.help_about);
    if (command.get_name() == "inspect")
        return parsed.inspect.files.empty() ? Request(usage_error(command, "no FILE")) : Request(parsed.inspect);
    const auto with_paths = [&command](const auto& options) {
        return options.paths.empty() ? Request(usage_error(command, "no DIR or FILE")) : Request(options);
    };
    if (command.get_name() == "list") return with_paths(parsed.list);
    if (command.get_name() == "plan") return with_paths(parsed.plan);
    if (command.get_name() == "dev") {
        const std::string lacks = missing(parsed.dev);
        return lacks.empty() ? Request(parsed.dev) : Request(usage_error(command, lacks));
    }
    if (command.get_name() == "enable") {
        const std::string lacks = missing(parsed.enable);
        return lacks.empty() ? Request(parsed.enable) : Request(usage_error(command, lacks));
    }
    if (command.get_name() == "disable") {
        const std::string lacks = parsed.disable.reason.empty() ? "no --reason" : "";
        const std::string first = missing(parsed.disable).empty() ? lacks : missing(parsed.disable);
        return first.empty() ? Request(parsed.disable) : Request(usage_error(command, first));
    }
    const auto unless = [&command](const std::string& lacks, const auto& options) {
        return lacks.empty() ? Request(options) : Request(usage_error(command, lacks));
    };
    if (command.get_name() == "doctor") return unless(missing(parsed.doctor), parsed.doctor);
    if (command.get_name() == "permissions") return unless(missing(parsed.permissions), parsed.permissions);
    if (command.get_name() == "grant")
        return unless(missing(parsed.grant, "--all-of", !parsed.grant.all_of.empty()), parsed.grant);
    if (command.get_name() == "revoke")
        return unless(missing(parsed.revoke, "--all", parsed.revoke.all), parsed.revoke);
    if (command.get_name() == "audit") return unless(fault_of(command, parsed.audit), parsed.audit);
    return with_paths(parsed.load);
}

// How many words are this program's; those of the command that tenon dev runs begin behind the first "--".
int words_of_ours(int argc, const char* const* argv) {
    const auto end = argv + argc;
    const auto command = std::find_if(argv + std::min(argc, 1), end, [](const char* word) { return *word != '-'; });
    if (command == end || std::string_view(*command) != "dev") return argc;
    return static_cast<int>(std::find(command, end, std::string_view("--")) - argv);
}

}  // namespace

Request read_command_line(int argc, const char* const* argv) {
    Parsed parsed;
    const int ours = words_of_ours(argc, argv);
    if (ours < argc) parsed.dev.command.assign(argv + ours + 1, argv + argc);
    CLI::App app("Looks at plugins and tries them out.", "tenon");
    app.footer(std::string(help_text::program) + help_text::exit_codes);
    app.set_version_flag("--version", fmt::format("tenon {} (ABI {})", TENON_PRODUCT_VERSION, tenon_abi_version()));
    app.require_subcommand(0, 1);
    app.allow_extras();
    add_no_color(app, parsed.no_color);
    add_inspect(app, parsed.inspect);
    add_doctor(app, parsed.doctor);
    add_list(app, parsed.list);
    add_plan(app, parsed.plan);
    add_load(app, parsed.load);
    add_dev(app, parsed.dev);
    add_enable(app, parsed.enable);
    add_disable(app, parsed.disable);
    add_permissions(app, parsed.permissions);
    add_grant(app, parsed.grant);
    add_revoke(app, parsed.revoke);
    add_audit(app, parsed.audit);
    add_command(app, "help", "Prints this text, or more about one command")
        .add_option("CMD", parsed.help_about, "The command")
        ->type_name("");
    try {
        app.parse(ours, argv);
    } catch (const CLI::Success& e) {  // help or the version
        return app.exit(e) == 0 ? int{exit_fine} : int{exit_usage};
    } catch (const CLI::ParseError& e) {
        const auto commands = app.get_subcommands();
        return usage_error(commands.empty() ? app : *commands.front(), e.what());
    }
    return chosen(app, parsed);
}

}  // namespace tenon::cli
