#include "manifest/diagnostics.h"

#include <fmt/format.h>

#include <utility>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::size_t most_problems = 100;
constexpr std::string_view bare_key = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

}  // namespace

std::string place(std::string_view file, Location at) {
    return fmt::format("{}:{}:{}: ", printable(file, 4096), at.line, at.column);
}

std::string key_path(std::string_view path, std::string_view key) {
    const bool bare = !key.empty() && key.find_first_not_of(bare_key) == std::string_view::npos;
    std::string shown = !bare ? in_quotes(key) : key.size() > 80 ? printable(key, 80) : std::string(key);
    if (path.empty()) return shown;
    std::string whole(path);  // not fmt: paths are made for each key, also where nothing is wrong
    whole.append(1, '.').append(shown);
    return whole;
}

void Diagnostics::add(std::string_view id, Location at, std::string_view path, std::string_view what, std::string fix) {
    found_.emplace(
        at, base::Problem{std::string(id), fmt::format("{}{}: {}", place(file_, at), path, what), std::move(fix)});
}

base::Problems Diagnostics::take() {
    base::Problems problems;
    for (auto& [at, problem] : found_) {
        if (problems.size() == most_problems) {
            problems.push_back({"manifest.more-problems",
                                fmt::format("{}: {} more problems are not shown", printable(file_, 4096),
                                            found_.size() - most_problems),
                                "repair the ones above first"});
            break;
        }
        problems.push_back(std::move(problem));
    }
    found_.clear();
    return problems;
}

}  // namespace tenon::manifest
