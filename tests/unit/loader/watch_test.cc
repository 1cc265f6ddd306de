#include "loader/watch.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <future>
#include <thread>

#include "tests/unit/loader/watched.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;
using Paths = std::vector<std::string>;

namespace {

// By this whole process, as the kernel counts them.
std::size_t watched_folders() {
    std::size_t count = 0;
    const auto names = tenon::base::list_folder("/proc/self/fdinfo");
    REQUIRE(names);
    for (const std::string& name : names.value()) {
        const auto facts = tenon::base::read_file("/proc/self/fdinfo/" + name, 1u << 20);
        if (!facts) continue;  // the descriptor of the listing
        for (std::size_t at = 0; (at = facts.value().find("inotify wd:", at)) != std::string::npos; ++at) ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("a path that was added is told once when its file was written, and then no more") {
    const WatchedFolder folder;
    const std::string path = folder / "a.so";
    folder.write("a.so", "first");
    const auto watch = watch_over({path});
    CHECK(watch->polled().empty());
    CHECK(watch->wait(0) == Paths{});
    folder.write("a.so", "second");
    folder.write("a.so", "third");
    CHECK(watch->wait(long_ns) == Paths{path});
    CHECK(watch->wait(0) == Paths{});
}

TEST_CASE("each way to change what a path means is told") {
    const WatchedFolder folder;
    const std::string path = folder / "a.so";
    folder.write("a.so", "first");
    const auto watch = watch_over({path});
    SECTION("written in place") {
        folder.write("a.so", "second");
    }
    SECTION("another file is renamed to it") {
        folder.write("b.so", "second");
        folder.rename("b.so", "a.so");
    }
    SECTION("moved away") {
        folder.rename("a.so", "b.so");
    }
    SECTION("deleted") {
        REQUIRE(::unlink(path.c_str()) == 0);
    }
    SECTION("another file is linked there") {
        folder.write("b.so", "second");
        REQUIRE(::unlink(path.c_str()) == 0);
        REQUIRE(watch->wait(long_ns) == Paths{path});
        REQUIRE(::link((folder / "b.so").c_str(), path.c_str()) == 0);
    }
    CHECK(watch->wait(long_ns) == Paths{path});
    CHECK(watch->wait(0) == Paths{});
}

TEST_CASE("files beside a watched one are not told") {
    const WatchedFolder folder;
    folder.write("a.so", "first");
    const auto watch = watch_over({folder / "a.so"});
    folder.write("b.so", "second");
    folder.rename("b.so", "c.so");
    CHECK(told_so_far(*watch) == Paths{});
}

TEST_CASE("only reading a watched file is not told") {
    const WatchedFolder folder;
    folder.write("a.so", "first");
    const auto watch = watch_over({folder / "a.so"});
    REQUIRE(tenon::base::read_file(folder / "a.so", 100));
    CHECK(told_so_far(*watch) == Paths{});
}

TEST_CASE("several paths that changed are told together") {
    const WatchedFolder folder;
    folder.make("x");
    const auto watch = watch_over({folder / "b.so", folder / "a.so", folder / "x/c.so"});
    folder.write("x/c.so", "1");
    folder.write("a.so", "1");
    folder.write("b.so", "1");
    Paths wanted{folder / "a.so", folder / "b.so", folder / "x/c.so"};
    CHECK(watch->wait(long_ns) == wanted);
}

TEST_CASE("a path is told as it was added, also a relative one") {
    const WatchedFolder folder;
    folder.make("x");
    const tenon::base::Fd before(::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(before);
    REQUIRE(::chdir(folder.path().c_str()) == 0);
    const auto watch = watch_over({"x//./../x/a.so"});
    REQUIRE(::fchdir(before.get()) == 0);
    folder.write("x/a.so", "1");
    CHECK(watch->wait(long_ns) == Paths{"x//./../x/a.so"});
}

TEST_CASE("a path that was removed is not told, and one that shares its folder still is") {
    const WatchedFolder folder;
    const auto watch = watch_over({folder / "a.so", folder / "b.so"});
    folder.write("a.so", "1");
    watch->remove(folder / "a.so");
    watch->remove(folder / "never added.so");
    CHECK(told_so_far(*watch) == Paths{});
    folder.write("a.so", "2");
    folder.write("b.so", "2");
    CHECK(watch->wait(long_ns) == Paths{folder / "b.so"});
    watch->remove(folder / "b.so");
    folder.write("b.so", "3");
    CHECK(told_so_far(*watch) == Paths{});
    REQUIRE_FALSE(watch->add(folder / "b.so"));
    folder.write("b.so", "4");
    CHECK(watch->wait(long_ns) == Paths{folder / "b.so"});
}

TEST_CASE("a folder that another path leads through is still watched for what is written in it") {
    const WatchedFolder folder;
    folder.make("x");
    folder.write("a.so", "1");
    const auto watch = watch_over({folder / "a.so", folder / "x/b.so"});
    folder.write("a.so", "2");
    CHECK(watch->wait(long_ns) == Paths{folder / "a.so"});
}

TEST_CASE("folders that no path leads through any more are not watched") {
    const WatchedFolder folder;
    folder.make("v1");
    folder.make("v2");
    folder.link("current", "v1");
    const std::string path = folder / "current/a.so";
    const auto watch = watch_over({path});
    const std::size_t before = watched_folders();
    CHECK(before > 0);
    for (int i = 0; i < 10; ++i) {
        folder.link("current", i % 2 == 0 ? "v2" : "v1");
        CHECK(watch->wait(long_ns) == Paths{path});
        CHECK(watched_folders() == before);
    }
    watch->remove(path);
    CHECK(watched_folders() == 0);
}

TEST_CASE("a path that was added twice is removed once") {
    const WatchedFolder folder;
    const auto watch = watch_over({folder / "a.so", folder / "a.so"});
    watch->remove(folder / "a.so");
    folder.write("a.so", "1");
    CHECK(told_so_far(*watch) == Paths{});
}

TEST_CASE("a path may be added while a thread waits, and what waits is woken from another thread") {
    const WatchedFolder folder;
    const auto watch = watch_over({folder / "a.so"});
    std::promise<Paths> told, after_wake;
    std::thread waiting([&] {
        told.set_value(watch->wait(UINT64_MAX));
        after_wake.set_value(watch->wait(UINT64_MAX));
    });
    REQUIRE_FALSE(watch->add(folder / "b.so"));
    folder.write("b.so", "1");
    CHECK(told.get_future().get() == Paths{folder / "b.so"});
    // What is left of the writing may be told first.
    watch->wake();
    const Paths last = after_wake.get_future().get();
    waiting.join();
    CHECK((last.empty() || last == Paths{folder / "b.so"}));
}

TEST_CASE("waking without anybody who waits ends the next wait") {
    const WatchedFolder folder;
    const auto watch = watch_over({folder / "a.so"});
    watch->wake();
    watch->wake();
    folder.write("a.so", "1");
    CHECK(watch->wait(UINT64_MAX) == Paths{});
    CHECK(watch->wait(UINT64_MAX) == Paths{folder / "a.so"});
}

TEST_CASE("what cannot be the path of a file is refused") {
    const auto watch = watch_over({});
    auto problem = watch->add("");
    REQUIRE(problem);
    CHECK(problem->id == "watch.unwatchable");
    CHECK(problem->text == "\"\": cannot be watched: it is empty");
    problem = watch->add(std::string("/tmp/a\0b.so", 11));
    REQUIRE(problem);
    CHECK(problem->id == "watch.unwatchable");
    CHECK(problem->text == "/tmp/a: cannot be watched: its path has a NUL byte");
    CHECK(problem->fix == "Name the path of a file.");
}

TEST_CASE("without a descriptor to wake it there is no watch") {
    struct rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    struct rlimit none = before;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto watch = Watch::open({});
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE_FALSE(watch);
    CHECK(watch.problem().id == "watch.unwatchable");
    CHECK(watch.problem().text == "files cannot be watched: no eventfd: Too many open files");
}

TEST_CASE("events that were lost because there were too many still tell of the change") {
    std::uint64_t limit = 0;
    {
        const std::string file = "/proc/sys/fs/inotify/max_queued_events";
        const auto text = tenon::base::read_file(file, 100);
        REQUIRE(text);
        limit = std::stoull(text.value());
    }
    const WatchedFolder folder;
    folder.write("noise-1", "");
    folder.write("a.so", "first");
    const auto watch = watch_over({folder / "a.so"});
    // Equal events in a row are one for the kernel: the names take turns.
    for (std::uint64_t i = 0; i <= limit / 2; ++i) {
        folder.rename("noise-1", "noise-2");
        folder.rename("noise-2", "noise-1");
    }
    folder.write("a.so", "second");
    CHECK(watch->wait(long_ns) == Paths{folder / "a.so"});
    folder.write("a.so", "third");
    CHECK(watch->wait(long_ns) == Paths{folder / "a.so"});
}
