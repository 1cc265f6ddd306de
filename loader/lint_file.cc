// Findings that the file shows by itself.
#include <algorithm>

#include "loader/lint_report.h"

namespace tenon::loader {

namespace {

// The names that the linker itself gives to the ends of sections in files without a version script.
bool is_linkers_own(std::string_view name) {
    constexpr std::string_view names[] = {"_edata", "_end", "__bss_start", "_init", "_fini"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_exported(const LinkSymbol& symbol) {
    return symbol.defined && !symbol.is_version && symbol.visibility != STV_HIDDEN && symbol.visibility != STV_INTERNAL;
}

void lint_stack(const Linkage& linkage, LintReport& report) {
    const auto stack = std::find_if(linkage.segments.begin(), linkage.segments.end(),
                                    [](const Elf64_Phdr& segment) { return segment.p_type == PT_GNU_STACK; });
    if (stack == linkage.segments.end())
        report.add("lint.executable-stack",
                   "has no PT_GNU_STACK header, and the system then makes the stacks executable");
    else if ((stack->p_flags & PF_X) != 0)
        report.add("lint.executable-stack", "asks for an executable stack (PT_GNU_STACK has the flag E)");
}

void lint_static_tls(const Linkage& linkage, LintReport& report) {
    if (!linkage.dynamic.static_tls) return;
    const auto data = std::find_if(linkage.segments.begin(), linkage.segments.end(),
                                   [](const Elf64_Phdr& segment) { return segment.p_type == PT_TLS; });
    if (data == linkage.segments.end())
        report.add("lint.static-tls",
                   "reaches thread-local data of other libraries in the static block (DF_STATIC_TLS)");
    else
        report.add("lint.static-tls",
                   fmt::format("its {} bytes of thread-local data must lie in the static block (DF_STATIC_TLS)",
                               data->p_memsz));
}

void lint_run_path(std::string_view kind, const std::string& text, LintReport& report) {
    for (const std::string& folder : split_folders(text, ":"))
        if (!folder.starts_with("$ORIGIN") && !folder.starts_with("${ORIGIN}"))
            report.add("lint.absolute-runpath",
                       folder.empty()
                           ? fmt::format("its {} has an empty part, which is the current folder", kind)
                           : fmt::format("its {} names {}, which does not begin with $ORIGIN", kind, cut(folder)));
}

}  // namespace

void lint_segments(const Linkage& linkage, LintReport& report) {
    lint_stack(linkage, report);
    for (const Elf64_Phdr& segment : linkage.segments)
        if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) != 0 && (segment.p_flags & PF_X) != 0)
            report.add("lint.writable-code", fmt::format("its segment of {} bytes at {:#x} can be both written and run",
                                                         segment.p_memsz, segment.p_vaddr));
    if (std::none_of(linkage.segments.begin(), linkage.segments.end(),
                     [](const Elf64_Phdr& segment) { return segment.p_type == PT_GNU_RELRO; }))
        report.add("lint.no-relro", "has no PT_GNU_RELRO segment");
}

void lint_flags(const Linkage& linkage, const Image& image, LintReport& report) {
    const Dynamic& dynamic = linkage.dynamic;
    if (dynamic.text_relocations)
        report.add("lint.text-relocations", "has text relocations (DT_TEXTREL): its code is written to when it loads");
    lint_static_tls(linkage, report);
    if (dynamic.no_delete) report.add("lint.nodelete", "was linked with -z nodelete (DF_1_NODELETE)");
    if (!dynamic.bind_now)
        report.add("lint.lazy-binding", "was not linked with -z now (neither DF_BIND_NOW nor DF_1_NOW is set)");
    if (!dynamic.symbolic) report.add("lint.not-symbolic", "was not linked with -Bsymbolic (DF_SYMBOLIC is not set)");
    if (image.build_id.empty()) report.add("lint.no-build-id", "has no build id (NT_GNU_BUILD_ID)");
    if (dynamic.constructors > 1)
        report.add("lint.constructors",
                   fmt::format("has {} entries in DT_INIT_ARRAY; one is the compiler's own", dynamic.constructors));
    if (dynamic.runpath)
        lint_run_path("RUNPATH", *dynamic.runpath, report);
    else if (dynamic.rpath)
        lint_run_path("RPATH", *dynamic.rpath, report);
}

void lint_symbols(const Linkage& linkage, LintReport& report) {
    std::vector<std::string_view> exported, unique;
    for (const LinkSymbol& symbol : linkage.symbols) {
        if (is_exported(symbol) && symbol.name != "tenon_entry" && !is_linkers_own(symbol.name))
            exported.push_back(symbol.name);
        if (symbol.defined && symbol.binding == STB_GNU_UNIQUE) unique.push_back(symbol.name);
        if (!symbol.defined && (symbol.name == "__cxa_thread_atexit_impl" || symbol.name == "__cxa_thread_atexit"))
            report.add("lint.thread-local-destructor",
                       fmt::format("imports {}: it has thread-local objects with destructors", symbol.name));
    }
    if (!exported.empty())
        report.add("lint.exports", fmt::format("exports {} {} besides tenon_entry: {}", exported.size(),
                                               exported.size() == 1 ? "symbol" : "symbols", first_few(exported)));
    if (!unique.empty())
        report.add("lint.gnu-unique",
                   fmt::format("has {} {}: {}", unique.size(),
                               unique.size() == 1 ? "symbol that is GNU_UNIQUE" : "symbols that are GNU_UNIQUE",
                               first_few(unique)));
}

}  // namespace tenon::loader
