// What every plugin needs, however confined it is.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

// Each adds its number, in turn.
Outcome threads(const Words&) {
    std::mutex lock;
    std::condition_variable changed;
    int turn = 0;
    std::vector<std::thread> crew;
    for (int i = 0; i < 8; ++i)
        crew.emplace_back([&, i] {
            std::unique_lock guard(lock);
            changed.wait(guard, [&] { return turn == i; });
            ++turn;
            changed.notify_all();
        });
    for (std::thread& thread : crew) thread.join();
    return {turn};
}

// Small and large, in other threads, too: malloc asks the kernel in several ways.
Outcome memory(const Words&) {
    std::map<std::size_t, std::vector<char>> blocks;
    for (std::size_t size = 1; size <= 32u << 20; size *= 2) blocks[size].assign(size, 'x');
    std::thread([&] { blocks[3].assign(8u << 20, 'x'); }).join();
    blocks.erase(1u << 20);
    std::size_t sum = 0;
    for (const auto& [size, block] : blocks) sum += block.size();
    return {static_cast<std::int64_t>(sum >> 20)};
}

Outcome exceptions(const Words&) {
    std::exception_ptr thrown;
    std::thread([&] {
        try {
            std::vector<int>().at(1);
        } catch (...) {
            thrown = std::current_exception();
        }
    }).join();
    try {
        std::rethrow_exception(thrown);
    } catch (const std::out_of_range&) {
        return {1, 0, "caught"};
    }
}

// Words: the name of the locale.
Outcome locales(const Words& words) {
    const std::locale here(words[0]);
    return {0, 0, here.name()};
}

// Seconds; and how the epoch is written in the time zone that is set.
Outcome times(const Words&) {
    const std::time_t epoch = 0;
    std::tm parts{};
    ::localtime_r(&epoch, &parts);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M %Z", &parts);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::seconds>(now).count(), 0, text.data()};
}

Outcome sleeps(const Words&) {
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return {std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(5)};
}

Outcome random_numbers(const Words&) {
    std::array<std::uint64_t, 2> numbers{};
    const long size = call(SYS_getrandom, numbers.data(), sizeof numbers, 0);
    return of(size, std::to_string(numbers[0]) + std::to_string(numbers[1]) + std::to_string(std::random_device()()));
}

void expect(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

// Words: a folder of its own. Each way in which libraries look at files.
Outcome looks_at_files(const Words& words) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(words[0]) / "a" / "b";
    expect(fs::create_directories(folder), "create_directories");
    std::ofstream(folder / "file") << "12345";
    expect(fs::file_size(folder / "file") == 5, "file_size");
    expect(fs::is_regular_file(folder / "file") && fs::is_directory(folder), "kinds");
    expect(fs::last_write_time(folder / "file").time_since_epoch().count() != 0, "last_write_time");
    expect(!fs::exists(folder / "nothing"), "exists");
    expect(fs::canonical(folder / ".." / "b" / "file") == folder / "file", "canonical");
    int seen = 0;
    for (const auto& entry : fs::recursive_directory_iterator(words[0])) seen += entry.is_regular_file() ? 1 : 0;
    expect(seen >= 1, "recursive_directory_iterator");
    std::FILE* const file = std::fopen((folder / "file").c_str(), "r");
    struct stat facts{};
    expect(file != nullptr && ::fstat(::fileno(file), &facts) == 0 && facts.st_size == 5, "fstat");
    std::fclose(file);
    DIR* const entries = ::opendir(folder.c_str());
    expect(entries != nullptr && ::readdir(entries) != nullptr, "readdir");
    expect(::fstatat(::dirfd(entries), "file", &facts, 0) == 0 && facts.st_size == 5, "fstatat");
    ::closedir(entries);
    expect(fs::remove_all(fs::path(words[0]) / "a") == 3, "remove_all");
    return {0, 0, "as usual"};
}

// Words: a file. The result is its size.
Outcome looks_while_deaf(const Words& words) {
    Outcome outcome;
    std::thread([&] {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        const int file = ::open(words[0], O_RDONLY | O_CLOEXEC);
        struct stat facts{};
        outcome = of(::fstat(file, &facts));
        outcome.result = outcome.result < 0 ? outcome.result : facts.st_size;
        ::close(file);
        sigset_t now;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
        outcome.text = ::sigismember(&now, SIGTERM) == 1 ? "deaf" : "hears";
    }).join();
    return outcome;
}

// Words: a file of its own. To look at a file must not drop the locks that the process has on it.
Outcome keeps_its_locks(const Words& words) {
    const int file = ::open(words[0], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct flock lock{};
    lock.l_type = F_WRLCK;
    if (::fcntl(file, F_SETLK, &lock) != 0) return of(-1, "lock");
    struct stat facts{};
    return of(::stat(words[0], &facts), "locked");
}

Outcome opens_libraries(const Words&) {
    void* const library = ::dlopen("libc.so.6", RTLD_NOW);
    return {library != nullptr && ::dlsym(library, "stat") != nullptr};
}

constexpr Attempt attempts[] = {
    {"threads", threads},
    {"memory", memory},
    {"exceptions", exceptions},
    {"locales", locales},
    {"times", times},
    {"sleeps", sleeps},
    {"random_numbers", random_numbers},
    {"looks_at_files", looks_at_files},
    {"looks_while_deaf", looks_while_deaf},
    {"keeps_its_locks", keeps_its_locks},
    {"opens_libraries", opens_libraries},
};

}  // namespace

Attempts positive() {
    return attempts;
}

}  // namespace escapist
