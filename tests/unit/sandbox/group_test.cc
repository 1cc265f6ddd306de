// Control groups for workers: where they can be made, what is said to them, and on machines that have them what they
// do.
#include "sandbox/group.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/sanitizer.h"
#include "sandbox/process.h"
#include "sandbox/protocol.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"

using namespace tenon::sandbox;

namespace {

const GroupTree all_of_new{"", 2, true, true, true}, all_of_old{"", 1, true, true, true};

// ThreadSanitizer's runtime begins threads of its own in those that are forked.
constexpr bool tasks_are_processes = !TENON_THREAD_SANITIZER;

// Files as the kernel has them in the folder of a group.
class FakeGroups {
public:
    explicit FakeGroups(const std::string& counted)
        : folder_(tenon::base::make_unique_folder(tenon::base::temporary_folder(), "groups-").take()) {
        for (const std::string& folder : {folder_, folder_ + "/host"}) {
            ::mkdir(folder.c_str(), 0755);
            for (const char* const file : {"/cgroup.procs", "/cgroup.subtree_control"})
                REQUIRE_FALSE(tenon::base::write_file(folder + file, ""));
        }
        REQUIRE_FALSE(tenon::base::write_file(folder_ + "/cgroup.subtree_control", counted));
    }
    ~FakeGroups() { tenon::base::remove_tree(folder_); }
    FakeGroups(const FakeGroups&) = delete;
    FakeGroups& operator=(const FakeGroups&) = delete;
    const std::string& folder() const { return folder_; }
    std::optional<GroupPlace> place(std::vector<Controller> more = {}) const {
        Machine machine;
        machine.controllers = std::move(more);
        machine.controllers.push_back({"hugetlb", 2, folder_ + "/host", true});
        return group_place(machine);
    }

private:
    std::string folder_;
};

std::string text_of(const std::vector<GroupLine>& lines) {
    std::string text;
    for (const GroupLine& line : lines)
        text += std::string(line.file) + (line.needed ? " = " : " ~ ") + line.text + "\n";
    return text;
}

// The machine's own, of which some are asked for.
std::optional<GroupPlace> real_place(bool GroupTree::* resource, const std::string& what) {
    GroupPlace found;
    if (own_group_place())
        for (GroupTree tree : own_group_place()->trees)
            if (tree.*resource) {
                tree.memory = tree.pids = tree.cpu = false;
                tree.*resource = true;
                found.trees.push_back(tree);
            }
    if (!tenon::test::machine_has(!found.trees.empty(), "control group for " + what)) return std::nullopt;
    return found;
}

// A process that is in the group before it does anything. It ends with the object.
class Member {
public:
    Member(const Group& group, const std::function<int()>& does) {
        const std::optional<std::vector<tenon::base::Fd>> doors = group.doors();
        REQUIRE(doors);
        pid_ = ::fork();
        if (pid_ != 0) return;
        for (const tenon::base::Fd& door : *doors)
            if (::write(door.get(), "0", 1) != 1) ::_exit(99);
        ::_exit(does());
    }
    ~Member() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    pid_t pid() const { return pid_; }
    // As waitpid tells it.
    int end() {
        int status = 0;
        REQUIRE(::waitpid(std::exchange(pid_, 0), &status, 0) > 0);
        return status;
    }

private:
    pid_t pid_ = 0;
};

int wait_for_ever() {
    for (;;) ::pause();
}

int touch_64_mib() {
    constexpr std::size_t size = 64u << 20;
    char* const memory =
        static_cast<char*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (std::size_t at = 0; at < size; at += 4096) memory[at] = 1;
    return 0;
}

// The number of processes that it could start; above 250: all of them.
int start_many() {
    std::vector<pid_t> started;
    int error = 0;
    while (error == 0 && started.size() < 251) {
        const pid_t child = ::fork();
        if (child == 0) wait_for_ever();
        child < 0 ? static_cast<void>(error = errno) : started.push_back(child);
    }
    for (const pid_t child : started) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    return error == EAGAIN ? static_cast<int>(started.size()) : 255;
}

int compute_for_ever() {
    for (;;) ::getppid();
}

// For at most a minute.
template <class Condition>
bool comes_true(Condition&& condition) {
    for (int i = 0; i < 60'000; ++i) {
        if (condition()) return true;
        ::usleep(1000);
    }
    return false;
}

std::optional<Group> made(const GroupPlace& place, const Ceilings& ceilings = {}) {
    std::string trouble;
    std::optional<Group> group = Group::make(place, ceilings, trouble);
    CHECK(trouble == "");
    return group;
}

}  // namespace

