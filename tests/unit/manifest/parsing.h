// Manifests in short: three lines that are right, and what a test is about behind them.
#pragma once

#include <fmt/format.h>

#include <string>

#include "manifest/manifest.h"
#include "tests/support/catch.h"

namespace tenon::manifest {

inline const std::string head = "id = 'a.b'\nname = 'x'\nversion = '1.0.0'\n";  // three lines

inline Manifest manifest_of(const std::string& rest) {
    Parsed result = parse_manifest(head + rest, "p.toml");
    INFO(base::to_text(result.problems));
    REQUIRE(result.manifest.has_value());
    return std::move(*result.manifest);
}

// "id | text" of the only problem.
inline std::string refusal_of(const std::string& rest) {
    const Parsed result = parse_manifest(head + rest, "p.toml");
    CHECK(result.manifest.has_value() == result.problems.empty());
    for (const base::Problem& problem : result.problems) CHECK_FALSE(problem.fix.empty());
    if (result.problems.size() != 1)
        return fmt::format("{} problems:\n{}", result.problems.size(), base::to_text(result.problems));
    return result.problems[0].id + " | " + result.problems[0].text;
}

inline std::string fix_of(const std::string& rest) {
    const Parsed result = parse_manifest(head + rest, "p.toml");
    REQUIRE(result.problems.size() == 1);
    return result.problems[0].fix;
}

}  // namespace tenon::manifest
