// The catalogue. docs/lint.md explains each rule; tests/lint compares the two.
#include "loader/lint.h"

namespace tenon::loader {

namespace {

constexpr std::string_view refused = "the dynamic linker refuses it";
constexpr std::string_view keeps_old = "refused, and the generation before it stays active";
constexpr std::string_view none = "-";

constexpr LintRule rules[] = {
    {"lint.machine",
     Severity::error,
     "Use the build for this system and machine.",
     {refused, keeps_old, none, "it runs on its own system only"}},
    {"lint.damaged-tables",
     Severity::error,
     "Build or copy the plugin again.",
     {"the dynamic linker may refuse it, or crash", "must not be tried", "a crash takes the host along", "the same"}},
    {"lint.glibc",
     Severity::error,
     "Build the plugin on the oldest system that it is to run on, or update this one.",
     {refused, keeps_old, none, "no system with an older glibc loads it"}},
    {"lint.glibcxx",
     Severity::error,
     "Build with the compiler of the oldest system that it is to run on, link with -static-libstdc++ -static-libgcc, "
     "or "
     "update libstdc++ here.",
     {refused, keeps_old, none, "no system with an older libstdc++ or libgcc loads it"}},
    {"lint.library-version",
     Severity::error,
     "Build against the version of the library that is installed, or ship the library beside the plugin with the "
     "RUNPATH $ORIGIN.",
     {refused, keeps_old, none, "no system with an older version of the library loads it"}},
    {"lint.library-missing",
     Severity::error,
     "Install the library, or ship it beside the plugin and link with -Wl,-rpath,'$ORIGIN'.",
     {refused, keeps_old, none, "a system that has the library loads it"}},
    {"lint.needs-plugin",
     Severity::error,
     "Offer a contract or a service in that plugin and use it here; name the plugin under dependencies in the "
     "manifest, "
     "and do not link with its library.",
     {"a second copy of that plugin's code is loaded, without its life cycle",
      "that plugin cannot be replaced or "
      "unloaded while this one is there",
      "both share one copy of statics, past the host", none}},
    {"lint.undefined-symbol",
     Severity::error,
     "Link with the library that defines it, and with -Wl,-z,defs, so that the linker finds this out.",
     {"the dynamic linker refuses it, unless the program itself happens to export the symbol", keeps_old,
      "it may bind to whatever the program exports under this name", "the same"}},
    {"lint.text-relocations",
     Severity::error,
     "Compile all that goes into the plugin with -fPIC, static libraries included, and link with -Wl,-z,text.",
     {"refused where the system forbids it (SELinux, musl); slower elsewhere", "each generation has pages of its own",
      "its code can be written while it loads", "the same"}},
    {"lint.executable-stack",
     Severity::error,
     "Link with -Wl,-z,noexecstack; give assembler files a .note.GNU-stack section; avoid nested functions of GNU C.",
     {"refused by glibc 2.41 and later, and where the system forbids it", none,
      "the stacks of the whole host become executable, and stay so", "older systems load it, and lose the protection"}},
    {"lint.writable-code",
     Severity::error,
     "Do not link with -N, --omagic or a linker script that joins code and data.",
     {"refused where the system forbids it (SELinux)", none, "a stray write becomes code of the host's process",
      "the same"}},
    {"lint.soname-loaded",
     Severity::warning,
     "Use the same file everywhere, link the library statically, or give the plugin's own copy another SONAME.",
     {"it runs with the library that is loaded already, not with its own",
      "a new build of its library is not used as long as the other one is loaded",
      "it shares the library's state with whoever loaded it", "depends on what the program has loaded there"}},
    {"lint.static-tls",
     Severity::warning,
     "Compile without -ftls-model=initial-exec or local-exec, static libraries included; check for __attribute__"
     "((tls_model)).",
     {"fails when the small reserve for such data is used up",
      "each generation takes from the reserve, and may not give "
      "it back",
      none, "some have a smaller reserve"}},
    {"lint.gnu-unique",
     Severity::warning,
     "Compile with -fno-gnu-unique, or link with a version script that exports tenon_entry only.",
     {none, "the old generation stays in memory for ever",
      "its statics are shared with every library that has the same "
      "symbol",
      none}},
    {"lint.nodelete",
     Severity::warning,
     "Link without -z nodelete.",
     {none, "the old generation stays in memory for ever", none, none}},
    {"lint.exports",
     Severity::warning,
     "Link with a version script that exports tenon_entry only, as tenon_add_plugin() does.",
     {"calls inside the plugin may go to a symbol of the same name in the program", none,
      "libraries that it needs may bind to its symbols", none}},
    {"lint.lazy-binding",
     Severity::warning,
     "Link with -Wl,-z,now.",
     {"Tenon binds it at once all the same; other programs find missing symbols in the middle of a call", none,
      "the table of its functions' addresses stays writable", none}},
    {"lint.no-relro",
     Severity::warning,
     "Link with -Wl,-z,relro.",
     {none, none, "tables of addresses stay writable after loading", none}},
    {"lint.absolute-runpath",
     Severity::warning,
     "Link with -Wl,-rpath,'$ORIGIN' and ship the libraries beside the plugin, or without a run path (in CMake: "
     "BUILD_WITH_INSTALL_RPATH, INSTALL_RPATH).",
     {"its libraries come from a folder that may belong to somebody else, or not exist",
      "the libraries of the generation before are used again", "whoever may write that folder runs code in the host",
      "the folder may not exist there"}},
    {"lint.not-symbolic",
     Severity::note,
     "Link with -Wl,-Bsymbolic, as tenon_add_plugin() does.",
     {"its exported symbols may be taken from the program", none, "a symbol of the program may replace its own", none}},
    {"lint.no-build-id",
     Severity::note,
     "Link with -Wl,--build-id.",
     {none, "two builds cannot be told apart by their id", none, none}},
    {"lint.thread-local-destructor",
     Severity::note,
     "Keep thread-local objects trivial, or store such state in the plugin's own object.",
     {none, "the old generation stays in memory until the threads that used the object have ended", none, none}},
    {"lint.constructors",
     Severity::note,
     "Make statics constexpr or local to functions, and begin work in create or start.",
     {"they run before the host can catch a fault or measure time", "their destructors run when it is unmapped", none,
      none}},
    {"lint.old-systems",
     Severity::note,
     "Build on an older system if that is too new.",
     {none, none, none, "refused by systems from before these versions"}},
    {"lint.not-checked",
     Severity::note,
     "Run tenon doctor on the system that the plugin is for.",
     {none, none, none, none}},
};

}  // namespace

std::span<const LintRule> lint_rules() {
    return rules;
}

}  // namespace tenon::loader
