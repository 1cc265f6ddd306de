#include "loader/watched_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace tenon::loader {

namespace {

constexpr int max_links = 40;  // as the kernel has it

// The names of a path, the last one first, without "." and empty ones.
std::vector<std::string> reversed_names(const std::string& path) {
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string name = path.substr(begin, end - begin);
        if (!name.empty() && name != ".") names.push_back(name);
        begin = end + 1;
    }
    std::reverse(names.begin(), names.end());
    return names;
}

std::string below(const std::string& folder, const std::string& name) {
    return folder == "/" ? folder + name : folder + "/" + name;
}

std::string above(const std::string& folder) {
    const std::size_t slash = folder.rfind('/');
    return slash == 0 ? "/" : folder.substr(0, slash);
}

// Empty if it cannot be read.
std::string target_of(const std::string& link) {
    std::string target(PATH_MAX, '\0');
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    target.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return target;
}

}  // namespace

std::vector<WatchStep> walk(const std::string& path, const std::function<void(const WatchStep&)>& before) {
    std::vector<WatchStep> way;
    std::string folder = "/";
    int links = 0;
    for (std::vector<std::string> names = reversed_names(path); !names.empty();) {
        const std::string name = std::move(names.back());
        names.pop_back();
        if (name == "..") {  // the folder is free of links, so its parent is what its path says
            folder = above(folder);
            continue;
        }
        way.push_back({folder, name, names.empty()});
        before(way.back());
        const std::string found = below(folder, name);
        struct stat facts{};
        if (::lstat(found.c_str(), &facts) != 0) return way;
        if (S_ISLNK(facts.st_mode)) {
            const std::string target = target_of(found);
            if (target.empty() || ++links > max_links) return way;
            if (target.front() == '/') folder = "/";
            const std::vector<std::string> more = reversed_names(target);
            names.insert(names.end(), more.begin(), more.end());
        } else {
            folder = found;  // if it is a file with names after it, the next one is not found
        }
    }
    return way;
}

std::optional<FileIdentity> identity_at(const std::string& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) return {};
    return identity_of(facts);
}

bool WatchedPath::leads_through(const std::string& folder, const std::string& name) const {
    return std::any_of(way.begin(), way.end(), [&](const WatchStep& step) {
        return step.folder == folder && (name.empty() || step.name == name);
    });
}

}  // namespace tenon::loader
