// docs/config.md is tested as it stands: its schemas are read, its settings checked, and what it says comes out.
#include <algorithm>

#include "base/file.h"
#include "manifest/schema_budget.h"
#include "manifest/schema_format.h"
#include "manifest/schema_reader.h"
#include "tests/unit/manifest/config_fixture.h"

using namespace config_fixture;
using namespace tenon::manifest;

namespace {

std::string page() {
    auto text = tenon::base::read_file(TENON_CONFIG_PAGE, 1 << 20);
    REQUIRE(text.ok());
    return text.take();
}

struct Block {
    std::string kind;  // behind the ```
    std::string text;
    std::size_t line;
};

std::vector<Block> blocks() {
    std::vector<Block> found;
    const std::string text = page();
    bool inside = false;
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string row = text.substr(at, end - at);
        if (row.starts_with("```")) {
            inside = !inside;
            if (inside) found.push_back({row.substr(3), "", line});
        } else if (inside) {
            found.back().text += row + "\n";
        }
        at = end + 1;
    }
    REQUIRE_FALSE(inside);
    return found;
}

Parsed parsed(const std::string& block) {
    return parse_manifest(block.starts_with("id = ") ? block : head + block, "plugin.toml");
}

std::string lines(const tenon::base::Problems& problems) {
    return problems.empty() ? "" : tenon::base::to_text(problems) + "\n";
}

}  // namespace

TEST_CASE("the schemas of the page are good, and say about its settings what it says") {
    std::optional<ConfigSchema> schema;
    json settings;
    std::string said;  // about the last schema or settings
    std::size_t checked = 0;
    const auto all = blocks();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Block& block = all[i];
        INFO("block at line " << block.line);
        if (block.kind == "toml") {
            const Parsed manifest = parsed(block.text);
            said = lines(manifest.problems);
            if (manifest.manifest) schema = manifest.manifest->config;
        } else if (block.kind == "json") {
            settings = json::parse(block.text);
            REQUIRE(schema.has_value());
            said = lines(validate(*schema, settings));
        } else if (block.kind == "json filled") {
            CHECK(with_defaults(*schema, settings).take() == json::parse(block.text));
            ++checked;
        } else {
            REQUIRE(block.kind == "text");
            CHECK(said == block.text);
            ++checked;
        }
        const bool is_told = i + 1 < all.size() && all[i + 1].kind == "text";
        if (!is_told && block.kind != "text") CHECK(said.empty());
    }
    CHECK(checked >= 4);
}

TEST_CASE("the page names every keyword and every format") {
    const std::string text = page();
    for (const SchemaKeyword& keyword : schema_keywords()) {
        INFO(keyword.name);
        CHECK(text.find(fmt::format("`{}`", keyword.name)) != std::string::npos);
    }
    for (const SchemaFormat& format : schema_formats()) {
        INFO(format.name);
        CHECK(text.find(fmt::format("`{}`", format.name)) != std::string::npos);
        CHECK(format.admits(format.example));
    }
}

TEST_CASE("the page names the limits as they are") {
    const std::string text = page();
    for (const auto& [what, most] : std::vector<std::pair<std::string, std::size_t>>{
             {"schemas in one schema", most_schemas},
             {"schemas in one another", most_nested_schemas},
             {"patterns in one schema", most_patterns},
             {"settings: values in one another", max_settings_depth},
             {"settings: values", max_settings_values},
             {"settings: bytes of texts and keys", max_settings_bytes},
             {"schemas applied within one another", SchemaBudget::most_frames},
             {"steps of one check", SchemaBudget::steps}}) {
        INFO(what);
        CHECK(text.find(fmt::format("| {} | {} |", what, most)) != std::string::npos);
    }
    CHECK(text.find(fmt::format("at most {} bytes", max_pattern_size)) != std::string::npos);
}