TEST_CASE("groups for workers are made beside the host's own, where something is counted there") {
    const FakeGroups counting("memory pids\n"), silent("\n");
    const std::optional<GroupPlace> place = counting.place();
    REQUIRE(place);
    REQUIRE(place->trees.size() == 1);
    CHECK(place->trees[0].folder == counting.folder());
    CHECK(place->counts(&GroupTree::memory));
    CHECK(place->counts(&GroupTree::pids));
    CHECK_FALSE(place->counts(&GroupTree::cpu));
    CHECK_FALSE(silent.place());
    CHECK_FALSE(group_place(Machine{}));
}

TEST_CASE("groups of version 1 are made below the host's own, in one tree for each kind of resource") {
    const FakeGroups memory(""), others("");
    const std::optional<GroupPlace> place = memory.place(
        {{"memory", 1, memory.folder(), true}, {"pids", 1, others.folder(), true}, {"cpu", 1, others.folder(), true}});
    REQUIRE(place);
    REQUIRE(place->trees.size() == 2);
    CHECK(place->trees[0].folder == memory.folder());
    CHECK((place->trees[0].memory && !place->trees[0].pids && !place->trees[0].cpu));
    CHECK((!place->trees[1].memory && place->trees[1].pids && place->trees[1].cpu));
    CHECK_FALSE(memory.place({{"memory", 1, "/nowhere", true}}));
}

// A folder of a usual file system: the kernel's files are not in it, so nothing can be said.
TEST_CASE("a group that does not take its ceilings is none, nothing is left of it, and it is told") {
    const FakeGroups groups("memory pids cpu\n");
    GroupTree tree = all_of_new;
    tree.folder = groups.folder();
    std::string trouble;
    CHECK_FALSE(Group::make({{tree}}, Ceilings{}, trouble));
    CHECK(trouble == groups.folder() + ": memory.max = 536870912: No such file or directory");
    CHECK(std::distance(std::filesystem::directory_iterator(groups.folder()), {}) == 3);
    tree.folder += "/nowhere";
    trouble.clear();
    CHECK_FALSE(Group::make({{tree}}, Ceilings{}, trouble));
    CHECK(trouble == tree.folder + ": No such file or directory");
}

TEST_CASE("a tree that takes no group leaves the others their own") {
    std::optional<GroupPlace> place = real_place(&GroupTree::pids, "tasks");
    if (!place) return;
    place->trees.insert(place->trees.begin(), {"/nowhere-at-all", 1, true});
    std::string trouble;
    const std::optional<Group> group = Group::make(*place, Ceilings{}, trouble);
    REQUIRE(group);
    CHECK(group->folders().size() == 1);
    CHECK(trouble == "/nowhere-at-all: No such file or directory");
}

TEST_CASE("a name that is taken is left to whom it belongs") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::pids, "tasks");
    if (!place) return;
    const std::string last = made(*place).value().folders().at(0);
    const std::size_t number = last.rfind('-') + 1;
    const std::string next = last.substr(0, number) + std::to_string(std::stoull(last.substr(number)) + 1);
    REQUIRE(::mkdir(next.c_str(), 0755) == 0);
    {
        const std::optional<Group> group = made(*place);
        REQUIRE(group);
        CHECK(group->folders().at(0) != next);
    }
    CHECK(::rmdir(next.c_str()) == 0);
}

TEST_CASE("a group in which nothing is limited is not made") {
    CHECK_FALSE(made({{{tenon::base::temporary_folder(), 2, false, false, true}}}));
    CHECK(group_lines({"", 1, false, false, true}, Ceilings{}).empty());
}

