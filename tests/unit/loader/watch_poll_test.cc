// Paths for which events are not enough.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "tests/unit/loader/watched.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;
using Paths = std::vector<std::string>;

namespace {

constexpr WatchOptions eager{false, 1'000'000};
constexpr WatchOptions only_polling{true, 1'000'000};

// The whys of the paths that are polled, in the order of the paths.
Paths whys(const Watch& watch) {
    Paths all;
    for (const Polled& polled : watch.polled()) all.push_back(polled.why);
    return all;
}

int no_instance_left(int) {
    errno = EMFILE;
    return -1;
}

int no_inotify(int) {
    errno = ENOSYS;
    return -1;
}

bool ends_with(const char* folder, const char* end) {
    return std::string(folder).ends_with(end);
}

// The limit is reached in one folder, as far as these tests are concerned.
int no_watch_left(int inotify, const char* folder, std::uint32_t mask) {
    if (!ends_with(folder, "/full")) return ::inotify_add_watch(inotify, folder, mask);
    errno = ENOSPC;
    return -1;
}

int not_readable(int inotify, const char* folder, std::uint32_t mask) {
    if (!ends_with(folder, "/full")) return ::inotify_add_watch(inotify, folder, mask);
    errno = EACCES;
    return -1;
}

template <auto type>
int pretends(const char* path, struct statfs* facts) {
    const int answer = ::statfs(path, facts);
    if (ends_with(path, "/mount")) facts->f_type = static_cast<decltype(facts->f_type)>(type);
    return answer;
}

// A network file system tells nothing of what happens on other machines: here, nothing at all.
int silent_mount(int inotify, const char* folder, std::uint32_t mask) {
    return ends_with(folder, "/mount") ? ::inotify_add_watch(inotify, folder, IN_ONLYDIR | IN_DELETE_SELF)
                                       : ::inotify_add_watch(inotify, folder, mask);
}

bool sleeps(int thread) {
    const auto facts = tenon::base::read_file("/proc/self/task/" + std::to_string(thread) + "/stat", 4096);
    REQUIRE(facts);
    return facts.value().find(") S ") != std::string::npos;
}

}  // namespace

TEST_CASE("polling tells of new content, of a new file, of a touched file and of a deleted one") {
    const WatchedFolder folder;
    folder.write("a.so", "first");
    const std::string path = folder / "a.so";
    const auto watch = watch_over({path}, only_polling);
    CHECK(whys(*watch) == Paths{"asked for"});
    CHECK(watch->polled().at(0).path == path);
    CHECK(watch->wait(0) == Paths{});
    folder.write("a.so", "second content");
    CHECK(watch->wait(long_ns) == Paths{path});
    folder.write("b.so", "other content.");
    folder.rename("b.so", "a.so");
    CHECK(watch->wait(long_ns) == Paths{path});
    const struct timespec long_ago[2] = {{1000, 0}, {1000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), long_ago, 0) == 0);
    CHECK(watch->wait(long_ns) == Paths{path});
    REQUIRE(::unlink(path.c_str()) == 0);
    CHECK(watch->wait(long_ns) == Paths{path});
    folder.write("a.so", "again");
    CHECK(watch->wait(long_ns) == Paths{path});
}

TEST_CASE("polling tells of a change once") {
    const WatchedFolder folder;
    const auto watch = watch_over({folder / "a.so"}, only_polling);
    folder.write("a.so", "1");
    CHECK(watch->wait(long_ns) == Paths{folder / "a.so"});
    CHECK(watch->wait(10'000'000) == Paths{});
}

TEST_CASE("polling sees that a link was pointed elsewhere") {
    const WatchedFolder folder;
    folder.write("one.so", "same");
    folder.write("two.so", "same");
    folder.link("a.so", "one.so");
    const auto watch = watch_over({folder / "a.so"}, only_polling);
    folder.link("a.so", "two.so");
    CHECK(watch->wait(long_ns) == Paths{folder / "a.so"});
}

TEST_CASE("without an inotify instance all paths are polled, and the reason is told") {
    const WatchedFolder folder;
    WatchSystem system;
    std::string why;
    SECTION("none is left") {
        system.init = no_instance_left;
        why = "inotify instances or this process's descriptors are used up (fs.inotify.max_user_instances, ulimit -n)";
    }
    SECTION("the system has none") {
        system.init = no_inotify;
        why = "inotify does not work: Function not implemented";
    }
    const auto watch = watch_over({folder / "a.so", folder / "b.so"}, eager, system);
    CHECK(whys(*watch) == Paths{why, why});
    folder.write("b.so", "1");
    CHECK(watch->wait(long_ns) == Paths{folder / "b.so"});
    watch->remove(folder / "a.so");
    CHECK(whys(*watch) == Paths{why});
}

