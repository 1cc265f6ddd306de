#include "worker_host.h"

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "measure.h"

namespace bench {

namespace {

tenon_host_options options_for(Where where, const std::string& private_folder) {
    auto options = tenon::sized<tenon_host_options>();
    options.trust = where == Where::confined ? TENON_TRUST_STANDARD : TENON_TRUST_TRUSTED;
    options.private_folder = tenon::str(private_folder);
    options.log = [](void*, std::uint32_t, tenon_str, tenon_str) {};  // workers are overrun and crashed on purpose
    options.workers = where == Where::in_process ? TENON_WORKERS_NONE : TENON_WORKERS_ALL;
    return options;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// 0: there is no such process any more.
pid_t parent_of(const std::string& process) {
    std::ifstream in("/proc/" + process + "/stat");
    std::string line;
    std::getline(in, line);
    const std::size_t name = line.rfind(')');  // the name may have spaces
    return name == std::string::npos || line.size() < name + 4 ? 0 : std::stoi(line.substr(name + 4));
}

}  // namespace

Workshop::Workshop(Where where, const std::string& private_folder) : host(options_for(where, private_folder)) {
    host.offer<crossing_contract>();
}

double Workshop::load(const std::string& path) {
    const std::uint64_t begun = wall_ns();
    const tenon::Report report = host.load(path);
    const std::uint64_t ended = wall_ns();
    for (std::uint64_t i = 0; i < report.size(); ++i)
        if (const auto row = report[i]; row.state != TENON_STATE_ACTIVE)
            throw std::runtime_error("the plugin is refused: " + std::string(row.text.data, row.text.size));
    return static_cast<double>(ended - begun);
}

std::string worker_plugin() {
    return BENCH_WORKER_PLUGIN;
}

std::vector<pid_t> descendants() {
    std::vector<std::pair<pid_t, pid_t>> parents;
    for (const auto& entry : std::filesystem::directory_iterator("/proc"))
        if (const std::string name = entry.path().filename(); is_number(name))
            parents.emplace_back(std::stoi(name), parent_of(name));
    std::vector<pid_t> found = {::getpid()};
    for (std::size_t i = 0; i < found.size(); ++i)
        for (const auto& [process, parent] : parents)
            if (parent == found[i]) found.push_back(process);
    found.erase(found.begin());
    return found;
}

void bind_all(const std::vector<pid_t>& processes, int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(processor), &set);
    for (const pid_t process : processes)
        for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task"))
            if (::sched_setaffinity(std::stoi(thread.path().filename()), sizeof set, &set) != 0)
                throw std::runtime_error("a worker cannot be bound to a processor");
}

void unbind() {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (std::size_t i = 0; i < CPU_SETSIZE; ++i) CPU_SET(i, &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0) throw std::runtime_error("a thread cannot be unbound");
}

Memory memory_of(pid_t process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/smaps_rollup");
    Memory memory;
    std::string name, rest;
    std::getline(in, rest);  // the range
    for (double kib = 0; in >> name >> kib && std::getline(in, rest);) {
        if (name == "Pss:") memory.pss_kib = kib;
        if (name == "Private_Clean:" || name == "Private_Dirty:") memory.private_kib += kib;
    }
    return memory;
}

double cpu_us(pid_t process) {
    clockid_t clock{};
    struct timespec used{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
    return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

}  // namespace bench
