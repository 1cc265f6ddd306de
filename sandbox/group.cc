#include "sandbox/group.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

namespace {

constexpr std::uint64_t period_us = 100'000;
constexpr int most_names = 10'000;  // that are tried

bool write_line(const std::string& file, const std::string& line) noexcept {
    const base::Fd open(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return open && ::write(open.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

// Version 1 has no word for all of them.
void end_all(const std::string& folder) {
    if (write_line(folder + "/cgroup.kill", "1")) return;  // version 2, since Linux 5.14
    const base::Result<std::string> listed = base::read_file(folder + "/cgroup.procs", 64 * 1024);
    if (!listed) return;
    const char* at = listed.value().data();
    const char* const end = at + listed.value().size();
    for (pid_t process = 0; at < end; ++at) {
        const auto [rest, wrong] = std::from_chars(at, end, process);
        if (wrong != std::errc()) return;
        if (process > 0) ::kill(process, SIGKILL);
        at = rest;
    }
}

std::optional<std::uint64_t> number_in(const std::string& file) {
    const base::Result<std::string> read = base::read_file(file, 64);
    std::uint64_t number = 0;
    if (!read) return std::nullopt;
    const std::string& text = read.value();
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return std::nullopt;
    return number;
}

// Of version 1, which counts how often only in some kernels.
bool was_full(const std::string& resource) {
    const std::optional<std::uint64_t> limit = number_in(resource + "limit_in_bytes");
    return limit && number_in(resource + "max_usage_in_bytes") == limit;
}

// Whether there is a number behind these words, other than 0.
bool counts(const std::string& file, std::string_view words) {
    const base::Result<std::string> read = base::read_file(file, 4096);
    const std::size_t at = read ? read.value().find(words) : std::string::npos;
    if (at == std::string::npos || at + words.size() >= read.value().size()) return false;
    const char digit = read.value()[at + words.size()];
    return digit >= '1' && digit <= '9';
}

}  // namespace

std::vector<GroupLine> group_lines(const GroupTree& tree, const Ceilings& ceilings) {
    const bool old = tree.version == 1;
    const std::string memory = std::to_string(ceilings.memory_bytes), period = std::to_string(period_us);
    const std::string quota = std::to_string(ceilings.cpu_percent * period_us / 100);
    std::vector<GroupLine> lines;
    if (tree.memory && ceilings.memory_bytes != 0) {
        lines.push_back({old ? "memory.limit_in_bytes" : "memory.max", memory});
        // Without swap, where there is any: memory that is not to be had is not to be had there either.
        lines.push_back({old ? "memory.memsw.limit_in_bytes" : "memory.swap.max", old ? memory : "0", false});
    }
    if (tree.pids && ceilings.tasks != 0) lines.push_back({"pids.max", std::to_string(ceilings.tasks + own_threads)});
    if (tree.cpu && ceilings.cpu_percent != 0 && !old) lines.push_back({"cpu.max", quota + " " + period});
    if (tree.cpu && ceilings.cpu_percent != 0 && old) {
        lines.push_back({"cpu.cfs_period_us", period});
        lines.push_back({"cpu.cfs_quota_us", quota});
    }
    return lines;
}

namespace {

// A folder with a name that no other has; with errno, none. Another host may have this process's number in a namespace
// of its own.
std::string make_folder(const GroupTree& tree) {
    static std::atomic<std::uint64_t> last{0};
    const std::string beginning = tree.folder + "/" + std::string(group_prefix) + std::to_string(::getpid()) + "-";
    for (int tries = 0; tries < most_names; ++tries) {
        const std::string folder = beginning + std::to_string(++last);
        if (::mkdir(folder.c_str(), 0755) == 0) return folder;
        if (errno != EEXIST) break;
    }
    return {};
}

}  // namespace

std::optional<Group> Group::make(const GroupPlace& place, const Ceilings& ceilings, std::string& trouble) {
    Group group;
    for (const GroupTree& tree : place.trees) {
        const std::vector<GroupLine> lines = group_lines(tree, ceilings);
        const std::string wrong = lines.empty() ? std::string() : group.add(tree, lines);
        if (!wrong.empty()) trouble += (trouble.empty() ? "" : "; ") + wrong;
    }
    if (group.all_.empty()) return std::nullopt;
    return group;
}

std::string Group::add(const GroupTree& tree, const std::vector<GroupLine>& lines) {
    const std::string folder = make_folder(tree);
    if (folder.empty()) return tree.folder + ": " + std::strerror(errno);
    for (const GroupLine& line : lines) {
        if (write_line(folder + "/" + line.file, line.text) || !line.needed) continue;
        std::string wrong = tree.folder + ": " + line.file + " = " + line.text + ": " + std::strerror(errno);
        ::rmdir(folder.c_str());
        return wrong;
    }
    all_.push_back({folder, tree.version});
    return {};
}

Group::~Group() {
    for (const One& one : all_) {
        if (::rmdir(one.folder.c_str()) == 0 || errno != EBUSY) continue;
        end_all(one.folder);
        for (int tries = 0; tries < 100 && ::rmdir(one.folder.c_str()) != 0 && errno == EBUSY; ++tries) ::usleep(1000);
    }
}

std::optional<std::vector<base::Fd>> Group::doors() const {
    std::vector<base::Fd> all;
    for (const One& one : all_) {
        const std::string file = one.folder + (one.version == 1 ? "/tasks" : "/cgroup.procs");
        all.emplace_back(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
        if (!all.back()) return std::nullopt;
    }
    return all;
}

// When the machine as a whole runs out of memory, processes are ended that are far below their ceilings.
bool Group::ran_out_of_memory() const {
    return std::any_of(all_.begin(), all_.end(), [](const One& one) {
        const std::string memory = one.folder + "/memory.";
        if (one.version != 1) return counts(memory + "events", "oom ") && counts(memory + "events", "oom_kill ");
        return (was_full(memory) || was_full(memory + "memsw.")) && counts(memory + "oom_control", "oom_kill ");
    });
}

std::vector<std::string> Group::folders() const {
    std::vector<std::string> all;
    for (const One& one : all_) all.push_back(one.folder);
    return all;
}

}  // namespace tenon::sandbox
