#include "host/leftovers.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using namespace tenon::host;

namespace {

class Parent {
public:
    Parent() : path_(base::make_unique_folder(base::temporary_folder(), "tenon-leftovers-").take()) {}
    Parent(const Parent&) = delete;
    Parent& operator=(const Parent&) = delete;
    ~Parent() { base::remove_tree(path_); }
    const std::string& path() const { return path_; }
    std::vector<std::string> names() const { return base::list_folder(path_).value(); }

private:
    std::string path_;
};

PrivateFolder made_in(const Parent& parent) {
    base::Result<PrivateFolder> made = make_private_folder(parent.path());
    REQUIRE(made);
    return made.take();
}

}  // namespace

TEST_CASE("a private folder whose process is gone is removed, with all that is in it") {
    const Parent parent;
    {
        const PrivateFolder left = made_in(parent);
        REQUIRE_FALSE(base::make_folder(left.path + "/org.acme.tax.g1"));
        REQUIRE_FALSE(base::write_file(left.path + "/org.acme.tax.g1/copy.so", "bytes"));
    }  // as the kernel closes what a killed process had open
    REQUIRE(parent.names().size() == 1);
    remove_leftovers(parent.path());
    CHECK(parent.names().empty());
}

TEST_CASE("a private folder that is in use stays") {
    const Parent parent;
    const PrivateFolder used = made_in(parent);
    remove_leftovers(parent.path());
    CHECK(base::is_folder(used.path));
    struct stat facts{};
    REQUIRE(::stat(used.path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0700);
}

TEST_CASE("what is no private folder of a host stays, whoever it belongs to") {
    const Parent parent;
    REQUIRE_FALSE(base::make_folder(parent.path() + "/tenon-host-longer-than-six"));
    REQUIRE_FALSE(base::make_folder(parent.path() + "/tenon-watch-abcdef"));
    REQUIRE_FALSE(base::write_file(parent.path() + "/tenon-host-abcdef", "a file of that name"));
    const Parent elsewhere;
    REQUIRE_FALSE(base::write_file(elsewhere.path() + "/kept", "behind a link"));
    REQUIRE(::symlink(elsewhere.path().c_str(), (parent.path() + "/tenon-host-linked").c_str()) == 0);
    remove_leftovers(parent.path());
    remove_leftovers(parent.path() + "/that/does/not/exist");
    CHECK(parent.names().size() == 4);
    CHECK(elsewhere.names().size() == 1);
}

TEST_CASE("the folder of another user's host stays") {
    if (!test::machine_has(::geteuid() == 0, "root among those who test")) return;
    const Parent parent;
    const std::string others = [&] { return made_in(parent).path; }();
    REQUIRE(::chown(others.c_str(), 65534, 65534) == 0);
    remove_leftovers(parent.path());
    CHECK(base::is_folder(others));
}

TEST_CASE("hosts that start while others clean up keep their folders") {
    const Parent parent;
    std::atomic<bool> go_on{true};
    std::thread cleaner([&] {
        while (go_on) remove_leftovers(parent.path());
    });
    int kept = 0;
    for (int i = 0; i < 300; ++i) {
        base::Result<PrivateFolder> folder = make_private_folder(parent.path());
        if (folder && !base::make_folder(folder.value().path + "/data")) ++kept;
    }
    go_on = false;
    cleaner.join();
    CHECK(kept == 300);
    remove_leftovers(parent.path());
    CHECK(parent.names().empty());
}

TEST_CASE("a parent that cannot be written to is said") {
    const base::Result<PrivateFolder> made = make_private_folder("/proc/no/such");
    REQUIRE_FALSE(made);
    CHECK(made.problem().id == "file.unwritable");
    CHECK(made.problem().text.find("/proc/no: cannot be written: ") == 0);
}

TEST_CASE("the next host removes what a killed one has left, and not what a running one uses") {
    const Parent parent;
    auto options = test::quiet_options();
    options.private_folder = str(parent.path());
    options.watchdog_period_ns = UINT64_MAX;  // a forked process starts no threads under every sanitizer
    const Host running(options);
    const std::vector<std::string> before = parent.names();
    REQUIRE(before.size() == 1);
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const Host host(options);
        if (::write(ready[1], "x", 1) == 1) ::pause();
        ::_exit(1);
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    CHECK(parent.names().size() == 2);
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    for (const int end : ready) ::close(end);
    REQUIRE(parent.names().size() == 2);
    const Host next(options);
    const std::vector<std::string> after = parent.names();
    CHECK(after.size() == 2);
    CHECK(std::find(after.begin(), after.end(), before[0]) != after.end());
}
