// Folders are worked off from two queues, not by recursion: those found under their own names first, those found
// through links when no other is left. So a folder that has its own name below the root goes by it, and the order in
// which the file system gives names does not show.
#include "loader/scan_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace tenon::loader {

namespace {

constexpr std::size_t no_parent = SIZE_MAX;

using FolderId = std::pair<dev_t, ino_t>;

struct CloseFolder {
    void operator()(DIR* stream) const { ::closedir(stream); }
};

struct Name {
    std::string text;
    unsigned char type = DT_UNKNOWN;  // DT_..., as readdir gives it

    friend bool operator<(const Name& a, const Name& b) { return a.text < b.text; }
};

bool looks_like_a_library(std::string_view name) {
    return name.ends_with(".so") || name.ends_with(".dll");
}

FolderId id_of(const struct stat& facts) {
    return {facts.st_dev, facts.st_ino};
}

unsigned char type_of(mode_t mode) {
    return static_cast<unsigned char>(IFTODT(mode));
}

class Walk {
public:
    Walk(const std::string& folder, const WalkLimits& limits) : folder_(folder), limits_(limits) {}

    Walked run() {
        visit({"", 0, no_parent, true});
        while (!stopped_ && !(found_.empty() && linked_.empty())) {
            std::deque<Folder>& queue = found_.empty() ? linked_ : found_;
            const Folder next = std::move(queue.front());
            queue.pop_front();
            visit(next);
        }
        std::sort(out_.names.begin(), out_.names.end());
        return std::move(out_);
    }

private:
    struct Folder {
        std::string name;  // relative to the root; "" is the root
        std::uint32_t depth = 0;
        std::size_t parent = no_parent;  // in visited_
        bool through_link = false;
    };
    struct Visited {
        FolderId id;
        std::string path;
        std::size_t parent = no_parent;
    };

    std::string path_of(const std::string& name) const { return name.empty() ? shown_root() : folder_ + "/" + name; }
    std::string shown_root() const { return folder_.empty() ? "/" : folder_; }
    static std::string below(const Folder& folder, const std::string& name) {
        return folder.name.empty() ? name : folder.name + "/" + name;
    }

    void leave_out(base::Problem problem) {
        out_.problems.push_back(std::move(problem));
        out_.complete = false;
    }

    void visit(const Folder& folder) {
        const std::string path = path_of(folder.name);
        const bool is_root = folder.parent == no_parent;
        base::Fd opened = open(folder, path);
        const int error = errno;
        if (!opened && is_root) out_.complete = error == ENOENT;  // then all below it is gone
        if (!opened && is_root) return out_.problems.push_back(unreadable_folder(path, error));
        if (!opened) return leave_out(why_not(root(), folder.name, path, error));
        const int fd = opened.get();
        if (is_root) out_.root = std::move(opened);
        struct stat facts{};
        if (::fstat(fd, &facts) != 0) return leave_out(unreadable_folder(path, errno));
        if (!is_new(facts, folder.parent, path)) return;
        visited_.push_back({id_of(facts), path, folder.parent});
        seen_.insert(id_of(facts));
        const std::size_t self = visited_.size() - 1;
        for (const Name& name : list(fd, path)) look_at(folder, self, name);
    }

    base::Fd open(const Folder& folder, const std::string& path) const {
        constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK;
        if (folder.parent == no_parent) return base::Fd(::open(path.c_str(), flags));
        return base::Fd(::openat(root().get(), folder.name.c_str(), folder.through_link ? flags : flags | O_NOFOLLOW));
    }

    // False if the folder was visited; if it is one of those that led here, that is reported.
    bool is_new(const struct stat& facts, std::size_t parent, const std::string& path) {
        const FolderId id = id_of(facts);
        for (std::size_t at = parent; at != no_parent; at = visited_[at].parent)
            if (visited_[at].id == id) return report_loop(path, visited_[at].path), false;
        return seen_.count(id) == 0;
    }

    void report_loop(const std::string& path, const std::string& ancestor) {
        out_.problems.push_back(
            {"scan.loop", fmt::format("{}: leads back to {}; it is not followed", path, ancestor), "Remove the link."});
    }

