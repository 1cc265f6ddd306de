// What is said about this system agrees with what it says itself.
#include "loader/system.h"

#include <gnu/libc-version.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "tests/lint/fixtures.h"

using namespace tenon::loader;

namespace {

// The flags of the first processor in /proc/cpuinfo.
std::set<std::string> processor_flags() {
    const std::string text = tenon::base::read_file("/proc/cpuinfo", 16u << 20).take();
    const std::size_t begin = text.find("flags");
    std::set<std::string> flags;
    if (begin == std::string::npos) return flags;
    std::size_t at = text.find(':', begin) + 1;
    const std::size_t end = text.find('\n', begin);
    while (at < end) {
        const std::size_t next = std::min(text.find(' ', at), end);
        flags.insert(text.substr(at, next - at));
        at = next + 1;
    }
    return flags;
}

std::size_t open_files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

}  // namespace

TEST_CASE("platform and C library are those of this program") {
    const SystemFacts facts = system_facts();
    CHECK(facts.glibc == ::gnu_get_libc_version());
#if defined(__x86_64__)
    CHECK(facts.platform == "linux-x86_64");
#endif
}

#if defined(__x86_64__)
TEST_CASE("the processor's features are those that the kernel lists") {
    const std::set<std::string> flags = processor_flags();
    REQUIRE_FALSE(flags.empty());
    const std::vector<std::string> features = system_features();
    const std::set<std::string> told(features.begin(), features.end());
    for (const auto& [feature, flag] :
         {std::pair("avx", "avx"), std::pair("avx2", "avx2"), std::pair("avx512f", "avx512f"),
          std::pair("sse4.2", "sse4_2"), std::pair("bmi2", "bmi2"), std::pair("fma", "fma"), std::pair("aes", "aes")}) {
        INFO(feature);
        CHECK(told.count(feature) == flags.count(flag));
    }
}
#endif

TEST_CASE("asking for features opens no file and makes no namespace") {
    const std::size_t before = open_files();
    const auto user = std::filesystem::read_symlink("/proc/self/ns/user");
    const std::vector<std::string> features = system_features();
    CHECK(open_files() == before);
    CHECK(std::filesystem::read_symlink("/proc/self/ns/user") == user);
    CHECK(system_features() == features);
    CHECK(std::set<std::string>(features.begin(), features.end()).size() == features.size());
}

TEST_CASE("loaded libraries are told with path and SONAME") {
    const std::vector<LoadedLibrary> all = loaded_libraries();
    const auto shared = std::find_if(all.begin(), all.end(),
                                     [](const LoadedLibrary& one) { return one.soname == "liblintshared.so.1"; });
    REQUIRE(shared != all.end());
    CHECK_THAT(shared->path, Catch::Matchers::EndsWith("/fixtures/loaded/liblintshared.so.1"));
    for (const LoadedLibrary& one : all) {
        const auto source = FileSource::open(one.path);
        REQUIRE(source);
        const auto elf = Elf::open(source.value(), one.path);
        REQUIRE(elf);
        CHECK(elf.value().dynamic().value().soname == one.soname);
    }
}

TEST_CASE("a library is read once, and again when its file has changed") {
    const std::string folder = tenon::base::make_unique_folder(tenon::base::temporary_folder(), "tenon-lint-").take();
    const std::string path = folder + "/library.so";
    const System system;
    std::filesystem::copy_file(fixtures::path_of("right"), path);
    const auto first = system.library(path);
    REQUIRE(first != nullptr);
    CHECK(first->has_tenon_note);
    CHECK(system.library(path) == first);
    std::filesystem::remove(path);
    CHECK(system.library(path) == nullptr);
    std::filesystem::copy_file(LINT_FIXTURES "/liblintclock.so.1", path);
    const auto second = system.library(path);
    REQUIRE(second != nullptr);
    CHECK_FALSE(second->has_tenon_note);
    CHECK(second->versions == std::vector<std::string>{"CLOCK_1.0"});
    CHECK(second->defined.count("clock_tick") == 1);
    CHECK(system.library(folder) == nullptr);
    tenon::base::remove_tree(folder);
}
