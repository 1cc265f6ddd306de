// What linkers, installers and editors do to a file is noticed, and the file is then seen whole.
#include <fmt/format.h>

#include <cstdlib>
#include <future>

#include "loader/stable.h"
#include "tests/unit/loader/watched.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

// Commands of the shell, run in a folder where one.o and two.o are the versions of a library, lib.so and new.so are
// linked from them, and text and new-text are two versions of a text.
struct Tool {
    const char* program;
    const char* package;       // of Debian 12
    const char* expect;        // makes `expected`, the bytes that lib.so is to have in the end
    const char* command;       // puts them in the place of lib.so
    const char* before = ":";  // puts something else there first
};

bool succeeds(const std::string& command) {
    return std::system(command.c_str()) == 0;
}

std::string content_of(const std::string& path) {
    const auto bytes = tenon::base::read_file(path, 16u << 20);
    return bytes ? bytes.value() : "";
}

// Looks at the file only when it is told of it, and only when it is complete.
bool sees(Watch& watch, const std::string& path, const std::string& wanted) {
    const std::uint64_t deadline = tenon::base::monotonic_ns() + long_ns;
    for (std::uint64_t now = deadline - long_ns; now < deadline; now = tenon::base::monotonic_ns()) {
        if (watch.wait(deadline - now).empty()) continue;
        if (!wait_until_stable(path, long_ns, nullptr) && content_of(path) == wanted) return true;
    }
    return false;
}

void check(const Tool& tool) {
    INFO(tool.command);
    if (!succeeds(fmt::format("command -v {} >/dev/null", tool.program)))
        FAIL(tool.program << " is missing: install the package " << tool.package);
    const WatchedFolder folder;
    const std::string here = fmt::format("cd '{}' && ", folder.path());
    REQUIRE(succeeds(here + fmt::format("cp '{}' one.o && cp '{}' two.o", OBJECT_ONE, OBJECT_TWO)));
    REQUIRE(succeeds(here + "ld.bfd -shared -o lib.so one.o && ld.bfd -shared -o new.so two.o"));
    REQUIRE(succeeds(here + "seq 100 >text && echo version one >>text && sed s/one/two/ text >new-text"));
    REQUIRE(succeeds(here + tool.before));
    REQUIRE(succeeds(here + tool.expect));
    const std::string wanted = content_of(folder / "expected");
    REQUIRE(wanted.size() >= 64);
    REQUIRE(content_of(folder / "lib.so") != wanted);

    const auto watch = watch_over({folder / "lib.so"});
    std::future<bool> done = std::async(std::launch::async, [&] { return succeeds(here + tool.command); });
    CHECK(sees(*watch, folder / "lib.so", wanted));
    CHECK(done.get());
    CHECK(content_of(folder / "lib.so") == wanted);
}

}  // namespace

TEST_CASE("a library that a linker has made is noticed and seen whole") {
    check({"ld.bfd", "binutils", "ld.bfd -shared -o expected two.o", "ld.bfd -shared -o lib.so two.o"});
    check({"ld.gold", "binutils", "ld.gold -shared -o expected two.o", "ld.gold -shared -o lib.so two.o"});
    check({"ld.lld-19", "lld-19", "ld.lld-19 -shared -o expected two.o", "ld.lld-19 -shared -o lib.so two.o"});
    check({"mold", "mold", "mold -shared -o expected two.o", "mold -shared -o lib.so two.o"});
}

TEST_CASE("a library that was copied, moved or linked into its place is noticed and seen whole") {
    const char* const same = "cp new.so expected";
    check({"cp", "coreutils", same, "cp new.so lib.so"});
    check({"cp", "coreutils", same, "cp --remove-destination new.so lib.so"});
    check({"install", "coreutils", same, "install new.so lib.so"});
    check({"mv", "coreutils", same, "mv new.so lib.so"});
    check({"ln", "coreutils", same, "rm lib.so && ln new.so lib.so"});
    check({"ln", "coreutils", same, "ln -f new.so lib.so"});
    check({"ln", "coreutils", same, "ln -sf new.so lib.so"});
    check({"cmake", "cmake", same, "cmake -E copy new.so lib.so"});
    check({"cmake", "cmake", same, "cmake -E rename new.so lib.so"});
}

TEST_CASE("a library that was unpacked or synchronised is noticed and seen whole") {
    check({"tar", "tar", "cp new.so expected", "mkdir x && cp new.so x/lib.so && tar cf x.tar -C x . && tar xf x.tar"});
    // Without -I it takes files of one size and second for the same.
    check({"rsync", "rsync", "cp new.so expected", "rsync -I new.so lib.so"});
    check({"rsync", "rsync", "cp new.so expected", "rsync -I --inplace new.so lib.so"});
}

TEST_CASE("a library that was changed after it was linked is noticed and seen whole") {
    check({"strip", "binutils", "strip -o expected lib.so", "strip lib.so"});
    check({"objcopy", "binutils", "objcopy -S new.so expected", "objcopy -S new.so lib.so"});
    check({"objcopy", "binutils", "objcopy --add-section .x=text lib.so expected",
           "objcopy --add-section .x=text lib.so"});
}

TEST_CASE("what an editor has saved is noticed and seen whole") {
    const char* const same = "cp new-text expected";
    const char* const text = "cp text lib.so";
    check({"vim.tiny", "vim-tiny", same, "vim.tiny -es -u NONE -c '%s/one/two/' -c wq lib.so </dev/null", text});
    check({"sed", "sed", same, "sed -i s/one/two/ lib.so", text});
    check({"perl", "perl-base", same, "perl -i -pe s/one/two/ lib.so", text});
    check({"perl", "perl-base", same, "perl -i.bak -pe s/one/two/ lib.so", text});
}
