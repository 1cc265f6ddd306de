#include "host/real_places.h"

#include <unistd.h>

#include <cerrno>
#include <deque>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "sandbox/broker/path.h"

namespace tenon::host {

using sandbox::broker::Glob;
using sandbox::broker::Letters;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view any_parts = "**";

// What stands behind the fixed part, with its slash.
std::string_view behind_fixed(const Glob& glob) {
    return std::string_view(glob.text()).substr(glob.fixed() == "/" ? 0 : glob.fixed().size());
}

std::string inside(const std::string& folder, std::string_view name) {
    return (folder == "/" ? "" : folder) + "/" + std::string(name);
}

bool has_wildcards(std::string_view part) {
    return part.find_first_of("*?") != part.npos;
}

bool part_matches(std::string_view part, std::string_view name) {
    const base::Result<Glob> glob = Glob::parse(inside("/", part));
    return glob && glob.value().matches(inside("/", name), Letters::in_any_case);
}

class PlaceWalk {
public:
    PlaceWalk(std::vector<std::string_view> parts, std::size_t most) : parts_(std::move(parts)), left_(most) {
        while (parts_.size() > 1 && parts_.back() == any_parts && parts_[parts_.size() - 2] == any_parts)
            parts_.pop_back();
    }

    RealPlaces from(const std::string& folder) {
        reach(folder, 0);
        for (; !waiting_.empty() && found_.all; waiting_.pop_front()) look_into(waiting_.front());
        return std::move(found_);
    }

private:
    // A real folder, and which part is about the names in it.
    using Step = std::pair<std::string, std::size_t>;

    // The path stands for all parts before this one.
    void reach(std::string path, std::size_t part) {
        path = followed(path, part);
        if (path.empty()) return;  // what cannot be looked at leads this user nowhere
        const std::size_t before = part;
        while (part < parts_.size() && !has_wildcards(parts_[part])) path = inside(path, parts_[part++]);
        if (part != before) path = followed(path, part);
        if (path.empty()) return;
        if (part + 1 < parts_.size() && known_.emplace(path, part).second) waiting_.emplace_back(path, part);
    }

    std::string followed(const std::string& path, std::size_t part) {
        std::string real = real_path(path);
        if (!real.empty() && real != path) add(real, part);
        return real;
    }

    void add(const std::string& real, std::size_t part) {
        std::string rest;
        for (; part < parts_.size(); ++part) rest = rest + "/" + std::string(parts_[part]);
        base::Result<Glob> glob = Glob::below(real, rest);
        if (glob)
            found_.globs.push_back(glob.take());
        else
            found_.all = false;
    }

    void look_into(const Step& step) {
        const auto& [folder, part] = step;
        const bool any = parts_[part] == any_parts;
        if (any) reach(folder, part + 1);
        std::error_code error, none;
        fs::directory_iterator entry(folder, error);
        for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
            if (left_ == 0) break;
            --left_;
            const std::string name = entry->path().filename().string();
            if (any ? entry->is_directory(none) : leads_on(*entry) && part_matches(parts_[part], name))
                reach(inside(folder, name), any ? part : part + 1);
        }
        if (left_ == 0 || (error && may_have_names(folder, error))) found_.all = false;
    }

    static bool leads_on(const fs::directory_entry& entry) {
        std::error_code none;
        return entry.is_symlink(none) || entry.is_directory(none);
    }

    // Some folders cannot be listed, but what is in them can be opened.
    static bool may_have_names(const std::string& folder, const std::error_code& error) {
        if (error.value() == ENOENT || error.value() == ENOTDIR) return false;
        return error.value() != EACCES || ::access(folder.c_str(), X_OK) == 0;
    }

    std::vector<std::string_view> parts_;
    std::size_t left_;
    std::deque<Step> waiting_;
    std::set<Step> known_;
    RealPlaces found_;
};

}  // namespace

std::string real_path(const std::string& path) {
    std::error_code error;
    const fs::path real = fs::weakly_canonical(fs::absolute(path, error), error);
    return error || path.empty() ? std::string() : real.string();
}

std::optional<Glob> where_it_leads(const Glob& glob) {
    const std::string real = real_path(glob.fixed());
    if (real.empty() || real == glob.fixed()) return std::nullopt;
    base::Result<Glob> there = Glob::below(real, behind_fixed(glob));
    return there ? std::optional(there.take()) : std::nullopt;
}

RealPlaces real_places(const Glob& glob, std::size_t most) {
    const std::string_view rest = behind_fixed(glob);
    if (rest.starts_with("/**/") && glob.fixed() == "/") return {};
    return PlaceWalk(glob.has_wildcards() ? sandbox::broker::parts_of(rest) : std::vector<std::string_view>(), most)
        .from(glob.fixed());
}

}  // namespace tenon::host
