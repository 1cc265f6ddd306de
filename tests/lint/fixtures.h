// The plugins that CMake built beside these tests, and what is found about them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "loader/lint.h"
#include "tests/support/catch.h"

namespace tenon::loader {

namespace fixtures {

inline std::string path_of(const std::string& name) {
    return LINT_FIXTURES "/" + name + ".so";
}

inline std::vector<Finding> findings_of_file(const std::string& path, const System& system) {
    base::Result<FileSource> source = FileSource::open(path);
    REQUIRE(source);
    const base::Result<Image> image = read_image(source.value(), path);
    if (!image) FAIL(image.problem().text);
    return lint(source.value(), image.value(), system);
}

inline std::vector<Finding> findings_of(const std::string& name, const System& system) {
    return findings_of_file(path_of(name), system);
}

// Text behind the path of the first finding with this id; empty if there is none.
inline std::string text_of(const std::vector<Finding>& findings, std::string_view id) {
    const auto found =
        std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.id == id; });
    return found == findings.end() ? std::string() : found->text.substr(found->text.find(".so: ") + 5);
}

// "error lint.glibc: shop.so: needs ..." for those that are no notes.
inline std::vector<std::string> severe(const std::vector<Finding>& findings) {
    std::vector<std::string> lines;
    for (const Finding& finding : findings)
        if (finding.severity != Severity::note)
            lines.push_back(std::string(severity_name(finding.severity)) + ' ' + finding.id + ": " + finding.text);
    return lines;
}

}  // namespace fixtures
}  // namespace tenon::loader
