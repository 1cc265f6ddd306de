// Schemas as a manifest has them, and what is said about them and about settings.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "manifest/config_check.h"
#include "manifest/manifest.h"
#include "tests/support/catch.h"

namespace config_fixture {

using nlohmann::json;
using tenon::manifest::ConfigSchema;
using tenon::manifest::Parsed;

// Three lines, so that [config] is in the fourth.
inline const std::string head = "id = 'a.b'\nname = 'x'\nversion = '1.0.0'\n";

// "id | text | fix", one a line.
inline std::string written(const tenon::base::Problems& problems) {
    std::string text;
    for (const auto& problem : problems)
        text += fmt::format("{}{} | {} | {}", text.empty() ? "" : "\n", problem.id, problem.text, problem.fix);
    return text;
}

// What is wrong with a schema, which begins in the line 4 of p.toml.
inline std::string refusal(const std::string& schema) {
    const Parsed parsed = tenon::manifest::parse_manifest(head + schema, "p.toml");
    CHECK(parsed.manifest.has_value() == parsed.problems.empty());
    return written(parsed.problems);
}

inline ConfigSchema schema(const std::string& schema) {
    Parsed parsed = tenon::manifest::parse_manifest(head + schema, "p.toml");
    INFO(written(parsed.problems));
    REQUIRE(parsed.manifest.has_value());
    REQUIRE(parsed.manifest->config.has_value());
    return *parsed.manifest->config;
}

// What is wrong with settings.
inline std::string faults(const std::string& toml, const json& settings) {
    return written(tenon::manifest::validate(schema(toml), settings));
}

// Of a schema for the property "it" alone.
inline std::string faults_of(const std::string& toml, const json& it) {
    return faults("[config.properties.it]\n" + toml, json{{"it", it}});
}

inline json filled(const std::string& toml, const json& settings) {
    auto result = tenon::manifest::with_defaults(schema(toml), settings);
    REQUIRE(result.ok());
    return result.take();
}

}  // namespace config_fixture
