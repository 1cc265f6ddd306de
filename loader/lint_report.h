// Collects findings. Inside loader/ only.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loader/library_search.h"
#include "loader/lint.h"

namespace tenon::loader {

class LintReport {
public:
    explicit LintReport(std::string_view path) : path_(path) {}

    // `text` goes on behind the file's path: "needs ...". A finding may be less severe than its rule.
    void add(std::string_view id, std::string_view text, std::optional<Severity> severity = {});
    std::vector<Finding> take();

private:
    std::string path_;
    std::vector<Finding> findings_;
};

// A foreign name, cut where it becomes unreadable.
inline std::string cut(std::string_view name) {
    constexpr std::size_t most = 160;
    return name.size() <= most ? std::string(name) : fmt::format("{}...", name.substr(0, most));
}

// "a, b, c and 4 more".
template <class Names>
std::string first_few(const Names& names) {
    constexpr std::size_t most = 3;
    std::string text;
    std::size_t count = 0;
    for (const auto& name : names) {
        if (count++ >= most) continue;
        if (!text.empty()) text += ", ";
        text += cut(name);
    }
    return count <= most ? text : fmt::format("{} and {} more", text, count - most);
}

// "GLIBC_" and 2, 36 of "GLIBC_2.36"; a third number counts, too.
struct VersionName {
    std::string_view family;
    std::vector<unsigned> numbers;
};
std::optional<VersionName> version_name(std::string_view text);

// The groups of rules. Each looks at one side of the file.
void lint_segments(const Linkage& linkage, LintReport& report);
void lint_flags(const Linkage& linkage, const Image& image, LintReport& report);
void lint_symbols(const Linkage& linkage, LintReport& report);
void lint_libraries(const Linkage& linkage, const std::vector<Needed>& needed, const System& system,
                    LintReport& report);
// Gives VersionNeed::index of those that are not met.
std::vector<std::uint16_t> lint_versions(const Linkage& linkage, const std::vector<Needed>& needed,
                                         const System& system, LintReport& report);
// Symbols of versions that are not met are left out: that they are missing was said.
void lint_undefined(const Linkage& linkage, const std::vector<Needed>& needed, const std::vector<std::uint16_t>& unmet,
                    LintReport& report);

}  // namespace tenon::loader
