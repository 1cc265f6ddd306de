// What is mapped by this process and by those that it has started: workers.
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>

namespace tenon::test {

// take(mark, line) with each line of /proc/PID/maps; the mark tells the processes apart.
template <class Take>
void each_mapping(Take&& take) {
    const auto read = [&](const std::string& process, const std::string& mark) {
        std::ifstream maps("/proc/" + process + "/maps");
        for (std::string line; std::getline(maps, line);) take(mark, line);
    };
    read("self", "");
    std::error_code ignored;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
        std::ifstream children(thread.path() / "children");
        for (std::string child; children >> child;) read(child, child + ": ");
    }
}

// The files with `folder` and then `name` in their paths, in each process once.
inline std::size_t mapped_files(const std::string& folder, const std::string& name) {
    std::set<std::string> found;
    each_mapping([&](const std::string& mark, const std::string& line) {
        if (const auto at = line.find(folder); at != std::string::npos && line.find(name, at) != std::string::npos)
            found.insert(mark + line.substr(at));
    });
    return found.size();
}

}  // namespace tenon::test
