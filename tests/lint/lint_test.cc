// Each fixture is wrong in one way, and the finding says which.
#include <dlfcn.h>
#include <elf.h>

#include <cstring>

#include "tests/lint/fixtures.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

constexpr Severity error = Severity::error, warning = Severity::warning, note = Severity::note;

struct Case {
    const char* fixture;
    Severity severity;
    const char* id;
    const char* text;  // a decisive part
};

const Case cases[] = {
    {"with_executable_stack", error, "lint.executable-stack",
     "asks for an executable stack (PT_GNU_STACK has the flag E)"},
    {"with_writable_code", error, "lint.writable-code", "can be both written and run"},
    {"with_text_relocation", error, "lint.text-relocations",
     "has text relocations (DT_TEXTREL): its code is written to when it loads"},
    {"with_static_tls", warning, "lint.static-tls",
     "its 48 bytes of thread-local data must lie in the static block (DF_STATIC_TLS)"},
    {"with_unique_symbol", warning, "lint.gnu-unique", "has 1 symbol that is GNU_UNIQUE: there_can_be_only_one"},
    {"with_nodelete", warning, "lint.nodelete", "was linked with -z nodelete (DF_1_NODELETE)"},
    {"with_exports", warning, "lint.exports", " symbols besides tenon_entry: "},  // sanitizers add one
    {"with_exports", warning, "lint.exports", "shop_count"},
    {"with_exports", warning, "lint.exports", "shop_price"},
    {"with_lazy_binding", warning, "lint.lazy-binding",
     "was not linked with -z now (neither DF_BIND_NOW nor DF_1_NOW is set)"},
    {"without_relro", warning, "lint.no-relro", "has no PT_GNU_RELRO segment"},
    {"without_build_id", note, "lint.no-build-id", "has no build id (NT_GNU_BUILD_ID)"},
    {"without_symbolic", note, "lint.not-symbolic", "was not linked with -Bsymbolic (DF_SYMBOLIC is not set)"},
    {"with_absolute_runpath", warning, "lint.absolute-runpath",
     "its RUNPATH names /opt/acme/lib, which does not begin with $ORIGIN"},
    {"with_absolute_rpath", warning, "lint.absolute-runpath",
     "its RPATH names /opt/acme/lib, which does not begin with $ORIGIN"},
    {"with_constructors", note, "lint.constructors", "entries in DT_INIT_ARRAY; one is the compiler's own"},
    {"with_thread_local_object", note, "lint.thread-local-destructor",
     "imports __cxa_thread_atexit: it has thread-local objects with destructors"},
    {"with_newer_glibc", error, "lint.glibc", "needs GLIBC_2.99 of libm.so.6 (for sine_of_the_future); "},
    {"with_newer_glibc", note, "lint.old-systems", "GLIBC_2.99: systems from before that cannot load it"},
    {"with_newer_libstdcpp", error, "lint.glibcxx",
     "needs GLIBCXX_3.4.999 of libstdc++.so.6 (for string_of_the_future); "},
    {"with_newer_library", error, "lint.library-version", "liblintclock.so.1 has versions up to CLOCK_1.0"},
    {"with_missing_library", error, "lint.library-missing",
     "needs liblintgone.so.7, which is in none of: /etc/ld.so.cache, "},
    {"with_bundled_library", warning, "lint.soname-loaded",
     "needs liblintshared.so.1, which the search finds as " LINT_FIXTURES "/bundled/liblintshared.so.1; it will be "},
    {"with_undefined_symbol", error, "lint.undefined-symbol", "libraries defines: nobody_defines_this"},
    {"with_sanitizer_runtime", warning, "lint.undefined-symbol",
     "needs a sanitizer's runtime, which only a program that was built with the same sanitizer has: "
     "__asan_what_nobody_has"},
    {"with_other_plugin", error, "lint.needs-plugin", "needs right.so, which is the plugin " LINT_FIXTURES "/right.so"},
};

// What makes it wrong may make it wrong twice: a unique symbol is seen only where it is exported.
bool is_expected(const Finding& finding, const Case& wanted) {
    return finding.id == wanted.id ||
           (finding.id == "lint.exports" && wanted.id == std::string_view("lint.gnu-unique"));
}

