// The kernel: what a confined plugin does not get of it.
#include <linux/capability.h>
#include <mqueue.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/klog.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "tests/containment/contained.h"
#include "tests/containment/evidence.h"

using namespace tenon::test;

namespace {

using Make = std::function<Stage(const Ground&, Prison&)>;

std::string number(auto value) {
    return std::to_string(value);
}

// Something that would be among the worker's descriptors.
Make opening(const std::string& name, const std::string& argument = "") {
    return [=](const Ground&, Prison& prison) {
        const std::string folder = "/proc/" + number(prison.pid()) + "/fd";
        REQUIRE(look_at_links(folder).find(name) == std::string::npos);
        return Stage{argument, [=](const Answer&) { return look_at_links(folder).find(name) != std::string::npos; }};
    };
}

// Something that would be said in a file of the worker's in /proc.
Make showing(const std::string& file, const std::string& words, const std::string& argument = "") {
    return [=](const Ground&, Prison& prison) {
        const std::string path = "/proc/" + number(prison.pid()) + "/" + file;
        REQUIRE(look_at_file(path).find(words) == std::string::npos);
        return Stage{argument, [=](const Answer&) { return look_at_file(path).find(words) != std::string::npos; }};
    };
}

// Only the answer tells.
Make answering(const std::string& argument = "") {
    return [=](const Ground&, Prison&) {
        return Stage{argument, [](const Answer& answer) { return answer.succeeded(); }};
    };
}

Attempt if_seen(Attempt attempt) {
    return if_there(can_look(), "way to see what an ordinary user's worker has", std::move(attempt));
}

Attempt as_root_only(const char* name, std::uint32_t layers, int error = EPERM) {
    Attempt attempt{name, layers | if_root(privileges), error};
    attempt.wants_root = true;
    return attempt;
}

bool has_call(long call, auto... arguments) {
    const long result = ::syscall(call, arguments...);
    return result >= 0 || errno != ENOSYS;
}

// A line of /proc/THREAD/status of the thread that the attempt names.
Make thread_status(const std::string& name, const std::string& value) {
    return [=](const Ground&, Prison&) {
        return Stage{"", [=](const Answer& answer) {
                         return answer.succeeded() &&
                                status_of(std::atoi(answer.text.c_str()), name).starts_with(value);
                     }};
    };
}

// Its last line; empty for who may not read it.
std::string last_of_the_kernel_log() {
    std::array<char, 4096> text{};
    const int size = ::klogctl(3 /* read all */, text.data(), text.size());
    const std::string all(text.data(), static_cast<std::size_t>(std::max(size, 0)));
    return all.size() < 2 ? "" : all.substr(all.rfind('\n', all.size() - 2) + 1);
}

}  // namespace

TEST_CASE("a plugin has no ring of calls that nobody filters") {
    const bool there = has_call(SYS_io_uring_setup, 0, nullptr);
    contained(if_there(there, "io_uring", if_seen({"make_ring", seccomp, EPERM})), opening("[io_uring]"));
}

TEST_CASE("a plugin does not hold up the kernel's accesses to memory") {
    const bool there = has_call(SYS_userfaultfd, -1);
    contained(if_there(there, "userfaultfd", if_seen({"catch_faults", seccomp, EPERM})), opening("[userfaultfd]"));
}

TEST_CASE("a plugin has nothing run or kept inside the kernel") {
    contained(as_root_only("make_kernel_map", seccomp), opening("bpf-map"));
}

TEST_CASE("a plugin counts no events") {
    const bool there = has_call(SYS_perf_event_open, nullptr, 0, -1, -1, 0L);
    const bool for_all = std::atoi(text_of("/proc/sys/kernel/perf_event_paranoid").c_str()) <= 2;
    const Attempt attempt = for_all ? Attempt{"count_events", seccomp, EPERM} : as_root_only("count_events", seccomp);
    contained(if_there(there, "performance events", if_seen(attempt)), opening("[perf_event]"));
}

TEST_CASE("a plugin keeps no keys") {
    contained({"add_key", seccomp, EPERM}, [](const Ground&, Prison&) {
        const std::string name = unguessable();
        return Stage{name, [=](const Answer&) { return keys_of_the_worker().find(name) != std::string::npos; }};
    });
}

TEST_CASE("a plugin does not watch the file system") {
    contained(if_seen({"watch_system", seccomp, EPERM}), opening("[fanotify]"));
}

TEST_CASE("a plugin has no file that is memory") {
    contained(if_seen({"make_memory_file", seccomp, EPERM}), opening("/memfd:escapist"));
}

