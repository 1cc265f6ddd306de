// Hosts that are killed, power that fails, disks that are full or break: what was decided stays decided.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "tests/unit/host/faulty_disk.h"
#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using host::Store;

extern char** environ;

namespace {

// A running store_writer.
class Writer {
public:
    Writer(const std::string& path, const std::string& what, const std::string& argument) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        std::string words[] = {STORE_WRITER, path, what, argument};
        char* const argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
        const int error = ::posix_spawn(&pid_, STORE_WRITER, &actions, nullptr, argv, environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        said_ = base::Fd(ends[0]);
        REQUIRE(error == 0);
    }
    // The next byte it says; 0 at the end.
    char next() {
        char what = 0;
        return ::read(said_.get(), &what, 1) == 1 ? what : '\0';
    }
    void kill() const { ::kill(pid_, SIGKILL); }
    int wait() const {
        int status = 0;
        REQUIRE(::waitpid(pid_, &status, 0) == pid_);
        return status;
    }

private:
    pid_t pid_ = 0;
    base::Fd said_;
};

// What the store said it had done.
using Told = std::map<std::string, bool>;  // id: is disabled; not in it: unknown

void require_told(const std::string& path, const Told& told) {
    Store store = open_store(path);
    for (const auto& [id, disabled] : told) {
        INFO(id);
        REQUIRE(health_of(store, id).disabled.has_value() == disabled);
    }
    REQUIRE(store.all());
    // These two are always added together.
    REQUIRE(health_of(store, "org.test.a").calls == health_of(store, "org.test.z").calls);
}

// Two runs of a host with counts and decisions. A decision that fails may have been taken or not.
std::vector<base::Problem> live(const std::string& path, Told& told) {
    std::vector<base::Problem> problems;
    const std::vector<host::HealthDelta> counts{{"org.test.a", 1}, {"org.test.z", 1}};
    const auto count = [&](Store& store) {
        if (const auto problem = store.add(counts)) problems.push_back(*problem);
    };
    const auto decide = [&](Store& store, const char* id, bool disable) {
        const auto problem = disable ? store.disable(id, "reason", "operator", second) : store.enable(id);
        told[id] = disable;
        if (!problem) return;
        told.erase(id);
        problems.push_back(*problem);
    };
    for (const bool first : {true, false}) {
        base::Result<Store> store = Store::open(path, {.patience_ms = 10});
        if (!store) {
            problems.push_back(store.problem());
            continue;
        }
        count(store.value());
        decide(store.value(), "org.test.a", first);
        count(store.value());
        decide(store.value(), "org.test.b", true);
        decide(store.value(), first ? "org.test.c" : "org.test.b", !first);
        count(store.value());
    }
    return problems;
}

void write_or_remove(const std::string& path, const std::string& bytes) {
    if (bytes.empty())
        base::remove_tree(path);
    else
        require_done(base::write_file(path, bytes));
}

}  // namespace

TEST_CASE("what a host was told is done is there after it was killed") {
    const Folder folder;
    const std::string path = folder / "store";
    std::mt19937 random(1);
    std::uint64_t counted = 0;
    Told told;
    constexpr unsigned cycles = 50;
    for (unsigned cycle = 0; cycle < cycles; ++cycle) {
        INFO(cycle);
        const std::string name = "c" + std::to_string(cycle);
        Writer writer(path, "decide", name);
        std::uint64_t decided = 0;
        const auto hear = [&](char what) {
            if (what == 'a') ++counted;
            if (what == 'd') told["org.test." + name + ".n" + std::to_string(decided++)] = true;
        };
        for (std::uint64_t words = random() % 30; words > 0; --words) hear(writer.next());
        for (std::uint64_t pause = random() % 3000; pause > 0; --pause) std::this_thread::yield();
        writer.kill();
        for (char what = writer.next(); what != '\0'; what = writer.next()) hear(what);
        const int status = writer.wait();
        REQUIRE(WIFSIGNALED(status));
        require_told(path, told);
        Store store = open_store(path);
        // Of what it was about to say when it was killed, nobody knows.
        const std::uint64_t calls = health_of(store, "org.test.counted").calls;
        CHECK(calls >= counted);
        CHECK(calls <= counted + cycle + 1);
        CHECK(health_of(store, "org.test.counted-too").calls == calls);  // the two were added together
    }
    CHECK(counted > cycles);
    CHECK(Intruder(path).ask("PRAGMA integrity_check") == "ok");
}

