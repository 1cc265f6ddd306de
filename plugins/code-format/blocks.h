// The JSON and TOML blocks of a document. Thread-safe, pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace code_format {

// What is to be said about a block; `line` is the document's, from 1.
struct Remark {
    std::uint64_t line;
    bool warning;
    std::string text;
};

struct Checked {
    std::string source;  // the document with its blocks formatted
    bool changed = false;
    std::vector<Remark> remarks;
};

// Looks at the fenced blocks whose info string begins with "json" or "toml". Blocks above 64 KiB are only remarked on,
// and blocks that do not parse are left as they are.
Checked check_blocks(std::string_view markdown);

}  // namespace code_format
