// What the tests of worker processes share: the program of tests/fixtures/worker, and waiting for conditions.
#pragma once

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sandbox/process.h"

namespace sandbox_test {

inline tenon::sandbox::Launch worker(std::vector<std::string> words) {
    words.insert(words.begin(), std::to_string(::getpid()));
    return {WORKER_PROGRAM, std::move(words), {}, {}};
}

// For programs that are built with sanitizers as the tests are.
inline std::vector<std::string> sanitizer_options() {
    std::vector<std::string> variables;
    for (const std::string name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"})
        if (const char* value = std::getenv(name.c_str()); value != nullptr) variables.push_back(name + "=" + value);
    return variables;
}

// Whether it came true before a limit that is far away.
template <class Condition>
bool eventually(Condition&& condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

// Gone, or dead and kept by whoever should collect it.
inline bool is_dead(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    if (!std::getline(file, text)) return true;
    const std::size_t at = text.rfind(')');
    return at != std::string::npos && at + 2 < text.size() && (text[at + 2] == 'Z' || text[at + 2] == 'X');
}

inline std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* folder = ::opendir("/proc/self/fd");
    while (::readdir(folder) != nullptr) ++count;
    ::closedir(folder);
    return count - 3;  // two names for folders, and the folder itself
}

inline std::size_t mappings() {
    std::ifstream file("/proc/self/maps");
    std::string line;
    std::size_t count = 0;
    while (std::getline(file, line)) ++count;
    return count;
}

inline std::string children() {
    std::string all, line;
    DIR* folder = ::opendir("/proc/self/task");
    while (const dirent* entry = ::readdir(folder)) {
        std::ifstream file(std::string("/proc/self/task/") + entry->d_name + "/children");
        if (std::getline(file, line)) all += line;
    }
    ::closedir(folder);
    return all;
}

}  // namespace sandbox_test
