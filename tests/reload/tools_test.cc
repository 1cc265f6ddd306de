// Whatever tool puts a new build in a watched file's place: it ends in one reload, of the final bytes, and no refusal.
#include <fmt/format.h>

#include "tests/reload/files_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// Commands of the shell, run in the folder of the plugin, where b.o is an object of build b and b.so is linked from it.
struct Tool {
    const char* program;
    const char* package;      // of Debian 12
    std::string command;      // puts a new file in the place of plugin.so
    const char* build = "b";  // that it is
};

class ToolShop : public FileShop {
public:
    ToolShop() {
        load_marker();
        const std::string here = "cd '" + folder() + "' && ";
        REQUIRE(succeeds(here + "cp '" OBJECT_B "' b.o && mkdir tools fresh"));
        // The compiler finds its linker by name there.
        REQUIRE(succeeds(here + "ln -s $(command -v ld.lld-19 || echo missing) tools/ld.lld"));
        REQUIRE(succeeds(here + "cp '" + build_of("tells_its_build", "b") + "' b.so"));
    }

    void check(const Tool& tool) {
        INFO(tool.command);
        if (!succeeds(fmt::format("command -v {} >/dev/null", tool.program)))
            FAIL(tool.program << " is missing: install the package " << tool.package);
        const std::string here = "cd '" + folder() + "' && ";
        REQUIRE(succeeds(here + "rm -f plugin.so && cp '" + build_of("tells_its_build", "a") + "' plugin.so"));
        REQUIRE(succeeds(here + "cp '" + build_of("tells_its_build", "b") + "' b.so"));
        REQUIRE(reload().verdict != TENON_REFUSED);
        REQUIRE(serving() == "a");

        watch();
        const std::size_t reloaded = count(id(), TENON_RELOADED), refused = count(id(), TENON_REFUSED);
        CHECK(succeeds(here + tool.command));
        CHECK(Told::wait(id(), [&](const auto& all) {
            std::size_t now = 0;
            for (const Reloaded& one : all) now += one.verdict == TENON_RELOADED ? 1 : 0;
            return now > reloaded;
        }));
        settle();
        CHECK(serving() == tool.build);
        CHECK(count(id(), TENON_RELOADED) - reloaded == 1);
        CHECK(count(id(), TENON_REFUSED) - refused == 0);
        tenon_host_unwatch(host.raw());
        CHECK(reload().verdict == TENON_UNCHANGED);  // so it was the final bytes
    }
};

std::string link_with(const std::string& linker) {
    return "'" COMPILER "' -shared -Btools -fuse-ld=" + linker + " -Wl,--version-script,'" EXPORTS "' -o plugin.so b.o";
}

}  // namespace

TEST_CASE("a build that a linker makes in the plugin's place is reloaded once") {
    ToolShop shop;
    shop.check({"ld.bfd", "binutils", link_with("bfd")});
    shop.check({"ld.gold", "binutils", link_with("gold")});
    shop.check({"ld.lld-19", "lld-19", link_with("lld")});
    shop.check({"mold", "mold", link_with("mold")});
}

TEST_CASE("a build that is copied, moved or linked into the plugin's place is reloaded once") {
    ToolShop shop;
    shop.check({"cp", "coreutils", "cp b.so plugin.so"});
    shop.check({"cp", "coreutils", "cp --remove-destination b.so plugin.so"});
    shop.check({"install", "coreutils", "install b.so plugin.so"});
    shop.check({"mv", "coreutils", "mv b.so plugin.so"});
    shop.check({"ln", "coreutils", "rm plugin.so && ln b.so plugin.so"});
    shop.check({"ln", "coreutils", "ln -f b.so plugin.so"});
    shop.check({"ln", "coreutils", "ln -sf b.so plugin.so"});
    shop.check({"cmake", "cmake", "cmake -E copy b.so plugin.so"});
    shop.check({"cmake", "cmake", "cmake -E rename b.so plugin.so"});
}

TEST_CASE("a build that is unpacked or synchronised is reloaded once") {
    ToolShop shop;
    shop.check({"tar", "tar", "rm -rf x && mkdir x && cp b.so x/plugin.so && tar cf x.tar -C x . && tar xf x.tar"});
    // Without -I it takes files of one size and second for the same.
    shop.check({"rsync", "rsync", "rsync -I b.so plugin.so"});
    shop.check({"rsync", "rsync", "rsync -I --inplace b.so plugin.so"});
}

TEST_CASE("a build that is changed after it was linked is reloaded once") {
    ToolShop shop;
    shop.check({"strip", "binutils", "strip plugin.so", "a"});
    shop.check({"strip", "binutils", "strip -o plugin.so b.so"});
    shop.check({"objcopy", "binutils", "objcopy -S b.so plugin.so"});
    shop.check({"objcopy", "binutils", "objcopy --add-section .note.of.ours=b.o plugin.so", "a"});
}

TEST_CASE("a build that an editor changes is reloaded once") {
    ToolShop shop;
    // Of the compiler's name, which is in every library and means nothing.
    shop.check({"vim.tiny", "vim-tiny",
                "LC_ALL=C vim.tiny -es -b -u NONE -c '%s/GCC: (/gcc: (/' -c wq plugin.so </dev/null", "a"});
    shop.check({"sed", "sed", "LC_ALL=C sed -i 's/GCC: (/gcc: (/' plugin.so", "a"});
    shop.check({"perl", "perl-base", "LC_ALL=C perl -i -pe 's/GCC: \\(/gcc: (/' plugin.so", "a"});
    shop.check({"perl", "perl-base", "LC_ALL=C perl -i.bak -pe 's/GCC: \\(/gcc: (/' plugin.so", "a"});
}
