// Paths that lead through links, and folders that come and go.
#include <sys/stat.h>

#include "tests/unit/loader/watched.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;
using Paths = std::vector<std::string>;

namespace {

// Told when it was told because of this change, and again when the file it means now is written.
void check_followed(Watch& watch, const WatchedFolder& folder, const std::string& path, const std::string& means) {
    CHECK(watch.wait(long_ns) == Paths{path});
    CHECK(told_so_far(watch) == Paths{});
    folder.write(means, "written");
    CHECK(watch.wait(long_ns) == Paths{path});
    CHECK(told_so_far(watch) == Paths{});
}

}  // namespace

TEST_CASE("a link that is pointed elsewhere is told, and its new target is watched instead of the old one") {
    const WatchedFolder folder;
    for (const char* version : {"v1", "v2", "v3"}) {
        folder.make(version);
        folder.write(std::string(version) + "/a.so", version);
    }
    folder.link("a.so", "v1/a.so");
    const std::string path = folder / "a.so";
    const auto watch = watch_over({path});
    CHECK(watch->polled().empty());
    folder.write("v1/a.so", "written");
    CHECK(watch->wait(long_ns) == Paths{path});
    folder.link("a.so", "v2/a.so");
    check_followed(*watch, folder, path, "v2/a.so");
    folder.write("v1/a.so", "nobody cares");
    CHECK(told_so_far(*watch) == Paths{});
    folder.link("a.so", folder / "v3/a.so");
    check_followed(*watch, folder, path, "v3/a.so");
    folder.link("a.so", "v1/a.so");
    check_followed(*watch, folder, path, "v1/a.so");
}

TEST_CASE("a link in a parent folder that is pointed elsewhere is told") {
    const WatchedFolder folder;
    folder.make("v1/lib");
    folder.make("v2/lib");
    folder.write("v1/lib/a.so", "1");
    folder.write("v2/lib/a.so", "2");
    folder.link("current", "v1");
    const std::string path = folder / "current/lib/a.so";
    const auto watch = watch_over({path});
    folder.link("current", "v2");
    check_followed(*watch, folder, path, "v2/lib/a.so");
    folder.write("v1/lib/a.so", "nobody cares");
    CHECK(told_so_far(*watch) == Paths{});
}

TEST_CASE("of a chain of links each one is watched") {
    const WatchedFolder folder;
    for (const char* part : {"one", "two", "three", "four"}) folder.make(part);
    folder.write("three/a.so", "3");
    folder.write("four/a.so", "4");
    folder.link("one/a.so", "../two/a.so");
    folder.link("two/a.so", folder / "three/a.so");
    const std::string path = folder / "one/a.so";
    const auto watch = watch_over({path});
    folder.write("three/a.so", "written");
    CHECK(watch->wait(long_ns) == Paths{path});
    folder.link("two/a.so", "../four/../four/a.so");
    check_followed(*watch, folder, path, "four/a.so");
    folder.link("one/a.so", "../three/a.so");
    check_followed(*watch, folder, path, "three/a.so");
}

TEST_CASE("links that go in a circle are no file until one of them is pointed elsewhere") {
    const WatchedFolder folder;
    folder.link("a.so", "b.so");
    folder.link("b.so", "a.so");
    const std::string path = folder / "a.so";
    const auto watch = watch_over({path});
    folder.link("b.so", "c.so");
    check_followed(*watch, folder, path, "c.so");
}

TEST_CASE("a folder that is deleted and made again is watched again") {
    const WatchedFolder folder;
    folder.make("build/lib");
    folder.write("build/lib/a.so", "1");
    const std::string path = folder / "build/lib/a.so";
    const auto watch = watch_over({path});
    for (int round = 0; round < 3; ++round) {
        tenon::base::remove_tree(folder / "build");
        CHECK(watch->wait(long_ns) == Paths{path});
        folder.make("build/lib");
        check_followed(*watch, folder, path, "build/lib/a.so");
    }
    CHECK(watch->polled().empty());
}

TEST_CASE("a folder that is deleted and made again between two waits is watched again") {
    const WatchedFolder folder;
    folder.make("build");
    folder.write("build/a.so", "1");
    const std::string path = folder / "build/a.so";
    const auto watch = watch_over({path});
    tenon::base::remove_tree(folder / "build");
    folder.make("build");
    check_followed(*watch, folder, path, "build/a.so");
}

TEST_CASE("a folder that another one takes the place of is let go") {
    const WatchedFolder folder;
    folder.make("build/lib");
    folder.make("next/lib");
    const std::string path = folder / "build/lib/a.so";
    const auto watch = watch_over({path});
    folder.rename("build", "old");
    folder.rename("next", "build");
    check_followed(*watch, folder, path, "build/lib/a.so");
    folder.write("old/lib/a.so", "nobody cares");
    CHECK(told_so_far(*watch) == Paths{});
}

TEST_CASE("a folder that does not exist yet is fine") {
    const WatchedFolder folder;
    const std::string path = folder / "one/two/three/a.so";
    const auto watch = watch_over({path});
    CHECK(watch->polled().empty());
    CHECK(told_so_far(*watch) == Paths{});
    folder.make("one/two");
    CHECK(tells(*watch, path));
    folder.make("one/two/three");
    check_followed(*watch, folder, path, "one/two/three/a.so");
}

TEST_CASE("a file where a folder is wanted is no file, until the folder is made") {
    const WatchedFolder folder;
    folder.write("one", "a file");
    const std::string path = folder / "one/a.so";
    const auto watch = watch_over({path});
    CHECK(watch->polled().empty());
    REQUIRE(::unlink((folder / "one").c_str()) == 0);
    folder.make("one");
    check_followed(*watch, folder, path, "one/a.so");
}
