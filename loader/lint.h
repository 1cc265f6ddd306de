// The pre-flight check: what a plugin's file says about how it will load, reload and stay apart from others, here and
// on other systems. Nothing of the file is run. docs/lint.md has a chapter for each finding.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "loader/image.h"
#include "loader/source.h"
#include "loader/system.h"

namespace tenon::loader {

enum class Severity {
    error,    // it will not load, or must not
    warning,  // it loads, and something promised does not hold
    note,     // worth knowing
};
std::string_view severity_name(Severity severity);

// What follows from a finding. A dash: nothing.
struct Meaning {
    std::string_view loading;
    std::string_view reloading;
    std::string_view isolation;
    std::string_view older_systems;
};

// A kind of finding.
struct LintRule {
    std::string_view id;  // "lint.executable-stack"
    Severity severity;
    std::string_view fix;
    Meaning means;
};

// The catalogue, by severity.
std::span<const LintRule> lint_rules();

struct Finding {
    std::string id;
    Severity severity = Severity::note;
    std::string text;  // the evidence, with the file's path
    std::string fix;
    Meaning means;
};

// What follows from a problem of read_image, a manifest or a contract: the file is refused.
Finding to_finding(const base::Problem& problem);

// Those findings of severity error that would weaken the whole process, as soon as the file is mapped, whoever asks:
// "lint.executable-stack", "lint.text-relocations", "lint.writable-code". The host refuses such a file. Looks at the
// program headers and the dynamic section only. Any thread.
base::Problems dangers(const Source& source, const Image& image);

// All findings about the file that `image` was read from, the severe ones first, otherwise in the order of the
// catalogue; none if it describes a contract, which is never loaded. image.path tells where bundled libraries lie. Any
// thread. Takes time in proportion to the file's symbols; the system's libraries are read once per System.
std::vector<Finding> lint(const Source& source, const Image& image, const System& system);

}  // namespace tenon::loader
