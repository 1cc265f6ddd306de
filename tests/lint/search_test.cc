// The search finds what the dynamic linker finds; what that has loaded into this process is the oracle.
#include "loader/library_search.h"

#include <cstdlib>
#include <filesystem>

#include "tests/lint/fixtures.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

Linkage linkage_of(const std::string& path) {
    const auto source = FileSource::open(path);
    REQUIRE(source);
    const auto elf = Elf::open(source.value(), path);
    REQUIRE(elf);
    auto linkage = Linkage::read(elf.value());
    REQUIRE(linkage);
    return linkage.take();
}

const Needed& library(const std::vector<Needed>& all, const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Needed& one) { return one.name == name; });
    REQUIRE(found != all.end());
    return *found;
}

// A folder that is removed with all that is in it.
class Folder {
public:
    Folder() : path_(tenon::base::make_unique_folder(tenon::base::temporary_folder(), "tenon-lint-").take()) {}
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { tenon::base::remove_tree(path_); }

    const std::string& path() const { return path_; }
    // A copy of this fixture's library, in folders that are made.
    std::string copy(const std::string& from, const std::string& to) const {
        const std::filesystem::path target = path_ + "/" + to;
        std::filesystem::create_directories(target.parent_path());
        std::filesystem::copy_file(from, target);
        return target;
    }

private:
    std::string path_;
};

// Nothing but what the test puts there.
SystemFacts bare_facts() {
    SystemFacts facts = system_facts();
    facts.loaded.clear();
    facts.library_path.clear();
    facts.default_folders.clear();
    facts.cache_file = "/nonexistent";
    facts.levels.clear();
    return facts;
}

const std::string clock_library = LINT_FIXTURES "/liblintclock.so.1";

Linkage needing(const std::string& name) {
    Linkage linkage;
    linkage.dynamic.needed = {name};
    return linkage;
}

std::string found_for(const Linkage& linkage, const std::string& path, const SystemFacts& facts) {
    const System system(facts);
    const std::vector<Needed> all = find_needed(path, linkage, system);
    REQUIRE_FALSE(all.empty());
    return all[0].path;
}

}  // namespace

TEST_CASE("the search finds the libraries that the dynamic linker loaded into this program") {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    const System system;
    const std::vector<Needed> all = find_needed(self, linkage_of(self), system);
    CHECK(all.size() >= 4);
    for (const Needed& one : all) {
        INFO(one.name << " found as " << one.path << ", loaded as " << one.loaded);
        CHECK_FALSE(one.loaded.empty());
        CHECK(same_file(one.path, one.loaded));
        CHECK(one.linkage != nullptr);
    }
    CHECK(library(all, "libc.so.6").linkage->defined.count("malloc") == 1);
    const std::string fmt = library(all, "libfmt.so.9").path;
    CHECK(library(find_needed(fmt, linkage_of(fmt), system), "ld-linux-x86-64.so.2").needed_by != fmt);
}

TEST_CASE("$ORIGIN is the folder of the file that names it") {
    const Folder folder;
    folder.copy(clock_library, "lib/liblintclock.so.1");
    for (const char* text : {"$ORIGIN/lib", "${ORIGIN}/lib", "/nonexistent:$ORIGIN/lib"}) {
        Linkage linkage = needing("liblintclock.so.1");
        linkage.dynamic.runpath = text;
        CHECK(found_for(linkage, folder.path() + "/plugin.so", bare_facts()) ==
              folder.path() + "/lib/liblintclock.so.1");
    }
}

TEST_CASE("a DT_RUNPATH switches the DT_RPATH off, and comes behind LD_LIBRARY_PATH") {
    const Folder folder;
    const std::string by_rpath = folder.copy(clock_library, "rpath/liblintclock.so.1");
    const std::string by_variable = folder.copy(clock_library, "variable/liblintclock.so.1");
    const std::string by_runpath = folder.copy(clock_library, "runpath/liblintclock.so.1");
    SystemFacts facts = bare_facts();
    Linkage linkage = needing("liblintclock.so.1");
    linkage.dynamic.rpath = folder.path() + "/rpath";
    facts.library_path = "/nonexistent;" + folder.path() + "/variable";
    CHECK(found_for(linkage, "plugin.so", facts) == by_rpath);
    linkage.dynamic.runpath = folder.path() + "/runpath";
    CHECK(found_for(linkage, "plugin.so", facts) == by_variable);
    facts.library_path.clear();
    CHECK(found_for(linkage, "plugin.so", facts) == by_runpath);
}

