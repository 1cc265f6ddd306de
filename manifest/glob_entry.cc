#include "manifest/glob_entry.h"

#include <algorithm>

namespace tenon::manifest {

GlobEntry split_entry(std::string_view text) {
    GlobEntry entry;
    std::size_t end = std::min(text.find(exception_mark), text.size());
    entry.glob = text.substr(0, end);
    while (end < text.size()) {
        const std::size_t begin = end + exception_mark.size();
        end = std::min(text.find(exception_mark, begin), text.size());
        entry.exceptions.push_back(text.substr(begin, end - begin));
    }
    return entry;
}

std::optional<Denial> denial_of(std::string_view text) {
    const auto behind = [text](std::string_view kind) { return text.substr(kind.size()); };
    if (text.starts_with("read:")) return Denial{false, behind("read:")};
    if (text.starts_with("write:")) return Denial{true, behind("write:")};
    return std::nullopt;
}

}  // namespace tenon::manifest
