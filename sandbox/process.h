// One child process, from its start until it is collected.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/group.h"

namespace tenon::sandbox {

// What is started, and all that it gets of ours.
struct Launch {
    std::string program;                   // its path; PATH is not searched
    std::vector<std::string> arguments;    // after the program's name
    std::vector<std::string> environment;  // all of it, "NAME=value" each
    std::vector<int> descriptors;          // they become 3, 4, ... in the child, and stay the caller's here
    // Of a control group of its own, where there can be one. Then the child is told "--groups" and how many descriptors
    // more it has behind the others: it is to write "0" to each, while it has one thread, and it is in the group.
    std::optional<Ceilings> ceilings{};
};

// What a process used.
struct Usage {
    std::uint64_t user_ns = 0;
    std::uint64_t system_ns = 0;
    std::uint64_t peak_resident_kib = 0;
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
    std::uint64_t voluntary_switches = 0;
    std::uint64_t involuntary_switches = 0;
};

// What a process that runs uses by now.
struct LiveUsage {
    std::uint64_t cpu_ns = 0;  // user and system
    std::uint64_t resident_kib = 0;
    std::uint64_t peak_resident_kib = 0;
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
    std::uint64_t voluntary_switches = 0;  // of the threads that it has now
    std::uint64_t involuntary_switches = 0;
    std::uint64_t threads = 0;
};

struct Ending {
    // unknown: the application has collected it, or ignores SIGCHLD; kept: it has ended, but a tracer keeps it.
    enum class How { exited, signalled, unknown, kept };
    How how = How::unknown;
    int status = 0;              // exited
    int signal = 0;              // signalled
    bool core = false;           // signalled: a core file was written
    Usage usage;                 // zero if unknown; with that of children it collected
    bool out_of_memory = false;  // signalled: by the kernel, at the ceiling of its control group
};

// "exited with status 3", "was ended by signal 11 (Segmentation fault)", ", core dumped" after that, or ", out of
// memory".
std::string to_text(const Ending& ending);

// Kills and collects on destruction; what a tracer keeps then is collected by nobody. One thread at a time, but kill()
// may be called while another thread waits in collect().
class Process {
public:
    // Starts the program with `output` as 1 and 2, /dev/null as 0, nothing else of ours than launch.descriptors, all
    // signals unblocked and at their defaults, in a process group of its own. The memory of this process is not copied,
    // however large it is; the calling thread waits for the exec. Problem: "worker.not-started".
    static base::Result<Process> spawn(const Launch& launch, int output);

    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    ~Process();

    pid_t pid() const noexcept { return pid_; }
    // Readable once the process has ended.
    int pidfd() const noexcept { return pidfd_.get(); }

    // SIGKILL for the process, and for its group as long as the number is surely the group's.
    void kill() const noexcept;

    // Waits for the end until a time of CLOCK_MONOTONIC; what is left of the group is killed, then the process is
    // collected. Nothing if it has not ended by then, or if a tracer keeps it, which is not waited for.
    std::optional<Ending> collect(std::uint64_t until_ns) noexcept;
    // The same without waiting.
    std::optional<Ending> try_collect() noexcept;

private:
    Process(pid_t pid, base::Fd pidfd, std::optional<Group> group) noexcept
        : pid_(pid), group_(std::move(group)), pidfd_(std::move(pidfd)) {}
    bool has_ended(std::uint64_t until_ns) const noexcept;

    pid_t pid_;
    std::optional<Group> group_;
    base::Fd pidfd_;  // closed: moved from, or collected
};

// Of the process that the pidfd is of. Nothing once it is collected, or where /proc does not say.
std::optional<LiveUsage> usage_of(pid_t pid, int pidfd);

}  // namespace tenon::sandbox