TEST_CASE("what is said to a group is what the ceilings are, in the words of its version") {
    Ceilings ceilings;
    ceilings.memory_bytes = 1u << 20;
    ceilings.tasks = 8;
    ceilings.cpu_percent = 150;
    const std::string tasks = std::to_string(8 + own_threads);
    CHECK(text_of(group_lines(all_of_new, ceilings)) ==
          "memory.max = 1048576\nmemory.swap.max ~ 0\npids.max = " + tasks + "\ncpu.max = 150000 100000\n");
    CHECK(text_of(group_lines(all_of_old, ceilings)) ==
          "memory.limit_in_bytes = 1048576\nmemory.memsw.limit_in_bytes ~ 1048576\npids.max = " + tasks +
              "\ncpu.cfs_period_us = 100000\ncpu.cfs_quota_us = 150000\n");
}

TEST_CASE("ten thousand groups leave nothing") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::pids, "tasks");
    if (!place) return;
    std::vector<std::string> folders;
    for (int i = 0; i < 10'000; ++i) {
        const std::optional<Group> group = made(*place);
        REQUIRE(group);
        folders = group->folders();
    }
    for (const std::string& folder : folders) CHECK(::access(folder.c_str(), F_OK) != 0);
}

TEST_CASE("who is in a group ends with it") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::pids, "tasks");
    if (!place) return;
    std::optional<Group> group = made(*place);
    REQUIRE(group);
    Member member(*group, wait_for_ever);
    const std::string file = group->folders().at(0) + "/cgroup.procs";
    REQUIRE(
        comes_true([&] { return tenon::base::read_file(file, 4096).take() == std::to_string(member.pid()) + "\n"; }));
    group.reset();
    CHECK(member.end() == SIGKILL);
    CHECK(::access(file.c_str(), F_OK) != 0);
}

TEST_CASE("at its group's ceiling of memory a process is ended, and the group tells") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::memory, "memory");
    if (!place) return;
    Ceilings ceilings;
    ceilings.memory_bytes = 16u << 20;
    const std::optional<Group> tight = made(*place, ceilings), wide = made(*place);
    REQUIRE((tight && wide));
    CHECK(Member(*wide, touch_64_mib).end() == 0);
    CHECK_FALSE(wide->ran_out_of_memory());
    CHECK(Member(*tight, touch_64_mib).end() == SIGKILL);
    CHECK(tight->ran_out_of_memory());
}

TEST_CASE("at its group's ceiling of tasks a process starts no other") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::pids, "tasks");
    if (!place) return;
    Ceilings ceilings;
    ceilings.tasks = 8;
    const std::optional<Group> group = made(*place, ceilings);
    REQUIRE(group);
    const std::uint64_t most = 8 + own_threads - 1;  // without itself
    const auto started = static_cast<std::uint64_t>(WEXITSTATUS(Member(*group, start_many).end()));
    CHECK(started <= most);
    if (tasks_are_processes) CHECK(started == most);
}

TEST_CASE("at its group's share of processor time a process is held back") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::cpu, "processor time");
    if (!place) return;
    Ceilings ceilings;
    ceilings.cpu_percent = 10;
    const std::optional<Group> group = made(*place, ceilings);
    REQUIRE(group);
    const Member busy(*group, compute_for_ever);
    const auto held_back = [&] {
        const std::string counts = tenon::base::read_file(group->folders().at(0) + "/cpu.stat", 4096).take();
        const std::size_t at = counts.find("nr_throttled ");
        return at != counts.npos && std::stoi(counts.substr(at + 13)) >= 3;
    };
    CHECK(comes_true(held_back));
}

TEST_CASE("a process gets the doors of its groups, and it is told how many there are") {
    const std::optional<GroupPlace> place = real_place(&GroupTree::pids, "tasks");
    if (!place) return;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    Launch launch{"/bin/sh", {"-c", "echo 0 >&3; cat /proc/self/cgroup; echo \"$0 $1\"; kill -9 $$"}, {}, {}};
    launch.ceilings.emplace();
    tenon::base::Result<Process> process = Process::spawn(launch, ends[1]);
    REQUIRE(process);
    const std::optional<Ending> ending = process.value().collect(~std::uint64_t{0});
    REQUIRE(ending);
    CHECK(to_text(*ending) == "was ended by signal 9 (Killed)");
    std::string said(4096, 0);
    said.resize(static_cast<std::size_t>(::read(ends[0], said.data(), said.size())));
    CHECK(said.find("/tenon-worker-" + std::to_string(::getpid()) + "-") != said.npos);
    CHECK(said.find("--groups ") != said.npos);
    ::close(ends[0]);
    ::close(ends[1]);
}
