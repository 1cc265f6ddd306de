// docs/manifest.md is tested as it stands: what it shows works, and what it says about limits and errors is true.
#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "manifest/manifest.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;

namespace {

std::string page(const char* path = TENON_MANIFEST_PAGE) {
    auto text = tenon::base::read_file(path, 1 << 20);
    REQUIRE(text.ok());
    return text.take();
}

struct Block {
    std::string text;
    std::size_t line;
};

// The ```toml blocks of the page.
std::vector<Block> toml_blocks(const char* path = TENON_MANIFEST_PAGE) {
    std::vector<Block> blocks;
    const std::string text = page(path);
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

TEST_CASE("the example of the page on reloading is a good manifest behind id, name and version") {
    const auto blocks = toml_blocks(TENON_RELOAD_PAGE);
    REQUIRE(blocks.size() == 1);
    const Parsed parsed =
        parse_manifest("id = 'a.b'\nname = 'x'\nversion = '1.0.0'\n" + blocks[0].text, "docs/reload.md");
    INFO(tenon::base::to_text(parsed.problems));
    CHECK(parsed.manifest.has_value());
}

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

TEST_CASE("the page has a row for every key that the parser knows") {
    const std::string text = page();
    const Parsed parsed = parse_manifest("id = 'a.b'\nname = 'x'\nversion = '1.0.0'\nzzzzz = 1", "p.toml");
    REQUIRE(parsed.problems.size() == 1);
    std::string keys = parsed.problems[0].fix;  // "remove it; the keys here are id, name, ..."
    keys.erase(0, keys.find("are ") + 4);
    std::size_t count = 0;
    for (std::size_t at = 0; at < keys.size(); ++count) {
        const std::size_t end = std::min(keys.find(", ", at), keys.size());
        INFO(keys.substr(at, end - at));
        const std::string name = fmt::format("`{}`", keys.substr(at, end - at));
        CHECK((text.find("\n| " + name) != text.npos || text.find(", " + name + " |") != text.npos));
        CHECK(text.find(name, text.find("\n### ")) != text.npos);
        at = end + 2;
    }
    CHECK(count >= 33);
}
