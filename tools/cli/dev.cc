#include "tools/cli/dev.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tenon/reload.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tenon/host.hpp>
#include <utility>

#include "loader/scan.h"
#include "tools/cli/dev_build.h"
#include "tools/cli/dev_report.h"
#include "tools/cli/dev_sources.h"
#include "tools/cli/dev_stop.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/report_row.h"

namespace tenon::cli {
namespace {

constexpr std::size_t most_names = 3;  // of changed files in a line

using Files = std::map<std::string, loader::FileIdentity>;

// What looks like a library of ours, as a host looks for them.
Files libraries_in(const std::string& folder) {
    Files files;
    loader::ScanOptions options;
    options.max_depth = 2;
    for (const loader::ScanRow& row : loader::scan(folder, options).rows)
        if (row.path.ends_with(".so") && !row.path.ends_with(".contract.so")) files[row.path] = row.file;
    return files;
}

std::string names_of(const std::vector<std::string>& paths) {
    const std::size_t named = std::min(paths.size(), most_names);
    std::string text;
    for (std::size_t i = 0; i < named; ++i) text += (i == 0 ? "" : ", ") + shown(paths[i]);
    return paths.size() == named ? text : fmt::format("{} and {} more", text, paths.size() - named);
}

// One run of the command. Used by one thread; the host's threads tell of reloads meanwhile.
class Dev {
public:
    explicit Dev(const DevOptions& options)
        : options_(options),
          folder_(options.plugins.empty() ? options.folder : options.plugins),
          report_(options.json, options.no_color) {
        options_.paths = {folder_};
        options_.development = true;
    }
    ~Dev() { forget_host(); }
    Dev(const Dev&) = delete;
    Dev& operator=(const Dev&) = delete;

    int run();

private:
    bool build(std::string_view why);
    void take_up();
    void begin();
    void reload(const std::string& id);
    void load(const std::vector<std::string>& paths);
    void take(const tenon::Report& loaded);
    void forget_host();
    std::vector<std::string> next_change(Sources& sources);
    ExitCode verdict() const;