TEST_CASE("a DT_RPATH holds for the libraries of libraries, a DT_RUNPATH does not") {
    const Folder folder;
    folder.copy(path_of("with_newer_library"), "libmiddle.so");  // needs liblintclock.so.1, RUNPATH $ORIGIN
    folder.copy(clock_library, "deep/liblintclock.so.1");
    Linkage linkage = needing("libmiddle.so");
    linkage.dynamic.rpath = folder.path() + ":" + folder.path() + "/deep";
    const System system(bare_facts());
    // The library in the middle has a DT_RUNPATH of its own, so nothing is inherited.
    CHECK(library(find_needed("plugin.so", linkage, system), "liblintclock.so.1").path.empty());
    // Without one, it is.
    folder.copy(path_of("with_missing_library"), "libplain.so");
    const std::string gone = folder.copy(clock_library, "deep/liblintgone.so.7");
    linkage.dynamic.needed = {"libplain.so"};
    CHECK(library(find_needed("plugin.so", linkage, system), "liblintgone.so.7").path == gone);
}

TEST_CASE("the default folders come last, the hardware's own subfolders first, and what is no library is passed over") {
    const Folder folder;
    const std::string plain = folder.copy(clock_library, "second/liblintclock.so.1");
    folder.copy(LINT_PAGE, "first/liblintclock.so.1");
    SystemFacts facts = bare_facts();
    facts.default_folders = {folder.path() + "/first", folder.path() + "/second"};
    Linkage linkage = needing("liblintclock.so.1");
    CHECK(found_for(linkage, "plugin.so", facts) == plain);
    const std::string best = folder.copy(clock_library, "second/glibc-hwcaps/x86-64-v3/liblintclock.so.1");
    facts.levels = {"x86-64-v4", "x86-64-v3"};
    CHECK(found_for(linkage, "plugin.so", facts) == best);
    linkage.dynamic.no_default_folders = true;
    CHECK(found_for(linkage, "plugin.so", facts).empty());
}

TEST_CASE("a name with a slash is a path") {
    CHECK(found_for(needing(clock_library), "plugin.so", bare_facts()) == clock_library);
    CHECK(found_for(needing("$ORIGIN/liblintclock.so.1"), LINT_FIXTURES "/plugin.so", bare_facts()) == clock_library);
    CHECK(found_for(needing("/nonexistent/a.so"), "plugin.so", bare_facts()).empty());
}

TEST_CASE("a library that needs itself, or others that need each other, end the search") {
    const Folder folder;
    folder.copy(path_of("with_other_plugin"), "right.so");  // needs right.so, beside it
    Linkage linkage = needing("right.so");
    linkage.dynamic.runpath = folder.path();
    const System system(bare_facts());
    const std::vector<Needed> all = find_needed("plugin.so", linkage, system);
    CHECK(std::count_if(all.begin(), all.end(), [](const Needed& one) { return one.name == "right.so"; }) == 1);
    CHECK(library(all, "right.so").needed_by == "plugin.so");
}

TEST_CASE("empty parts of a run path are the current folder") {
    CHECK(split_folders("", ":").empty());
    CHECK(split_folders("/a", ":") == std::vector<std::string>{"/a"});
    CHECK(split_folders("/a::/b:", ":") == std::vector<std::string>{"/a", "", "/b", ""});
    CHECK(split_folders("/a;/b:/c", ":;") == std::vector<std::string>{"/a", "/b", "/c"});
}

TEST_CASE("of one file so many names are looked for, in so many folders of its own") {
    const Folder folder;
    const std::string copy = folder.copy(clock_library, "lib/liblintclock.so.1");
    const System system(bare_facts());
    Linkage many;
    for (int i = 0; i < 300; ++i) many.dynamic.needed.push_back("libnone" + std::to_string(i) + ".so");
    const std::vector<Needed> all = find_needed(folder.path() + "/shop.so", many, system);
    REQUIRE(all.size() == 256);
    CHECK(all.back().name == "libnone255.so");
    const auto behind = [&](int others) {
        Linkage linkage = needing("liblintclock.so.1");
        linkage.dynamic.runpath.emplace();
        for (int i = 0; i < others; ++i) *linkage.dynamic.runpath += "/nonexistent:";
        *linkage.dynamic.runpath += "$ORIGIN/lib";
        return found_for(linkage, folder.path() + "/shop.so", bare_facts());
    };
    CHECK(behind(63) == copy);
    CHECK(behind(64).empty());
}
