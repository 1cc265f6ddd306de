// What a run of the helper means, in words.
#include "host/canary.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "host/canary_process.h"
#include "host/time_text.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

constexpr const char* look_into_it =
    "Find the fault with `tenon load` under a debugger, build the plugin anew, and load it again.";

// A folder for copies and data, which a helper that was killed cannot remove itself.
class CanaryFolder {
public:
    explicit CanaryFolder(std::string path) : path_(std::move(path)) {}
    ~CanaryFolder() {
        if (::rmdir(path_.c_str()) != 0) base::remove_tree(path_);  // which takes a descriptor, and there may be none
    }
    CanaryFolder(const CanaryFolder&) = delete;
    CanaryFolder& operator=(const CanaryFolder&) = delete;

private:
    const std::string path_;
};

std::string signal_name(int number) {
    const char* const name = ::sigabbrev_np(number);
    return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

std::string doing(const CanaryTask& task, const CanaryRun& run) {
    switch (run.stage) {
        case loader::CanaryStage::beginning:
            return "before any plugin was loaded";
        case loader::CanaryStage::before:
            return fmt::format("while {}, which it needs, was loaded and started", task.before.at(run.which));
        case loader::CanaryStage::loading:
            return "while the plugin was loaded and started (constructors, create, start)";
        case loader::CanaryStage::unloading:
            return "while the plugin was stopped and unloaded (stop, destroy, destructors)";
        case loader::CanaryStage::unloading_before:
            return "after the plugin was unloaded, while what it needs was";
        default:
            return "after everything was unloaded, while the process ended";
    }
}

// Foreign text, each line but the first marked as such, so that none can pass for a line of ours.
std::string marked(std::string_view text) {
    std::string out;
    for (;;) {
        const std::string_view line = text.substr(0, text.find('\n'));
        out += manifest::printable(line, line.size());
        if (line.size() == text.size()) return out;
        text.remove_prefix(line.size() + 1);
        out += "\n    | ";
    }
}

std::string last_words(const CanaryRun& run) {
    std::string_view words(run.output);
    words = words.substr(0, words.find_last_not_of("\r\n") + 1);
    if (words.empty()) return "; it said nothing";
    return fmt::format("; its last words:\n    | {}{}", run.output_cut ? "..." : "", marked(words));
}

base::Problem unavailable(const std::string& helper, const std::string& why) {
    if (helper.empty())
        return {"canary.unavailable", fmt::format("the canary is missing: {}", why),
                "Install tenon/tenon-canary beside libtenon, or load without a canary."};
    return {"canary.unavailable", fmt::format("{}: {}", helper, why),
            "Install the tenon-canary of this release there, or load without a canary."};
}

base::Problem refused(const CanaryTask& task, const CanaryRun& run) {
    const loader::CanaryAnswer& said = *run.refusal;
    const std::string whom = run.stage == loader::CanaryStage::before ? task.before.at(run.which) + ", which it needs"
                             : run.stage == loader::CanaryStage::beginning ? "what the application offers"
                                                                           : "the plugin";
    return {"canary.refused",
            fmt::format("{}: the canary's host refused {}: {}: {}", task.library, whom, marked(said.reason),
                        marked(said.text)),
            marked(said.fix)};
}

base::Problem crashed(const CanaryTask& task, const CanaryRun& run) {
    return {"canary.crashed",
            fmt::format("{}: the canary crashed with {} {}{}", task.library, signal_name(run.signal), doing(task, run),
                        last_words(run)),
            run.signal == SIGKILL ? "Somebody killed the helper: a person, a limit, or the kernel for want of memory."
                                  : look_into_it};
}

base::Problem exited(const CanaryTask& task, const CanaryRun& run) {
    const std::string how =
        run.collected ? fmt::format("with status {}", run.status)
                      : "in a way that is not known, because this application collects the status of all its children,";
    return {"canary.exited",
            fmt::format("{}: the canary exited {} {}{}", task.library, how, doing(task, run), last_words(run)),
            look_into_it};
}

base::Problem hung(const CanaryTask& task, const CanaryRun& run) {
    return {"canary.hung",
            fmt::format("{}: the canary had not come back after {}; it was killed {}{}", task.library,
                        span_text(task.timeout_ns), doing(task, run), last_words(run)),
            "Find what it waits for with `tenon load` under a debugger, or give it more time."};
}

base::Problem garbled(const CanaryTask& task, const CanaryRun& run) {
    const std::string what =
        run.garbage.empty() ? "out of turn" : manifest::in_quotes(run.garbage) + ", which is no answer";
    return {"canary.garbled",
            fmt::format("{}: the canary {} was killed {}: it answered {}", task.library, task.helper, doing(task, run),
                        what),
            "Check that the helper is the tenon-canary of this release, and that the plugin writes to no descriptor "
            "that it did not open."};
}

base::Check verdict(const CanaryTask& task, const CanaryRun& run) {
    if (!run.unavailable.empty()) return unavailable(task.helper, run.unavailable);
    if (run.garbled) return garbled(task, run);
    if (run.refusal) return refused(task, run);
    if (run.timed_out) return hung(task, run);
    const bool done = run.stage == loader::CanaryStage::ending;
    if (done && run.signal == 0 && run.status == 0) return {};  // also when nobody knows the status
    if (run.stage == loader::CanaryStage::beginning && run.collected)
        return unavailable(task.helper,
                           fmt::format("ended with {} before any plugin was loaded{}",
                                       run.signal != 0 ? signal_name(run.signal) : fmt::format("status {}", run.status),
                                       last_words(run)));
    return run.signal != 0 ? crashed(task, run) : exited(task, run);
}

}  // namespace

base::Check try_in_canary(const CanaryTask& task) {
    if (task.helper.empty()) return unavailable("", "there is no helper to try plugins in");
    base::Result<std::string> folder = base::make_unique_folder(base::temporary_folder(), "tenon-canary-");
    if (!folder) return unavailable(task.helper, "no folder for it: " + folder.problem().text);
    const CanaryFolder removed_afterwards(folder.value());
    loader::CanaryOrder order{
        0, folder.value(), task.library, task.before, task.host_id, task.host_version, task.contracts};
    return verdict(task, run_canary(task.helper, std::move(order), task.timeout_ns));
}

std::string canary_beside(const std::string& library) {
    const std::string path = (std::filesystem::path(library).parent_path() / "tenon" / "tenon-canary").string();
    return !base::is_folder(path) && ::access(path.c_str(), X_OK) == 0 ? path : std::string();
}

std::string default_canary() {
    Dl_info here{};
    const bool known = ::dladdr(reinterpret_cast<const void*>(&canary_beside), &here) != 0 && here.dli_fname != nullptr;
    return known ? canary_beside(here.dli_fname) : std::string();
}

}  // namespace tenon::host