    DevOptions options_;
    const std::string folder_;  // of the libraries
    StopSignal stop_;           // before there are threads
    DevReport report_;
    std::optional<Equipped> equipped_;
    std::vector<std::pair<std::string, std::string>> active_;  // path and id, in the order of loading
    std::map<std::string, std::string> refused_;               // path and text of what is not active
    Files seen_;                                               // as they were when they were last looked at
    bool failed_ = false;                                      // the last build
    bool unreadable_ = false;
};

int Dev::run() {
    base::Result<Sources> sources = Sources::open(options_.folder, options_.plugins);
    if (!sources) {
        report_.refused("", sources.problem());
        return exit_unreadable;
    }
    if (const std::string& why = sources.value().why_polled(); !why.empty() && !options_.once)
        report_.say(fmt::format("the sources are looked at every so often: {}", shown(why)));
    std::string why;
    for (bool go_on = true; go_on;) {
        if (build(why)) take_up();
        if (options_.once || stop_.came()) break;
        std::vector<std::string> changed = sources.value().changed_bytes();
        if (changed.empty()) changed = next_change(sources.value());
        go_on = !changed.empty();
        why = names_of(changed);
    }
    const bool done = options_.once && !stop_.came();
    if (!done) report_.summary();
    return done ? verdict() : exit_fine;
}

// Empty when the user wants to end.
std::vector<std::string> Dev::next_change(Sources& sources) {
    report_.say(fmt::format("watching {}", shown(options_.folder)));
    std::vector<std::string> changed;
    while (changed.empty()) {
        if (!sources.wait(stop_.descriptor()) && stop_.came()) return {};
        changed = sources.changed();
    }
    return changed;
}

// The host looks at no file meanwhile: a build that fails may have linked some.
bool Dev::build(std::string_view why) {
    if (equipped_) tenon_host_unwatch(equipped_->host.raw());
    const std::string command = shown(fmt::format("{}", fmt::join(options_.command, " ")));
    report_.say(why.empty() ? fmt::format("building: {}", command) : fmt::format("{} changed, building", why));
    const Built built = run_build(options_.command, stop_, options_.json);
    if (built.stopped) return false;
    report_.count_build(built.problem.has_value());
    const bool mended = failed_ && !built.problem;
    failed_ = built.problem.has_value();
    if (built.problem)
        report_.refused("", *built.problem);
    else
        report_.say(fmt::format("{} in {}", mended ? "mended: built" : "built", in_words(built.ns)));
    return !failed_;
}

// Reloads and loads what the build made. A host with no plugin is made anew: contracts may be there now.
void Dev::take_up() {
    if (active_.empty()) return begin();
    const Files now = libraries_in(folder_);
    const auto is_new = [&](const std::string& path) {
        const auto before = seen_.find(path);
        const auto found = now.find(path);
        return found != now.end() && (before == seen_.end() || !(before->second == found->second));
    };
    const std::uint64_t before = report_.reloads() + report_.refusals();
    std::vector<std::string> others;
    bool any = false;
    for (const auto& [path, file] : now) {
        any |= is_new(path);
        if (std::none_of(active_.begin(), active_.end(), [&](const auto& one) { return one.first == path; }))
            others.push_back(path);
    }
    for (const auto& [path, id] : active_)
        if (is_new(path)) reload(id);
    for (const std::string& path : others)
        if (is_new(path)) refused_.erase(path);
    if (any && !others.empty()) load(others);
    seen_ = now;
    if (report_.reloads() + report_.refusals() == before) report_.say("no plugin that runs has changed");
    tenon_host_watch(equipped_->host.raw(), nullptr, nullptr);
}

void Dev::begin() {
    forget_host();
    refused_.clear();
    seen_ = libraries_in(folder_);
    equipped_.emplace(equip(options_, true));
    tenon_host_on_reload(equipped_->host.raw(), &DevReport::take, &report_);
    unreadable_ = std::any_of(equipped_->problems.begin(), equipped_->problems.end(), is_unreadable);
    for (const base::Problem& problem : equipped_->problems) report_.refused("", problem);
    for (const OfferedContract& contract : equipped_->contracts)
        report_.say(fmt::format("offered {} {} ({})", report_.paint(Tone::strong, contract.id), shown(contract.version),
                                shown(contract.file)));
    if (equipped_->paths.empty()) return;
    const tenon::Report loaded = equipped_->host.load(equipped_->paths);
    take(loaded);
    if (loaded.size() == 0) report_.refused("", no_plugins());
}

void Dev::forget_host() {
    if (!equipped_) return;
    tenon_host_unwatch(equipped_->host.raw());
    tenon_host_on_reload(equipped_->host.raw(), nullptr, nullptr);
    equipped_.reset();
}

// What became of it comes as a record, but for what is no reload.
void Dev::reload(const std::string& id) {
    bool told = false;
    const auto visit = [](void* data, const tenon_reload_record*) { *static_cast<bool*>(data) = true; };
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_reload(equipped_->host.raw(), tenon::str(id), nullptr, visit, &told, &error);
    if (status < 0 && !told) report_.refused("", problem_of(error));
}

void Dev::load(const std::vector<std::string>& paths) {
    try {
        take(equipped_->host.load(paths));
    } catch (const tenon::Error& e) {
        report_.refused("", problem_of(e.details()));
    }
}

// A refusal that was told in the same words before is not told again.
void Dev::take(const tenon::Report& loaded) {
    for (std::uint64_t i = 0; i < loaded.size(); ++i) {
        const ReportRow row = report_row(loaded[i]);
        const bool active = row.state == TENON_STATE_ACTIVE;
        if (active) {
            active_.emplace_back(row.path, row.id);
            refused_.erase(row.path);
        } else if (std::exchange(refused_[row.path], row.refusal.text) == row.refusal.text) {
            continue;
        }
        report_.say(fmt::format("{} {}: {}, {}", report_.paint(Tone::strong, row.title()), shown(row.version),
                                report_.paint(active ? Tone::good : Tone::bad, row.state_name()),
                                in_words(row.microseconds * 1000)));
        if (!active) report_.refused("  ", row.refusal);
        unreadable_ |= !active && is_unreadable(row.refusal);
    }
}

ExitCode Dev::verdict() const {
    if (unreadable_) return exit_unreadable;
    const bool well = !failed_ && equipped_ && equipped_->problems.empty() && !active_.empty() && refused_.empty();
    return well && equipped_->host.violations() == 0 ? exit_fine : exit_refused;
}

}  // namespace

int dev(const DevOptions& options) {
    return Dev(options).run();
}

}  // namespace tenon::cli
