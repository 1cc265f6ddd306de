#include "manifest/config_check.h"

#include <nlohmann/json.hpp>

#include "manifest/schema_apply.h"
#include "manifest/schema_defaults.h"
#include "manifest/schema_json.h"

namespace tenon::manifest {
namespace {

constexpr std::size_t most_faults = 100;

base::Problem too_complex() {
    return {"config.too-complex", "the whole document: checking it against the schema takes too many steps",
            "shorten the settings, or ask the plugin's author for a simpler schema"};
}

}  // namespace

base::Problems validate(const ConfigSchema& schema, const nlohmann::json& document) {
    if (auto problem = check_settings(document)) return {std::move(*problem)};
    SchemaBudget budget;
    SchemaFaults faults(most_faults);
    SchemaApplication(schema.tree(), budget).check(0, document, &faults);
    if (budget.gone()) return {too_complex()};
    return faults.problems();
}

base::Result<nlohmann::json> with_defaults(const ConfigSchema& schema, const nlohmann::json& document) {
    if (auto problem = check_settings(document)) return std::move(*problem);
    SchemaBudget budget;
    nlohmann::json filled = document;
    const bool fits = SchemaDefaults(schema.tree(), budget).fill(0, filled);
    if (budget.gone()) return too_complex();
    if (!fits)
        return base::Problem{"config.too-large", "the whole document: with its defaults it is too large",
                             "shorten the settings, or ask the plugin's author for smaller defaults"};
    return filled;
}

const nlohmann::json& as_json(const ConfigSchema& schema) {
    return schema.tree().document;
}

}  // namespace tenon::manifest
