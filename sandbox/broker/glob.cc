// Both levels, parts of a path and characters of a part, are matched alike: forward, and at a mismatch back to the last
// wildcard, which then takes one more. An earlier wildcard never has to be tried again, because whatever it could take,
// the last one can take as well; so no pair of a place in the glob and a place in the path is compared twice.
#include "sandbox/broker/glob.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/broker/path.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

namespace {

constexpr std::size_t most_glob_bytes = most_path_bytes;
constexpr std::string_view any_parts = "**";

std::string glob_fault(std::string_view text) {
    if (text.size() > most_glob_bytes) return fmt::format("has {} bytes, of {} at most", text.size(), most_glob_bytes);
    if (std::string fault = path_fault(text); !fault.empty()) return fault;
    if (text.find_first_of("\\[]{}") != text.npos) return "has a backslash, a bracket or a brace";
    for (const std::string_view part : parts_of(text))
        if (part != any_parts && part.find(any_parts) != part.npos) return "has \"**\" inside a part";
    return "";
}

// Where the character that begins at `at` ends.
std::size_t after_character(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u) ++at;
    return at;
}

char small(char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

bool same(char one, char other, Letters letters) {
    return one == other || (letters == Letters::in_any_case && small(one) == small(other));
}

bool starts_with(std::string_view text, std::string_view beginning, Letters letters) {
    return text.size() >= beginning.size() &&
           std::equal(beginning.begin(), beginning.end(), text.begin(),
                      [=](char one, char other) { return same(one, other, letters); });
}

bool part_matches(std::string_view glob, std::string_view part, Letters letters) {
    std::size_t in_glob = 0, in_part = 0, star = glob.npos, taken = 0;
    while (in_part < part.size()) {
        if (in_glob < glob.size() && glob[in_glob] == '*') {
            star = in_glob++;
            taken = in_part;
        } else if (in_glob < glob.size() && glob[in_glob] == '?') {
            ++in_glob;
            in_part = after_character(part, in_part);
        } else if (in_glob < glob.size() && same(glob[in_glob], part[in_part], letters)) {
            ++in_glob;
            ++in_part;
        } else if (star != glob.npos) {
            in_glob = star + 1;
            in_part = taken = after_character(part, taken);
        } else {
            return false;
        }
    }
    while (in_glob < glob.size() && glob[in_glob] == '*') ++in_glob;
    return in_glob == glob.size();
}

bool parts_match(const std::vector<std::string>& glob, const std::vector<std::string_view>& path, Letters letters) {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t in_glob = 0, in_path = 0, star = none, taken = 0;
    while (in_path < path.size()) {
        if (in_glob < glob.size() && glob[in_glob] == any_parts) {
            star = in_glob++;
            taken = in_path;
        } else if (in_glob < glob.size() && part_matches(glob[in_glob], path[in_path], letters)) {
            ++in_glob;
            ++in_path;
        } else if (star != none) {
            in_glob = star + 1;
            in_path = ++taken;
        } else {
            return false;
        }
    }
    while (in_glob < glob.size() && glob[in_glob] == any_parts) ++in_glob;
    return in_glob == glob.size();
}

std::string fixed_part(const std::vector<std::string>& parts) {
    std::string fixed;
    for (const std::string& part : parts) {
        if (part.find_first_of("*?") != part.npos) break;
        fixed += '/';
        fixed += part;
    }
    return fixed.empty() ? "/" : fixed;
}

}  // namespace

base::Result<Glob> Glob::parse(std::string_view text) {
    if (const std::string fault = glob_fault(text); !fault.empty())
        return base::Problem{"broker.bad-glob", fmt::format("the glob \"{}\" {}", shown(text), fault),
                             "write it as in \"/usr/share/dict/*\" or \"/srv/shop/**\""};
    Glob glob;
    glob.text_ = text;
    for (const std::string_view part : parts_of(text)) glob.parts_.emplace_back(part);
    glob.fixed_ = fixed_part(glob.parts_);
    return glob;
}

base::Result<Glob> Glob::below(std::string_view folder, std::string_view rest) {
    while (folder.ends_with('/')) folder.remove_suffix(1);
    if (const std::string fault = folder.empty() ? "" : path_fault(folder); !fault.empty())
        return base::Problem{"broker.bad-glob", fmt::format("the folder \"{}\" {}", shown(folder), fault),
                             "choose a folder with another name"};
    if (folder.empty()) return parse(rest);
    Glob glob;
    if (!rest.empty()) {
        base::Result<Glob> inside = parse(rest);
        if (!inside) return inside;
        glob = inside.take();
    }
    glob.fixed_ = std::string(folder) + (glob.fixed_ == "/" ? "" : glob.fixed_);
    glob.text_ = std::string(folder) + glob.text_;
    glob.folder_ = folder;
    return glob;
}

Glob Glob::with_all_below() const {
    Glob wider = *this;
    if (!parts_.empty() && parts_.back() == any_parts) return wider;
    wider.parts_.emplace_back(any_parts);
    wider.text_ += "/**";
    return wider;
}

bool is_in(std::string_view path, std::string_view folder, Letters letters) {
    if (folder == "/") return true;
    return starts_with(path, folder, letters) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool Glob::matches(std::string_view path, Letters letters) const {
    if (!starts_with(path, folder_, letters)) return false;
    path.remove_prefix(folder_.size());
    if (path.empty()) return parts_match(parts_, {}, letters);
    return path.starts_with('/') && parts_match(parts_, parts_of(path), letters);
}

std::optional<Root> root_of(const Glob& glob) {
    if (!glob.has_wildcards()) return Root{glob.text(), false};
    const std::string_view folder = glob.fixed() == "/" ? std::string_view() : std::string_view(glob.fixed());
    if (glob.text() == fmt::format("{}/**", folder)) return Root{glob.fixed(), true};
    return std::nullopt;
}

}  // namespace tenon::sandbox::broker