    // Sorted; as many as the limit leaves room for.
    std::vector<Name> list(int fd, const std::string& path) {
        std::vector<Name> names;
        const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
        const std::unique_ptr<DIR, CloseFolder> stream(own < 0 ? nullptr : ::fdopendir(own));
        if (stream == nullptr) leave_out(unreadable_folder(path, errno));
        if (stream == nullptr && own >= 0) ::close(own);
        while (stream != nullptr && !stopped_) {
            errno = 0;
            const struct dirent* const entry = ::readdir(stream.get());
            if (entry == nullptr && errno != 0) leave_out(unreadable_folder(path, errno));
            if (entry == nullptr) break;
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") take(name, entry->d_type, path, names);
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    void take(std::string_view name, unsigned char type, const std::string& path, std::vector<Name>& names) {
        if (entries_ == limits_.entries) {
            stopped_ = true;
            return leave_out({"scan.too-many",
                              fmt::format("{}: there are more than {} entries below {}; the rest is not looked at",
                                          path, limits_.entries, shown_root()),
                              "Name a folder that has plugins only."});
        }
        ++entries_;
        if (!name.starts_with('.')) names.push_back({std::string(name), type});
    }

    void look_at(const Folder& folder, std::size_t self, const Name& name) {
        const std::string whole = below(folder, name.text);
        struct stat facts{};
        unsigned char type = name.type;
        if (type == DT_UNKNOWN && ::fstatat(root().get(), whole.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0)
            type = type_of(facts.st_mode);
        const bool link = type == DT_LNK;
        if (link || type == DT_UNKNOWN) {
            if (::fstatat(root().get(), whole.c_str(), &facts, 0) != 0)
                return out_.problems.push_back(why_not(root(), whole, path_of(whole), errno));
            type = type_of(facts.st_mode);
        }
        if (type == DT_DIR && link && !is_new(facts, self, path_of(whole))) return;
        if (type == DT_DIR) return enter({whole, folder.depth + 1, self, link});
        if (!looks_like_a_library(name.text)) return;
        if (type == DT_REG)
            out_.names.push_back(whole);
        else
            out_.problems.push_back(not_regular(path_of(whole)));
    }

    void enter(Folder folder) {
        if (folder.depth > limits_.depth) {
            out_.problems.push_back({"scan.too-deep",
                                     fmt::format("{}: is not searched: it is {} folders below {}; the limit is {}",
                                                 path_of(folder.name), folder.depth, shown_root(), limits_.depth),
                                     "Name it itself, or put the plugins nearer to the folder that is searched."});
            return;
        }
        (folder.through_link ? linked_ : found_).push_back(std::move(folder));
    }

    const base::Fd& root() const { return out_.root; }

    const std::string& folder_;
    const WalkLimits& limits_;
    Walked out_;
    std::deque<Folder> found_;
    std::deque<Folder> linked_;
    std::vector<Visited> visited_;
    std::set<FolderId> seen_;
    std::uint32_t entries_ = 0;
    bool stopped_ = false;
};

}  // namespace

base::Problem unreadable_folder(const std::string& path, int error) {
    return {"scan.unreadable", fmt::format("{}: cannot be searched for plugins: {}", path, std::strerror(error)),
            "Check that the folder exists and that this user may read it."};
}

base::Problem why_not(const base::Fd& root, const std::string& name, const std::string& path, int error) {
    if (error == ELOOP)
        return {"scan.loop", fmt::format("{}: is a link that leads to itself, or through too many links", path),
                "Remove the link, or let it lead to the file."};
    if (error != ENOENT && error != ENOTDIR) return unreadable_folder(path, error);
    struct stat facts{};
    if (::fstatat(root.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(facts.st_mode))
        return {"scan.broken-link", fmt::format("{}: is a link to nothing", path),
                "Remove the link, or restore what it leads to."};
    return {"scan.vanished", fmt::format("{}: was there and has vanished", path),
            "Search again when the installation has finished."};
}

base::Problem not_regular(const std::string& path) {
    return {"scan.not-regular", fmt::format("{}: has the name of a library, but is not a regular file", path),
            "Remove it, or give it another name."};
}

Walked walk(const std::string& folder, const WalkLimits& limits) {
    return Walk(folder, limits).run();
}

}  // namespace tenon::loader
