#include "plugins/code-format/blocks.h"

#include "tests/support/catch.h"

using code_format::check_blocks;

TEST_CASE("JSON and TOML blocks are formatted in place, others stay") {
    const auto out = check_blocks("# T\n\n```json\n{\"a\":1}\n```\n\n```c\n{\"a\":1}\n```\n\n~~~toml\na=1\n~~~\nend\n");
    CHECK(out.changed);
    CHECK(out.remarks.empty());
    CHECK(out.source == "# T\n\n```json\n{\n  \"a\": 1\n}\n```\n\n```c\n{\"a\":1}\n```\n\n~~~toml\na = 1\n~~~\nend\n");
}

TEST_CASE("a block in a list or quote keeps what stands in front of its lines") {
    CHECK(check_blocks("- x\n\n  ```json\n  {\"a\":1}\n  ```\n").source ==
          "- x\n\n  ```json\n  {\n    \"a\": 1\n  }\n  ```\n");
    CHECK(check_blocks("> ```toml\n> a=1\n> ```\n").source == "> ```toml\n> a = 1\n> ```\n");
}

TEST_CASE("a block that does not parse is left alone and named with the document's line") {
    const std::string markdown = "text\n\n```json\n{\n  \"a\" 1\n}\n```\n";
    const auto out = check_blocks(markdown);
    CHECK_FALSE(out.changed);
    CHECK(out.source == markdown);
    REQUIRE(out.remarks.size() == 1);
    CHECK(out.remarks[0].line == 5);
    CHECK(out.remarks[0].warning);
    CHECK(out.remarks[0].text.starts_with("this json block does not parse: "));
}

TEST_CASE("a large block is only remarked on") {
    const auto out = check_blocks("```json\n[\"" + std::string(70000, 'x') + "\"]\n```\n");
    CHECK_FALSE(out.changed);
    REQUIRE(out.remarks.size() == 1);
    CHECK_FALSE(out.remarks[0].warning);
    CHECK(out.remarks[0].text == "this json block has 70005 bytes; blocks above 65536 are not checked");
}

TEST_CASE("empty blocks and documents without blocks are nothing to talk about") {
    for (const char* markdown : {"", "\n", "text", "```json\n```\n", "```toml\n\n```", "    ```json\n    x\n"}) {
        const auto out = check_blocks(markdown);
        CHECK_FALSE(out.changed);
        CHECK(out.remarks.empty());
        CHECK(out.source == markdown);
    }
}

TEST_CASE("a block whose lines end in CR LF is checked and not rewritten") {
    const auto good = check_blocks("```json\r\n{\"a\":1}\r\n```\r\n");
    CHECK_FALSE(good.changed);
    CHECK(good.remarks.empty());
    const auto bad = check_blocks("a\r\n```json\r\n{\"a\" 1}\r\n```\r\n");
    REQUIRE(bad.remarks.size() == 1);
    CHECK(bad.remarks[0].line == 3);
}