TEST_CASE("a plugin does not choose where the next program lies in memory") {
    contained(if_seen({"change_personality", seccomp, EPERM}), [](const Ground&, Prison&) {
        return Stage{"", [](const Answer& answer) {
                         return look_at_file("/proc/" + answer.text + "/personality") == "00240000\n";
                     }};
    });
}

TEST_CASE("a plugin has no memory that it could write and execute") {
    contained(if_seen({"map_executable", seccomp, EPERM}), showing("maps", " rwxp "));
}

TEST_CASE("a plugin does not make its memory executable") {
    contained(if_seen({"make_executable", seccomp, EPERM}), showing("maps", " rwxp "));
}

TEST_CASE("a plugin does not execute what it has written to a file") {
    contained(if_seen({"map_file_executable", seccomp, EPERM}), [](const Ground& ground, Prison& prison) {
        const std::string maps = "/proc/" + number(prison.pid()) + "/maps", file = ground.data() + "/code";
        return Stage{file, [=](const Answer&) { return look_at_file(maps).find(file) != std::string::npos; }};
    });
}

TEST_CASE("a plugin locks no memory") {
    contained({"lock_memory", seccomp, EPERM}, [](const Ground&, Prison& prison) {
        return Stage{
            "", [worker = prison.pid()](const Answer&) { return std::atoi(status_of(worker, "VmLck").c_str()) >= 64; }};
    });
}

TEST_CASE("a call that the filter does not know is not there") {
#ifdef SYS_epoll_create  // which epoll_create1 has replaced, and which no list names
    contained(if_seen({"call_by_number", seccomp, ENOSYS}), opening("[eventpoll]", number(SYS_epoll_create) + " 1"));
#endif
}

TEST_CASE("a call of another processor ends the worker") {
#ifdef __x86_64__
    const Ground ground;
    const Holdings before;
    {
        Prison prison(ground);
        const Answer answer = prison.attempt("call_by_interrupt");
        CHECK(answer.code == TENON_E_GONE);
        CHECK(answer.why.find("was ended by signal 31 (Bad system call)") != std::string::npos);
        CHECK(prison.runs_again());
    }
    CHECK(nothing_is_left(before));
    Walls walls;
    walls.without = seccomp;
    Prison open(ground, walls);
    const Answer answer = open.attempt("call_by_interrupt");
    if (machine_has(answer.answered, "32-bit programs")) CHECK(answer.result == open.pid());
#endif
}

TEST_CASE("a plugin does not let others look into its memory") {
    contained({"become_readable", seccomp, EPERM}, [](const Ground&, Prison& prison) {
        const std::string file = "/proc/" + number(prison.pid()) + "/status";  // root's, unless they may
        return Stage{"", [=](const Answer&) {
                         struct stat found{};
                         return ::stat(file.c_str(), &found) == 0 && found.st_uid == nobody;
                     }};
    });
}

TEST_CASE("a plugin raises no limit of its own") {
    Attempt attempt{"change_limit", if_root(privileges), EPERM};
    const std::uint64_t held = std::stoull(status_of(::getpid(), "CapEff"), nullptr, 16);
    attempt.wants_root = true;
    const bool may_raise = !as_root() || (held & 1u << CAP_SYS_RESOURCE) != 0;
    contained(if_there(may_raise, "root that may raise limits", attempt), [](const Ground&, Prison& prison) {
        const std::string file = "/proc/" + number(prison.pid()) + "/limits";
        return Stage{"0 5000", [=](const Answer&) {
                         const std::string text = look_at_file(file);
                         const std::size_t at = text.find("Max open files");
                         return text.find(" 5000 ", at) < text.find('\n', at);
                     }};
    });
}

TEST_CASE("a plugin does not run before others") {
    contained(as_root_only("run_before_others", seccomp), [](const Ground&, Prison&) {
        return Stage{"", [](const Answer& answer) {
                         return ::getpriority(PRIO_PROCESS, static_cast<id_t>(std::atoi(answer.text.c_str()))) == -5;
                     }};
    });
}

TEST_CASE("a plugin does not become root again") {
    contained(as_root_only("become_root", seccomp), thread_status("Uid", "0\t0\t0"));
}

TEST_CASE("a plugin takes no privilege") {
    contained(as_root_only("take_capabilities", seccomp), thread_status("CapEff", "0000000000040000"));
}

TEST_CASE("a plugin does not type into a terminal") {
    const bool there = text_of("/proc/sys/dev/tty/legacy_tiocsti") != "0\n";
    const Attempt attempt = as_root_only("type_into_terminal", seccomp | landlock, EACCES);
    contained(if_there(there, "typing into terminals", attempt), [](const Ground&, Prison&) {
        const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        REQUIRE(::grantpt(master) == 0);
        REQUIRE(::unlockpt(master) == 0);
        const auto terminal = std::make_shared<tenon::base::Fd>(master);
        return Stage{::ptsname(master), [=](const Answer&) {
                         char echo = 0;  // what is typed comes back
                         ::fcntl(terminal->get(), F_SETFL, O_NONBLOCK);
                         return ::read(terminal->get(), &echo, 1) == 1 && echo == 'x';
                     }};
    });
}