Image of_another_system(const std::string& path) {
    Image image;
    image.path = path;
    image.platform = "windows-x86_64";
    image.note_type = TENON_NOTE_PLUGIN;
    image.needed = {"KERNEL32.dll", "right.so"};
    return image;
}

}  // namespace

TEST_CASE("the right plugins have no finding that matters") {
    const System system;
    for (const char* name : {"right", "right_in_cpp"})
        CHECK(severe(findings_of(name, system)) == std::vector<std::string>());
}

TEST_CASE("each fixture has the finding that its name says, and no other one that matters") {
    const System system;
    for (const Case& wanted : cases) {
        INFO(wanted.fixture << " wants " << wanted.id);
        const std::vector<Finding> findings = findings_of(wanted.fixture, system);
        const auto found = std::find_if(findings.begin(), findings.end(),
                                        [&](const Finding& finding) { return finding.id == wanted.id; });
        REQUIRE(found != findings.end());
        CHECK(found->severity == wanted.severity);
        CHECK_THAT(found->text, Catch::Matchers::Contains(wanted.text));
        CHECK(found->text.starts_with(path_of(wanted.fixture) + ": "));
        CHECK_FALSE(found->fix.empty());
        if (wanted.severity == note) continue;
        for (const Finding& finding : findings) {
            INFO(finding.id << ": " << finding.text);
            CHECK((finding.severity == note || is_expected(finding, wanted)));
        }
    }
}

TEST_CASE("every rule of the catalogue has a fixture or a test of its own") {
    const std::string_view apart[] = {"lint.machine", "lint.not-checked", "lint.damaged-tables"};
    for (const LintRule& rule : lint_rules()) {
        INFO(rule.id);
        const bool has_case =
            std::any_of(std::begin(cases), std::end(cases), [&](const Case& one) { return one.id == rule.id; });
        CHECK((has_case || std::find(std::begin(apart), std::end(apart), rule.id) != std::end(apart)));
    }
}

TEST_CASE("a version that is too new is told with the newest that is here") {
    const System system;
    const std::string text = text_of(findings_of("with_newer_glibc", system), "lint.glibc");
    CHECK_THAT(text, Catch::Matchers::Contains("libm.so.6 has versions up to GLIBC_2.") &&
                         Catch::Matchers::Contains("; glibc " + system.facts().glibc + " runs here"));
    CHECK_THAT(text_of(findings_of("with_newer_libstdcpp", system), "lint.glibcxx"),
               Catch::Matchers::Contains("libstdc++.so.6 has versions up to GLIBCXX_3.4."));
}

TEST_CASE("a plugin for another machine is told so, and nothing else is judged") {
    SystemFacts facts = system_facts();
    facts.platform = "linux-riscv64";
    const std::vector<Finding> findings = findings_of("right_in_cpp", System(facts));
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].id == "lint.machine");
    CHECK(findings[0].severity == error);
    CHECK_THAT(findings[0].text, Catch::Matchers::EndsWith("was built for linux-x86_64; this system is linux-riscv64"));
    CHECK(findings[1].id == "lint.not-checked");
}

TEST_CASE("of a plugin for Windows the plugins beside it are looked at, and what was not is listed") {
    const System system;
    const MemorySource nothing("");
    const std::vector<Finding> findings = lint(nothing, of_another_system(LINT_FIXTURES "/shop.so"), system);
    REQUIRE(findings.size() == 3);
    CHECK_THAT(text_of(findings, "lint.machine"), Catch::Matchers::StartsWith("was built for windows-x86_64; "));
    CHECK(text_of(findings, "lint.needs-plugin") == "needs right.so, which is the plugin " LINT_FIXTURES "/right.so");
    CHECK_THAT(text_of(findings, "lint.not-checked"),
               Catch::Matchers::StartsWith("is for windows-x86_64: not looked at were ") &&
                   Catch::Matchers::Contains("lint.glibc, ") && Catch::Matchers::Contains("lint.executable-stack"));
}

TEST_CASE("the module of a contract is never loaded, and has no findings") {
    Image image = of_another_system("shop.contract.so");
    image.note_type = TENON_NOTE_CONTRACT;
    CHECK(lint(MemorySource(""), image, System()).empty());
}

