#include "tools/cli/spelling.h"

#include <fmt/format.h>

#include "manifest/words.h"

namespace tenon::cli {

std::string unknown_word(std::string_view kind, std::string_view word, std::span<const std::string_view> known) {
    const std::string_view name = word.substr(0, word.find('='));
    std::string text = fmt::format("unknown {} '{}'", kind, manifest::printable(name, 80));
    if (const std::string_view meant = manifest::nearest(name, known); !meant.empty())
        text += fmt::format("; did you mean '{}'?", meant);
    return text;
}

}  // namespace tenon::cli