TEST_CASE("a plugin reads no messages of others") {
    contained({"read_queue", seccomp | namespaces, EPERM}, [](const Ground&, Prison&) {
        const auto key = static_cast<key_t>(0x74000000 + ::getpid());
        const std::shared_ptr<int> queue(new int(::msgget(key, IPC_CREAT | IPC_EXCL | 0666)), [](int* made) {
            ::msgctl(*made, IPC_RMID, nullptr);
            delete made;
        });
        REQUIRE(*queue >= 0);
        struct {
            long type = 1;
            char text[5] = {'w', 'o', 'r', 'd', 's'};
        } message;
        REQUIRE(::msgsnd(*queue, &message, sizeof message.text, 0) == 0);
        return Stage{number(key), [=](const Answer& answer) {
                         msqid_ds state{};
                         return ::msgctl(*queue, IPC_STAT, &state) == 0 && state.msg_qnum == 0 &&
                                answer.text == "words";
                     }};
    });
}

TEST_CASE("a plugin reads no named messages of others") {
    contained({"read_named_queue", seccomp | namespaces | landlock, EPERM}, [](const Ground&, Prison&) {
        const std::string name = unguessable();
        mq_attr attributes{};
        attributes.mq_maxmsg = 1;
        attributes.mq_msgsize = 64;
        const ::mode_t mask = ::umask(0);
        const std::shared_ptr<mqd_t> queue(
            new mqd_t(::mq_open(("/" + name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0666, &attributes)),
            [=](mqd_t* made) {
                ::mq_close(*made);
                ::mq_unlink(("/" + name).c_str());
                delete made;
            });
        ::umask(mask);
        REQUIRE(*queue >= 0);
        REQUIRE(::mq_send(*queue, "words", 5, 0) == 0);
        return Stage{name, [=](const Answer& answer) {
                         mq_attr state{};
                         return ::mq_getattr(*queue, &state) == 0 && state.mq_curmsgs == 0 && answer.text == "words";
                     }};
    });
}

TEST_CASE("a plugin's thread has no descriptors of its own, beside those that have a ceiling") {
    contained(if_seen({"take_own_table", seccomp, EPERM}), [](const Ground&, Prison& prison) {
        const std::string folder = "/proc/" + number(prison.pid());
        return Stage{"", [=](const Answer& answer) {
                         const std::string thread = folder + "/task/" + answer.text;
                         return look_at_file(thread + "/comm") != "" && look_at_links(thread + "/fd") == "" &&
                                look_at_links(folder + "/fd") != "";
                     }};
    });
}

TEST_CASE("a plugin does not read what the kernel logs") {
    contained(as_root_only("read_kernel_log", seccomp), [](const Ground&, Prison&) {
        const std::string line = last_of_the_kernel_log();
        return Stage{
            "", [=](const Answer& answer) { return !line.empty() && answer.text.find(line) != std::string::npos; }};
    });
}

// As root the host leaves the machine's name to others before a plugin may change it.
TEST_CASE("a plugin does not rename the machine") {
    if (as_root()) REQUIRE(::unshare(CLONE_NEWUTS) == 0);
    Attempt attempt = as_root_only("rename_machine", seccomp | namespaces);
    attempt.in_vain = namespaces;  // that is another name
    contained(attempt, [](const Ground&, Prison&) {
        const std::string name = "t" + number(::getpid());
        char before[65] = {};
        ::gethostname(before, sizeof before - 1);
        return Stage{name, [=, before = std::string(before)](const Answer&) {
                         char now[65] = {};
                         ::gethostname(now, sizeof now - 1);
                         if (as_root()) CHECK(::sethostname(before.data(), before.size()) == 0);
                         return now == name;
                     }};
    });
}

TEST_CASE("a plugin has none of root's means to harm the machine") {
    const struct {
        const char* name;
        int other_error;
    } means[] = {{"reboot", EINVAL}, {"replace_kernel", EINVAL}, {"swap_on", ENOENT}, {"keep_accounts", ENOENT}};
    const bool kernel_can_be_replaced = has_call(SYS_kexec_load, 0L, 1000L, nullptr, 0L);
    for (const auto& [name, error] : means) {
        const bool there = std::string_view(name) != "replace_kernel" || kernel_can_be_replaced;
        Attempt attempt = as_root_only(name, seccomp);
        attempt.other_error = error;
        contained(if_there(there, "kernel that can be replaced", attempt), answering());
    }
}
