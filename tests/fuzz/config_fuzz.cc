// Schemas and settings are foreign bytes, both: a schema (the lines of a manifest from [config] on), a zero byte, and a
// document of settings.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "manifest/config_check.h"
#include "manifest/manifest.h"
#include "manifest/schema_json.h"
#include "manifest/schema_read.h"

using namespace tenon::manifest;
using nlohmann::json;
using tenon::base::Problem;

namespace {

constexpr std::string_view head = "id = 'a.b'\nname = 'x'\nversion = '1.0.0'\n";

void check(bool holds) {
    if (!holds) std::abort();
}

void check_problem(const Problem& problem) {
    check(!problem.id.empty() && !problem.text.empty() && !problem.fix.empty());
    for (const char c : problem.text + problem.fix) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

// Whether all that was there is there still.
bool keeps(const json& filled, const json& before) {
    if (before.is_array() && filled.is_array() && before.size() == filled.size()) {
        for (std::size_t i = 0; i < before.size(); ++i)
            if (!keeps(filled[i], before[i])) return false;
        return true;
    }
    if (!before.is_object() || !filled.is_object()) return filled == before;
    for (const auto& [key, value] : before.items())
        if (!filled.contains(key) || !keeps(filled[key], value)) return false;
    return true;
}

void apply(const ConfigSchema& schema, const ConfigSchema& again, const json& settings) {
    const auto problems = validate(schema, settings);
    for (const Problem& problem : problems) check_problem(problem);
    check(problems.size() <= 101);
    check(validate(again, settings).empty() == problems.empty());
    const auto filled = with_defaults(schema, settings);
    if (filled.ok())
        check(keeps(filled.value(), settings));
    else
        check_problem(filled.problem());
}

// A schema that was read is a schema as JSON, too.
ConfigSchema read_again(const ConfigSchema& schema) {
    Diagnostics out("schema.json");
    const auto value = from_json(as_json(schema));
    check(value.ok());
    const auto again = read_schema(value.value(), "", SchemaRoot::object, out);
    check(again.has_value());
    return *again;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\0'), input.size());
    const Parsed parsed = parse_manifest(std::string(head).append(input.substr(0, end)), "plugin.toml");
    check(parsed.manifest.has_value() == parsed.problems.empty());
    for (const Problem& problem : parsed.problems) check_problem(problem);
    if (!parsed.manifest || !parsed.manifest->config || end == input.size()) return 0;
    const json settings = json::parse(input.substr(end + 1), nullptr, false);
    apply(*parsed.manifest->config, read_again(*parsed.manifest->config), settings);
    return 0;
}
