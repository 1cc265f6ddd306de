// Findings about the versions of symbols: those that no library here defines, and the oldest system that has all.
#include <algorithm>
#include <charconv>
#include <map>

#include "loader/lint_report.h"

namespace tenon::loader {

namespace {

// The numbers of a version of glibc; that of packed relocations came with 2.36 and has none in its name.
std::optional<VersionName> glibc_version(std::string_view text) {
    if (text == "GLIBC_ABI_DT_RELR") return VersionName{"GLIBC_", {2, 36}};
    return version_name(text);
}

// For each version's index, which has 15 bits, a symbol of the file that must have it; empty if the file does not tell.
std::vector<std::string_view> symbols_by_version(const Linkage& linkage) {
    std::vector<std::string_view> names(0x8000);
    for (const LinkSymbol& symbol : linkage.symbols) {
        std::string_view& name = names[symbol.version & 0x7fffu];
        if (!symbol.defined && name.empty()) name = symbol.name;
    }
    return names;
}

std::string_view id_for(std::string_view version) {
    if (version.starts_with("GLIBC_")) return "lint.glibc";
    const bool compilers = version.starts_with("GLIBCXX_") || version.starts_with("CXXABI_") ||
                           version.starts_with("GCC_") || version.starts_with("LIBGCC_");
    return compilers ? "lint.glibcxx" : "lint.library-version";
}

// The newest version of this family that a library defines; empty: none.
std::string newest(const std::vector<std::string>& versions, std::string_view family) {
    std::string found;
    std::vector<unsigned> highest;
    for (const std::string& text : versions) {
        const std::optional<VersionName> name = version_name(text);
        if (!name || name->family != family || name->numbers <= highest) continue;
        highest = name->numbers;
        found = text;
    }
    return found;
}

std::string what_is_there(const std::vector<std::string>& versions, const std::string& wanted) {
    const std::optional<VersionName> name = version_name(wanted);
    const std::string best = name ? newest(versions, name->family) : std::string();
    return best.empty() ? "has no version of that name" : fmt::format("has versions up to {}", best);
}

bool defines(const Linkage& linkage, const std::string& version) {
    // A library without versions fits all, for the dynamic linker.
    return linkage.versions.empty() ||
           std::find(linkage.versions.begin(), linkage.versions.end(), version) != linkage.versions.end();
}

// `symbol`: one that must have the version, or empty.
void add_unmet(std::string_view symbol, const VersionNeed& need, const Needed& library, const System& system,
               LintReport& report) {
    const std::string reason = symbol.empty() ? "" : fmt::format(" (for {})", cut(symbol));
    const std::string_view id = id_for(need.version);
    const std::string runs = id == "lint.glibc" && !system.facts().glibc.empty()
                                 ? fmt::format("; glibc {} runs here", system.facts().glibc)
                                 : std::string();
    report.add(id, fmt::format("needs {} of {}{}; {} {}{}", cut(need.version), cut(need.library), reason,
                               library.used(), what_is_there(library.linkage->versions, need.version), runs));
}

// The newest version that the file needs of each family, in the order of the alphabet.
void lint_old_systems(const Linkage& linkage, LintReport& report) {
    std::map<std::string, std::string, std::less<>> highest;  // family -> version
    for (const VersionNeed& need : linkage.needs) {
        const std::optional<VersionName> name = glibc_version(need.version);
        if (need.weak || !name || (name->family != "GLIBC_" && name->family != "GLIBCXX_")) continue;
        std::string& best = highest[std::string(name->family)];
        const std::optional<VersionName> before = glibc_version(best);
        if (!before || before->numbers < name->numbers) best = need.version;
    }
    std::vector<std::string> all;
    for (const auto& [family, version] : highest) all.push_back(cut(version));
    if (!all.empty())
        report.add("lint.old-systems",
                   fmt::format("needs {}: systems from before that cannot load it", fmt::join(all, " and ")));
}

}  // namespace

std::optional<VersionName> version_name(std::string_view text) {
    const std::size_t begin = text.rfind('_');
    if (begin == std::string_view::npos) return {};
    VersionName name{text.substr(0, begin + 1), {}};
    const char* at = text.data() + begin + 1;
    const char* const end = text.data() + text.size();
    for (;;) {
        unsigned number = 0;
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc() || name.numbers.size() == 4) return {};
        name.numbers.push_back(number);
        if (next == end) return name;
        if (*next != '.') return {};
        at = next + 1;
    }
}

std::optional<std::pair<unsigned, unsigned>> required_glibc(const Image& image) {
    std::optional<std::pair<unsigned, unsigned>> highest;
    for (const NeededVersion& need : image.versions) {
        const std::optional<VersionName> name = glibc_version(need.version);
        if (!name || name->family != "GLIBC_" || name->numbers.size() < 2) continue;
        const std::pair version(name->numbers[0], name->numbers[1]);
        if (!highest || *highest < version) highest = version;
    }
    return highest;
}

std::vector<std::uint16_t> lint_versions(const Linkage& linkage, const std::vector<Needed>& needed,
                                         const System& system, LintReport& report) {
    std::vector<std::uint16_t> unmet;
    const std::vector<std::string_view> symbols = symbols_by_version(linkage);
    for (const VersionNeed& need : linkage.needs) {
        const auto library = std::find_if(needed.begin(), needed.end(), [&](const Needed& one) {
            return one.name == need.library || (one.linkage != nullptr && one.linkage->dynamic.soname == need.library);
        });
        if (need.weak || library == needed.end() || library->linkage == nullptr) continue;
        if (defines(*library->linkage, need.version)) continue;
        add_unmet(symbols[need.index & 0x7fffu], need, *library, system, report);
        unmet.push_back(need.index);
    }
    lint_old_systems(linkage, report);
    return unmet;
}

}  // namespace tenon::loader