TEST_CASE("three processes that write at the same time lose nothing") {
    const Folder folder;
    const std::string path = folder / "store";
    constexpr std::uint64_t times = 300;
    const Writer one(path, "add", std::to_string(times));
    const Writer two(path, "add", std::to_string(times));
    Store store = open_store(path, {.patience_ms = 60'000});
    for (std::uint64_t i = 0; i < times; ++i) add(store, {{"org.test.counted", 1}});
    CHECK(one.wait() == 0);
    CHECK(two.wait() == 0);
    CHECK(health_of(store, "org.test.counted").calls == 3 * times);
}

TEST_CASE("a decision is on the disk when it returns, a count need not be") {
    FaultyDisk disk;
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    const std::string log = disk.synced(path + "-wal");
    add(store, {{"org.acme.tax", 1}});
    CHECK(disk.synced(path + "-wal") == log);
    require_done(store.disable("org.acme.tax", "reason", "operator", second));
    CHECK(disk.synced(path + "-wal") == base::read_file(path + "-wal", 1 << 20).take());
    const std::string disabled = disk.synced(path + "-wal");
    require_done(store.enable("org.acme.tax"));
    CHECK(disk.synced(path + "-wal").size() > disabled.size());
    const std::string enabled = disk.synced(path + "-wal");
    add(store, {{"org.acme.tax", 1}});
    CHECK(disk.synced(path + "-wal") == enabled);
}

TEST_CASE("what was decided is there after the power failed, at whatever moment, and whatever else had been written") {
    FaultyDisk disk;
    const Folder folder;
    std::uint64_t moments = 0;
    for (bool cut = true; cut; ++moments) {
        const std::string path = folder / ("run" + std::to_string(moments));
        Told told;
        disk.last_synced.clear();
        disk.fail(Fault::broken, moments, UINT64_MAX);
        cut = !live(path, told).empty();
        disk.heal();
        const std::map<std::string, std::string> synced = disk.last_synced;
        // Of each file, what was synced or all that was written.
        for (unsigned written = 0; written < 8; ++written) {
            INFO("operation " << moments << ", written " << written);
            const std::string after = folder / "after";
            copy_store(path, after);
            unsigned bit = 1;
            for (const char* end : {"", "-wal", "-journal"}) {
                const auto found = synced.find(path + end);
                if ((written & bit) == 0) write_or_remove(after + end, found != synced.end() ? found->second : "");
                bit <<= 1;
            }
            require_told(after, told);
        }
    }
    CHECK(moments > 50);
}

TEST_CASE("a disk that fails at one operation, whichever, or from then on, gives problems and keeps what was decided") {
    FaultyDisk disk;
    const Folder folder;
    const Fault fault = GENERATE(Fault::broken, Fault::full);
    const std::uint64_t count = GENERATE(std::uint64_t{1}, std::uint64_t{3}, UINT64_MAX);
    std::set<std::string> ids;
    for (std::uint64_t from = 0;; ++from) {
        INFO(from);
        const std::string path = folder / ("run" + std::to_string(from));
        Told told;
        disk.fail(fault, from, count);
        for (const base::Problem& problem : live(path, told)) ids.insert(problem.id);
        const bool reached = disk.operations() > from;
        disk.heal();
        require_told(path, told);
        if (!reached) break;
    }
    if (fault == Fault::full)
        CHECK(ids == std::set<std::string>{"store.full"});
    else
        CHECK(ids == std::set<std::string>{"store.io", "store.unopenable"});
}

TEST_CASE("a full disk and a broken one are told apart") {
    FaultyDisk disk;
    const Folder folder;
    const std::string path = folder / "store";
    Store store = open_store(path);
    disk.fail(Fault::full, 0, UINT64_MAX);
    const base::Check full = store.disable("org.acme.tax", "reason", "operator", second);
    REQUIRE(full);
    CHECK(full->id == "store.full");
    CHECK(full->text == path + ": there is no space left to write it");
    CHECK(full->fix == "Free some space.");
    disk.fail(Fault::broken, 0, UINT64_MAX);
    const base::Check broken = store.disable("org.acme.tax", "reason", "operator", second);
    REQUIRE(broken);
    CHECK(broken->id == "store.io");
    CHECK(broken->text == path + ": disk I/O error (SQLite error 266), Input/output error");
    disk.heal();
    CHECK(!health_of(store, "org.acme.tax").disabled);
    require_done(store.disable("org.acme.tax", "reason", "operator", second));
}

TEST_CASE("a file system without shared memory is refused") {
    FaultyDisk disk;
    disk.shared_memory = false;
    const Folder folder;
    const base::Result<Store> store = Store::open(folder / "store");
    REQUIRE(!store);
    CHECK(store.problem().id == "store.unopenable");
    CHECK(store.problem().text == folder / "store: its file system has no shared memory, which a store needs");
}
