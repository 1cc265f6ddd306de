#include "worker_cost.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "measure.h"
#include "worker_host.h"

namespace bench {

namespace {

double load_once(Where where) {
    return Workshop(where).load(worker_plugin());
}

double spawn_once() {
    char program[] = BENCH_WORKER_NOTHING;
    char* const arguments[] = {program, nullptr};
    char* const environment[] = {nullptr};
    const std::uint64_t begun = wall_ns();
    pid_t child = 0;
    int status = 0;
    if (::posix_spawn(&child, program, nullptr, nullptr, arguments, environment) != 0 ||
        ::waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error("the program that does nothing does not run");
    return static_cast<double>(wall_ns() - begun);
}

// A host in a process of its own, which says when its worker runs, and then waits.
[[noreturn]] void be_a_host(int said) {
    Workshop shop(Where::in_worker);
    shop.load(worker_plugin());
    const char ready = 1;
    if (::write(said, &ready, 1) != 1) ::_exit(1);
    for (;;) ::pause();
}

double orphan_once() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    const pid_t host = ::fork();
    if (host == 0) be_a_host(ends[1]);
    ::close(ends[1]);
    char ready = 0;
    const bool runs = host > 0 && ::read(ends[0], &ready, 1) == 1;
    ::close(ends[0]);
    const std::vector<pid_t> all = descendants();
    const int worker = runs && all.size() == 2 ? static_cast<int>(::syscall(SYS_pidfd_open, all.back(), 0)) : -1;
    if (worker < 0) throw std::runtime_error("there is no worker");
    pollfd ended{worker, POLLIN, 0};
    const std::uint64_t begun = wall_ns();
    ::kill(host, SIGKILL);
    const bool gone = ::poll(&ended, 1, 10'000) == 1;
    const auto took = static_cast<double>(wall_ns() - begun);
    ::close(worker);
    ::waitpid(host, nullptr, 0);
    if (!gone) throw std::runtime_error("a worker outlives its host");
    return took;
}

void crash_once(const std::string& folder) {
    Workshop shop(Where::in_worker, folder);
    shop.load(worker_plugin());
    tenon::Scope scope(shop.host);
    const crossing_block asked = {};
    crossing_block answered = {};
    tenon_hook_call(shop.host.hook<crossing_fall_hook>().raw(), scope.raw(), &asked, &answered);
    if (scope.error_count() == 0) throw std::runtime_error("a worker that aborted is no error");
}

long entries_of(const std::string& folder) {
    return static_cast<long>(std::distance(std::filesystem::recursive_directory_iterator(folder), {}));
}

long lines_of(const char* file) {
    std::ifstream in(file);
    return static_cast<long>(std::count(std::istreambuf_iterator<char>(in), {}, '\n'));
}

LeftBehind count(const std::string& folder) {
    return {static_cast<long>(descendants().size()), entries_of("/proc/self/fd"), lines_of("/proc/self/maps"),
            entries_of(folder)};
}

template <class Once>
Series repeated(const std::string& name, int times, Once&& once) {
    Series series = {name, {}};
    once();  // files in the page cache
    for (int i = 0; i < times; ++i) series.ns.push_back(once());
    return series;
}

}  // namespace

std::vector<Series> starts(int times) {
    return {repeated("posix_spawn of a static program, to its end", times, spawn_once),
            repeated("Tenon, in process", times, [] { return load_once(Where::in_process); }),
            repeated("Tenon, worker", times, [] { return load_once(Where::in_worker); }),
            repeated("Tenon, confined worker", times, [] { return load_once(Where::confined); })};
}

std::vector<Series> opened(int times) {
    Workshop shop(Where::confined);
    shop.load(worker_plugin());
    tenon::Scope scope(shop.host);
    tenon_hook* const shelf = shop.host.hook<crossing_shelf_hook>().raw();
    const auto open_once = [&](std::uint64_t how) {
        const crossing_block asked = {how, {}};
        crossing_block answered = {};
        if (tenon_hook_call(shelf, scope.raw(), &asked, &answered) != TENON_HANDLED)
            throw std::runtime_error("a file cannot be opened");
        scope.reset();
        return static_cast<double>(answered.number);
    };
    return {repeated("open and close, the plugin itself", times, [&] { return open_once(0); }),
            repeated("open and close, through the host", times, [&] { return open_once(1); })};
}

Series orphans(int times) {
    return repeated("the host is killed, until its worker has ended", times, orphan_once);
}

LeftBehind crashes(int times) {
    std::string folder = (std::filesystem::temp_directory_path() / "tenon-crashes-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    for (int i = 0; i < 100; ++i) crash_once(folder);  // what is allocated once is there
    const LeftBehind before = count(folder);
    for (int i = 0; i < times; ++i) crash_once(folder);
    const LeftBehind after = count(folder);
    std::filesystem::remove_all(folder);
    return {after.processes - before.processes, after.descriptors - before.descriptors,
            after.mappings - before.mappings, after.files - before.files};
}

}  // namespace bench