TEST_CASE("when the watches are used up, the paths that got none are polled and the others are not") {
    const WatchedFolder folder;
    folder.make("full");
    folder.make("fine");
    WatchSystem system;
    system.add = no_watch_left;
    const auto watch = watch_over({folder / "full/a.so", folder / "fine/b.so"}, eager, system);
    REQUIRE(whys(*watch) == Paths{"inotify watches are used up (fs.inotify.max_user_watches)"});
    CHECK(watch->polled().at(0).path == folder / "full/a.so");
    folder.write("full/a.so", "1");
    CHECK(watch->wait(long_ns) == Paths{folder / "full/a.so"});
    folder.write("fine/b.so", "1");
    CHECK(watch->wait(long_ns) == Paths{folder / "fine/b.so"});
}

TEST_CASE("a folder that may not be read is named, and polled until the path leads elsewhere") {
    const WatchedFolder folder;
    folder.make("full");
    folder.make("fine");
    folder.link("current", "full");
    WatchSystem system;
    system.add = not_readable;
    const std::string path = folder / "current/a.so";
    const auto watch = watch_over({path}, eager, system);
    const std::string real = std::filesystem::canonical(folder.path()).string();
    CHECK(whys(*watch) == Paths{"the folder " + real + "/full cannot be watched: Permission denied"});
    folder.write("full/a.so", "1");
    CHECK(watch->wait(long_ns) == Paths{path});
    folder.link("current", "fine");
    CHECK(watch->wait(long_ns) == Paths{path});
    CHECK(whys(*watch).empty());
}

TEST_CASE("a folder below one that may not be read tells of its own move without a look") {
    const WatchedFolder folder;
    folder.make("full/lib");
    WatchSystem system;
    system.add = not_readable;
    const std::string path = folder / "full/lib/a.so";
    const auto watch = watch_over({path}, {false, 3600 * second}, system);
    REQUIRE(watch->polled().size() == 1);
    REQUIRE(watch->wait(0).empty());  // the first look; the next one is an hour away
    SECTION("moved") {
        folder.rename("full/lib", "lib");
    }
    SECTION("deleted") {
        REQUIRE(::rmdir((folder / "full/lib").c_str()) == 0);
    }
    CHECK(watch->wait(long_ns) == Paths{path});
}

TEST_CASE("what lies on a network is polled, because other machines change it without an event") {
    const WatchedFolder folder;
    folder.make("mount");
    folder.make("fine");
    WatchSystem system;
    system.add = silent_mount;
    std::string name;
    SECTION("nfs") {
        name = "nfs", system.file_system = pretends<NFS_SUPER_MAGIC>;
    }
    SECTION("smb") {
        name = "smb", system.file_system = pretends<0xfe534d42>;
    }
    SECTION("cifs") {
        name = "cifs", system.file_system = pretends<0xff534d42>;
    }
    SECTION("9p") {
        name = "9p", system.file_system = pretends<V9FS_MAGIC>;
    }
    SECTION("fuse") {
        name = "fuse", system.file_system = pretends<0x65735546>;
    }
    const auto watch = watch_over({folder / "mount/a.so", folder / "fine/b.so"}, eager, system);
    REQUIRE(whys(*watch) == Paths{"its folder is on " + name + ", which does not tell of changes"});
    CHECK(watch->polled().at(0).path == folder / "mount/a.so");
    folder.write("mount/a.so", "1");
    CHECK(watch->wait(long_ns) == Paths{folder / "mount/a.so"});
}

TEST_CASE("an overlay is as good as a disk") {
    const WatchedFolder folder;
    folder.make("mount");
    WatchSystem system;
    system.file_system = pretends<OVERLAYFS_SUPER_MAGIC>;
    CHECK(watch_over({folder / "mount/a.so"}, eager, system)->polled().empty());
}

TEST_CASE("a polled path that is added while a thread waits without end is looked at") {
    const WatchedFolder folder;
    const auto watch = watch_over({}, only_polling);
    Paths told;
    std::atomic<int> thread{0};
    std::thread waiting([&] {
        thread = ::gettid();
        told = watch->wait(UINT64_MAX);
    });
    while (thread == 0 || !sleeps(thread)) std::this_thread::yield();
    REQUIRE_FALSE(watch->add(folder / "a.so"));
    folder.write("a.so", "1");
    waiting.join();
    CHECK(told == Paths{folder / "a.so"});
}