TEST_CASE("a file without a word about its stack gets an executable one") {
    std::string bytes = tenon::base::read_file(path_of("right"), 1u << 20).take();
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        char* const at = bytes.data() + header.e_phoff + i * sizeof(Elf64_Phdr);
        Elf64_Phdr segment;
        std::memcpy(&segment, at, sizeof segment);
        if (segment.p_type != PT_GNU_STACK) continue;
        segment.p_type = PT_NULL;
        std::memcpy(at, &segment, sizeof segment);
    }
    const MemorySource source(bytes);
    const auto image = read_image(source, "right.so");
    REQUIRE(image);
    CHECK(text_of(lint(source, image.value(), System()), "lint.executable-stack") ==
          "has no PT_GNU_STACK header, and the system then makes the stacks executable");
}

TEST_CASE("tables that are damaged are one finding") {
    const std::string bytes = tenon::base::read_file(path_of("right"), 1u << 20).take();
    const auto image = read_image(MemorySource(bytes), "right.so");
    REQUIRE(image);
    const std::string cut = bytes.substr(0, 200);  // shrunk since the image was read
    const std::vector<Finding> findings = lint(MemorySource(cut), image.value(), System());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].id == "lint.damaged-tables");
    CHECK(findings[0].severity == error);
    CHECK_THAT(findings[0].text, Catch::Matchers::StartsWith("right.so: its tables cannot be read: "));
    CHECK(findings[0].text.find("right.so", 1) == std::string::npos);
}

TEST_CASE("severe findings come first") {
    const std::vector<Finding> findings = findings_of("with_newer_libstdcpp", System());
    CHECK(std::is_sorted(findings.begin(), findings.end(),
                         [](const Finding& a, const Finding& b) { return a.severity < b.severity; }));
    CHECK(findings.front().severity == error);
}

TEST_CASE("the GLIBC that a plugin requires is the highest among its versions") {
    Image image;
    CHECK_FALSE(required_glibc(image));
    image.versions = {{"libc.so.6", "GLIBC_2.9"},
                      {"libc.so.6", "GLIBC_2.34"},
                      {"libm.so.6", "GLIBC_2.4"},
                      {"libstdc++.so.6", "GLIBCXX_3.4.30"},
                      {"libc.so.6", "GLIBC_PRIVATE"}};
    CHECK(required_glibc(image) == std::pair(2u, 34u));
    image.versions = {{"libc.so.6", "GLIBC_ABI_DT_RELR"}, {"libc.so.6", "GLIBC_2.2.5"}};
    CHECK(required_glibc(image) == std::pair(2u, 36u));
}

TEST_CASE("the image has the versions that its libraries must have") {
    const auto image = read_image_file(path_of("with_newer_glibc"));
    REQUIRE(image);
    const std::vector<NeededVersion>& versions = image.value().versions;
    CHECK(std::any_of(versions.begin(), versions.end(), [](const NeededVersion& need) {
        return need.library == "libm.so.6" && need.version == "GLIBC_2.99";
    }));
    CHECK(required_glibc(image.value()) == std::pair(2u, 99u));
}

TEST_CASE("the dynamic linker refuses what the findings say that it refuses, and loads the right plugins") {
    for (const char* name : {"with_newer_glibc", "with_newer_libstdcpp", "with_newer_library", "with_missing_library",
                             "with_undefined_symbol"}) {
        INFO(name);
        CHECK(::dlopen(path_of(name).c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr);
    }
    for (const char* name : {"right", "right_in_cpp"}) {
        void* const opened = ::dlopen(path_of(name).c_str(), RTLD_NOW | RTLD_LOCAL);
        INFO(name);
        REQUIRE(opened != nullptr);
        CHECK(::dlclose(opened) == 0);
    }
    // The name that is loaded already wins over the file that the search finds.
    void* const opened = ::dlopen(path_of("with_bundled_library").c_str(), RTLD_NOW | RTLD_LOCAL);
    REQUIRE(opened != nullptr);
    Dl_info used{};
    REQUIRE(::dladdr(::dlsym(opened, "shared_count"), &used) != 0);
    CHECK_THAT(used.dli_fname, Catch::Matchers::EndsWith("/loaded/liblintshared.so.1"));
    CHECK(::dlclose(opened) == 0);
}
