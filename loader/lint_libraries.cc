// Findings about the libraries that the file needs.
#include <algorithm>
#include <unordered_set>

#include "loader/lint_report.h"

namespace tenon::loader {

namespace {

// Where the dynamic linker looks, in words.
std::string places(const Dynamic& dynamic, const SystemFacts& facts) {
    std::vector<std::string> all;
    if (dynamic.rpath && !dynamic.runpath) all.push_back(fmt::format("RPATH {}", cut(*dynamic.rpath)));
    if (!facts.library_path.empty()) all.push_back(fmt::format("LD_LIBRARY_PATH {}", cut(facts.library_path)));
    if (dynamic.runpath) all.push_back(fmt::format("RUNPATH {}", cut(*dynamic.runpath)));
    if (!dynamic.no_default_folders) {
        all.push_back(facts.cache_file);
        all.insert(all.end(), facts.default_folders.begin(), facts.default_folders.end());
    }
    return fmt::format("{}", fmt::join(all, ", "));
}

// "needs x", or "needs, through /usr/lib/y.so, x".
std::string needs(const Needed& library, const std::vector<std::string>& direct) {
    const bool itself = std::find(direct.begin(), direct.end(), library.name) != direct.end();
    return itself ? fmt::format("needs {}", cut(library.name))
                  : fmt::format("needs, through {}, {}", library.needed_by, cut(library.name));
}

bool is_sanitizers(std::string_view symbol) {
    constexpr std::string_view prefixes[] = {"__asan_",   "__ubsan_",     "__tsan_",   "__msan_", "__lsan_",
                                             "__hwasan_", "__sanitizer_", "__sancov_", "__dfsan_"};
    return std::any_of(std::begin(prefixes), std::end(prefixes),
                       [&](std::string_view prefix) { return symbol.starts_with(prefix); });
}

void add_undefined(const std::vector<std::string_view>& symbols, std::size_t libraries, LintReport& report) {
    std::vector<std::string_view> runtime, others;
    for (const std::string_view symbol : symbols) (is_sanitizers(symbol) ? runtime : others).push_back(symbol);
    if (!others.empty())
        report.add("lint.undefined-symbol",
                   fmt::format("needs {} that none of its {} libraries defines: {}",
                               others.size() == 1 ? "a symbol" : "symbols", libraries, first_few(others)));
    if (!runtime.empty())
        report.add(
            "lint.undefined-symbol",
            fmt::format("needs a sanitizer's runtime, which only a program that was built with the same sanitizer "
                        "has: {}",
                        first_few(runtime)),
            Severity::warning);
}

}  // namespace

void lint_libraries(const Linkage& linkage, const std::vector<Needed>& needed, const System& system,
                    LintReport& report) {
    const std::vector<std::string>& direct = linkage.dynamic.needed;
    for (const Needed& library : needed) {
        const std::string what = needs(library, direct);
        if (library.used().empty()) {
            report.add("lint.library-missing",
                       fmt::format("{}, which is in none of: {}", what, places(linkage.dynamic, system.facts())));
            continue;
        }
        if (!library.loaded.empty() && library.path.empty())
            report.add("lint.soname-loaded",
                       fmt::format("{}, which the search does not find; it will be {}, because that is loaded already",
                                   what, library.loaded));
        else if (!library.loaded.empty() && !same_file(library.loaded, library.path))
            report.add("lint.soname-loaded",
                       fmt::format("{}, which the search finds as {}; it will be {}, because that is loaded already",
                                   what, library.path, library.loaded));
        if (library.linkage != nullptr && library.linkage->has_tenon_note)
            report.add("lint.needs-plugin", fmt::format("{}, which is the plugin {}", what, library.used()));
    }
}

void lint_undefined(const Linkage& linkage, const std::vector<Needed>& needed, const std::vector<std::uint16_t>& unmet,
                    LintReport& report) {
    // Where a library is missing, so are its symbols: one finding is enough.
    if (std::any_of(needed.begin(), needed.end(), [](const Needed& one) { return one.linkage == nullptr; })) return;
    std::vector<bool> is_unmet(0x8000);  // by the version's index, which has 15 bits
    for (const std::uint16_t index : unmet) is_unmet[index & 0x7fffu] = true;
    std::vector<std::string_view> undefined;
    for (const LinkSymbol& symbol : linkage.symbols) {
        if (symbol.defined || symbol.binding == STB_WEAK || symbol.name.empty()) continue;
        if (is_unmet[symbol.version & 0x7fffu]) continue;
        if (std::none_of(needed.begin(), needed.end(),
                         [&](const Needed& one) { return one.linkage->defined.count(symbol.name) != 0; }))
            undefined.push_back(symbol.name);
    }
    add_undefined(undefined, needed.size(), report);
}

}  // namespace tenon::loader
