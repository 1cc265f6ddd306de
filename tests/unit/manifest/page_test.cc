// docs/manifest.md is tested as it stands: what it shows works, and what it says about limits and errors is true.
#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "manifest/manifest.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;

namespace {

std::string page() {
    auto text = tenon::base::read_file(TENON_MANIFEST_PAGE, 1 << 20);
    REQUIRE(text.ok());
    return text.take();
}

struct Block {
    std::string text;
    std::size_t line;
};

// The ```toml blocks of the page.
std::vector<Block> toml_blocks() {
    std::vector<Block> blocks;
    const std::string text = page();
    std::size_t line = 1;
    bool inside = false;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view row = std::string_view(text).substr(at, end - at);
        if (row == "```toml")
            blocks.push_back({"", line + 1});
        else if (inside && row != "```")
            blocks.back().text.append(row).append("\n");
        inside = row == "```toml" || (inside && row != "```");
        at = end + 1;
    }
    REQUIRE_FALSE(inside);
    return blocks;
}

}  // namespace

TEST_CASE("every example of the page is a good manifest, alone or behind id, name and version") {
    const auto blocks = toml_blocks();
    CHECK(blocks.size() >= 8);
    for (const Block& block : blocks) {
        std::string top = "\n" + block.text;
        top.resize(std::min(top.find("\n["), top.size()));  // a key below is a table's
        std::string missing;
        for (const std::string line : {"id = \"org.tenon.markdown\"", "name = \"Markdown\"", "version = \"1.0.0\""})
            if (top.find(fmt::format("\n{}", line.substr(0, line.find('=') + 1))) == std::string::npos)
                missing += line + "\n";
        const Parsed parsed = parse_manifest(missing + block.text, "docs/manifest.md");
        INFO("block at line " << block.line << ":\n" << tenon::base::to_text(parsed.problems));
        CHECK(parsed.manifest.has_value());
    }
}

TEST_CASE("the page names every key") {
    const std::string text = page();
    for (const char* key : {"id", "name", "version", "description", "license", "authors", "abi", "contracts",
                            "dependencies", "hooks", "optional_tail", "optional", "contract", "priority"}) {
        INFO(key);
        CHECK(text.find(fmt::format("`{}`", key)) != std::string::npos);
    }
}
