#include "plugins/code-format/blocks.h"

#include <algorithm>
#include <optional>

#include "plugins/code-format/json_format.h"
#include "plugins/code-format/toml_format.h"
#include "plugins/text/cmark_tree.h"

namespace code_format {
namespace {

constexpr std::size_t largest_block = 64 * 1024;

struct Block {
    std::string language;
    std::size_t first = 0;  // index of the first line of code in the document
    std::string code;
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

std::vector<Block> blocks_of(std::string_view markdown) {
    std::vector<Block> blocks;
    text::walk(text::parse_commonmark(markdown), [&](cmark_node* node, cmark_event_type) {
        if (cmark_node_get_type(node) != CMARK_NODE_CODE_BLOCK) return;
        const char* const info = cmark_node_get_fence_info(node);
        const std::string_view words = info != nullptr ? info : "";
        const std::string language(words.substr(0, words.find(' ')));
        const int line = cmark_node_get_start_line(node);
        if ((language == "json" || language == "toml") && line > 0)
            blocks.push_back({language, static_cast<std::size_t>(line), std::string(text::literal(node))});
    });
    return blocks;
}

// What stands in front of each line of code in the document (space and '>' of lists and quotes); nothing when the lines
// are not found there as the parser gave them, and so cannot be replaced one by one.
std::optional<std::string> prefix_of(const std::vector<std::string_view>& document, const Block& block) {
    // cmark ends lines at '\r' too, so that its lines are not ours.
    if (block.code.find('\r') != std::string::npos) return std::nullopt;
    std::optional<std::string_view> prefix;
    std::size_t at = block.first;
    for (const std::string_view line : lines_of(block.code)) {
        if (at >= document.size() || !document[at].ends_with(line)) return std::nullopt;
        const std::string_view before = document[at].substr(0, document[at].size() - line.size());
        if (before.find_first_not_of(" >") != std::string_view::npos) return std::nullopt;
        if (line != "\n" && prefix.value_or(before) != before) return std::nullopt;
        if (line != "\n") prefix = before;
        ++at;
    }
    return std::string(prefix.value_or(""));
}

Formatted format(const Block& block) {
    return block.language == "json" ? format_json(block.code) : format_toml(block.code);
}

std::string too_large(const Block& block) {
    return "this " + block.language + " block has " + std::to_string(block.code.size()) + " bytes; blocks above " +
           std::to_string(largest_block) + " are not checked";
}

// The replacement of a block's lines, or nothing when they stay. What is wrong with it goes to `remarks`.
std::optional<std::string> replacement(const std::vector<std::string_view>& document, const Block& block,
                                       std::vector<Remark>& remarks) {
    if (block.code.find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
    if (block.code.size() > largest_block) {
        remarks.push_back({block.first, false, too_large(block)});
        return std::nullopt;
    }
    const Formatted formatted = format(block);
    if (formatted.fault) {
        const std::string text = "this " + block.language + " block does not parse: " + formatted.fault->text;
        remarks.push_back({block.first + formatted.fault->line, true, text});
        return std::nullopt;
    }
    const std::optional<std::string> prefix = prefix_of(document, block);
    if (!prefix || formatted.text == block.code) return std::nullopt;
    std::string out;
    for (const std::string_view line : lines_of(formatted.text)) out.append(*prefix).append(line);
    return out;
}

}  // namespace

Checked check_blocks(std::string_view markdown) {
    Checked out;
    const std::vector<std::string_view> document = lines_of(markdown);
    std::size_t copied = 0;
    for (const Block& block : blocks_of(markdown)) {
        const std::optional<std::string> code = replacement(document, block, out.remarks);
        if (!code) continue;
        for (; copied < block.first; ++copied) out.source += document[copied];
        out.source += *code;
        copied += lines_of(block.code).size();
        out.changed = true;
    }
    for (; copied < document.size(); ++copied) out.source += document[copied];
    return out;
}

}  // namespace code_format
