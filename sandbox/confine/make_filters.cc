// Compiles the filters of system calls when Tenon is built, and writes them as a header: libseccomp takes milliseconds
// for it, which each start of a worker would wait for. seccomp.cc puts them on.
//
// libseccomp 2.5.4 compares 64 bits where the kernel looks at 32 only, so comparisons here are such that bits above
// those can only lose: a value is allowed if all of it is as it should be, and denied by a mask of low bits.
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "sandbox/confine/call_lists.h"
#include "sandbox/confine/marks.h"
#include "sandbox/confine/own_pid.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

namespace {

constexpr std::uint32_t not_allowed = SCMP_ACT_ERRNO(EPERM);
constexpr std::uint32_t not_there = SCMP_ACT_ERRNO(ENOSYS);

// Of files that may not be opened.
enum class Metadata { seen, hidden };

// Ends the program when libseccomp refuses something: then nothing is built.
void check(int result, const char* what) {
    if (result >= 0) return;
    std::fprintf(stderr, "make_filters: %s: error %d of libseccomp\n", what, -result);
    std::exit(1);
}

class Filter {
public:
    explicit Filter(std::uint32_t otherwise) : raw_(::seccomp_init(otherwise)), otherwise_(otherwise) {
        check(raw_ != nullptr ? 0 : -ENOMEM, "seccomp_init");
        check(::seccomp_attr_set(raw_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), "foreign architectures");
    }
    ~Filter() { ::seccomp_release(raw_); }
    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;

    // With several conditions: where all of them hold.
    void add(std::uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> conditions = {}) {
        const int call = ::seccomp_syscall_resolve_name(name);
        if (call < 0 || action == otherwise_) return;  // below 0: not on this processor
        const auto count = static_cast<unsigned>(conditions.size());
        check(::seccomp_rule_add_array(raw_, action, call, count, count != 0 ? conditions.begin() : nullptr), name);
    }
    void write(std::FILE* out, const char* name) const;

private:
    scmp_filter_ctx raw_;
    std::uint32_t otherwise_;
};

void Filter::write(std::FILE* out, const char* name) const {
    std::FILE* const compiled = std::tmpfile();
    check(compiled != nullptr ? ::seccomp_export_bpf(raw_, ::fileno(compiled)) : -errno, name);
    std::rewind(compiled);
    std::fprintf(out, "inline constexpr sock_filter %s[] = {\n", name);
    sock_filter line{};
    while (std::fread(&line, sizeof line, 1, compiled) == 1)
        std::fprintf(out, "    {0x%x, %u, %u, 0x%xu},\n", line.code, line.jt, line.jf, line.k);
    std::fprintf(out, "};\n");
    std::fclose(compiled);
}

scmp_arg_cmp equal(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_EQ, value, 0};
}
scmp_arg_cmp other_than(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_NE, value, 0};
}
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

std::uint64_t value_of(Only::What what) {
    switch (what) {
        case Only::What::own_pid:
            return pid_to_be;
        case Only::What::control_descriptor:
            return control_descriptor;
        default:
            return 0;
    }
}

// A thread is what shares all that threads share, and brings no namespace along. libc falls back to clone where clone3
// does not exist; the arguments of that one cannot be looked at.
void add_threads(Filter& filter) {
    constexpr std::uint64_t must = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    constexpr std::uint64_t must_not = CLONE_VFORK | CLONE_PTRACE | CLONE_PARENT | CLONE_UNTRACED | CLONE_NEWNS |
                                       CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                       CLONE_NEWNET | CLONE_IO;
    filter.add(SCMP_ACT_ALLOW, "clone", {masked(0, must | must_not, must)});
    filter.add(not_allowed, "clone", {masked(0, CLONE_THREAD, 0)});
}

// Loading maps files, privately, and writes to no code: nothing that is executed was written by this process. Libraries
// with text relocations, or that want a stack to execute, do not load.
void add_memory(Filter& filter) {
    constexpr std::uint64_t code = PROT_EXEC | PROT_WRITE, own = MAP_ANONYMOUS | MAP_SHARED;
    for (const std::uint64_t data : {std::uint64_t{0}, std::uint64_t{PROT_WRITE}})
        filter.add(SCMP_ACT_ALLOW, "mmap", {masked(2, code, data)});
    filter.add(SCMP_ACT_ALLOW, "mmap", {masked(2, code, PROT_EXEC), masked(3, own, 0)});
    for (const std::uint64_t bad : {std::uint64_t{MAP_ANONYMOUS}, std::uint64_t{MAP_SHARED}, own})
        filter.add(not_allowed, "mmap", {masked(2, code, PROT_EXEC), masked(3, own, bad)});
    filter.add(not_allowed, "mmap", {masked(2, code, code)});
    filter.add(SCMP_ACT_ALLOW, "mprotect", {masked(2, PROT_EXEC, 0)});
    filter.add(not_allowed, "mprotect", {masked(2, PROT_EXEC, PROT_EXEC)});
}

// Before its ABI 3 Landlock does not see that a file which may only be read is cut short by O_TRUNC, and it never sees
// the access mode 3, which allows neither reading nor writing, nor O_PATH, which gives a file's metadata.
void add_opening(Filter& filter) {
    constexpr std::uint64_t cut = O_TRUNC, name = O_PATH, no_time = O_NOATIME, mask = O_ACCMODE | cut | name | no_time;
    constexpr std::uint64_t read = O_RDONLY, write = O_WRONLY, both = O_RDWR, neither = O_ACCMODE;
    struct {
        const char* call;
        unsigned flags;
    } const calls[] = {{"open", 1}, {"openat", 2}};
    for (const auto& [call, flags] : calls) {
        for (const std::uint64_t fine : {read, write, both, write | cut, both | cut})
            filter.add(SCMP_ACT_ALLOW, call, {masked(flags, mask, fine)});
        for (const std::uint64_t bad : {read | cut, neither, neither | cut})
            filter.add(not_allowed, call, {masked(flags, mask, bad)});
        for (const std::uint64_t never : {name, no_time}) filter.add(not_allowed, call, {masked(flags, never, never)});
    }
}

constexpr std::uint64_t low_bits = 0xffffffff;  // an int, as the kernel reads it

// Each of the bits that are not in `fine`. There is no rule for "any of these".
void forbid_flags(Filter& filter, const char* call, unsigned flags, std::uint64_t fine) {
    for (std::uint64_t bit = 1; bit < low_bits; bit <<= 1)
        if ((fine & bit) == 0) filter.add(not_allowed, call, {masked(flags, bit, bit)});
}

// What a socket that the host has connected needs, and no way to another end: no address, and of the flags none that
// opens a connection (MSG_FASTOPEN), and none of those that hardly anybody uses (MSG_OOB). Of its options, only why it
// failed. Each rule looks at the arguments from the first on: libseccomp loses rules that begin at another one.
void add_sockets(Filter& filter) {
    constexpr unsigned flags = 3, address = 4, size = 5, level = 1, option = 2;
    constexpr std::uint64_t sending = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE | MSG_EOR;
    constexpr std::uint64_t receiving = MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_TRUNC | MSG_CMSG_CLOEXEC;
    const scmp_arg_cmp usual = masked(flags, low_bits & ~sending, 0);
    filter.add(SCMP_ACT_ALLOW, "sendto", {usual, equal(address, 0), equal(size, 0)});
    filter.add(not_allowed, "sendto", {usual, equal(address, 0), other_than(size, 0)});
    filter.add(not_allowed, "sendto", {usual, other_than(address, 0)});
    forbid_flags(filter, "sendto", flags, sending);
    filter.add(SCMP_ACT_ALLOW, "recvfrom", {masked(flags, low_bits & ~receiving, 0)});
    forbid_flags(filter, "recvfrom", flags, receiving);
    filter.add(SCMP_ACT_ALLOW, "getsockopt", {equal(level, SOL_SOCKET), equal(option, SO_ERROR)});
    filter.add(not_allowed, "getsockopt", {equal(level, SOL_SOCKET), other_than(option, SO_ERROR)});
    filter.add(not_allowed, "getsockopt", {other_than(level, SOL_SOCKET)});
}

bool tells_of_files(std::string_view call) {
    const auto trapped = metadata_calls();
    return call == "statx" || std::find(trapped.begin(), trapped.end(), call) != trapped.end();
}

// libc and others go back to the older calls where there is no statx.
void add_allowed(Filter& filter, Metadata metadata) {
    for (const char* const call : allowed_calls())
        if (metadata == Metadata::seen || !tells_of_files(call)) filter.add(SCMP_ACT_ALLOW, call);
    if (metadata == Metadata::seen) return;
    for (const char* const call : metadata_calls()) filter.add(SCMP_ACT_TRAP, call);
}

void write_first(std::FILE* out, const char* name, bool truncation, Metadata metadata) {
    Filter filter(not_there);
    add_allowed(filter, metadata);
    for (const char* const call : forbidden_calls()) filter.add(not_allowed, call);
    for (const Choice& choice : choices())
        filter.add(choice.allowed ? SCMP_ACT_ALLOW : not_allowed, choice.call, {equal(choice.argument, choice.value)});
    for (const Only& only : only_ones()) {
        filter.add(SCMP_ACT_ALLOW, only.call, {equal(only.argument, value_of(only.value))});
        filter.add(not_allowed, only.call, {other_than(only.argument, value_of(only.value))});
    }
    add_threads(filter);
    add_memory(filter);
    add_opening(filter);
    add_sockets(filter);
    filter.add(truncation ? SCMP_ACT_ALLOW : not_allowed, "truncate");
    filter.write(out, name);
}

void write_second(std::FILE* out, const char* name, bool files) {
    Filter filter(SCMP_ACT_ALLOW);
    for (const char* const call : {"mmap", "mprotect"})
        filter.add(not_allowed, call, {masked(2, PROT_EXEC, PROT_EXEC)});
    filter.add(not_allowed, "seccomp");
    // A thread with a table of its own would have a ceiling of descriptors of its own.
    filter.add(not_allowed, "close_range", {masked(2, CLOSE_RANGE_UNSHARE, CLOSE_RANGE_UNSHARE)});
    for (std::uint32_t i = 0; i < marks; ++i)
        filter.add(SCMP_ACT_ERRNO(first_mark_to_be + i), "prctl", {equal(0, first_mark_option + i)});
    if (!files)
        for (const char* const call : path_calls()) filter.add(not_allowed, call);
    filter.write(out, name);
}

// The descriptors that belong to the worker stay what they are: recvmsg is allowed by number, and another socket there
// would let descriptors in. A filter of its own, for a list of what is allowed cannot leave out a number by its low
// bits only.
void write_keeping(std::FILE* out, const char* name) {
    Filter filter(SCMP_ACT_ALLOW);
    for (const int descriptor : {control_descriptor, bell_descriptor}) {
        const auto kept = static_cast<std::uint64_t>(descriptor);
        filter.add(not_allowed, "close", {masked(0, low_bits, kept)});
        for (const char* const call : {"dup2", "dup3"}) filter.add(not_allowed, call, {masked(1, low_bits, kept)});
    }
    for (std::uint64_t first = 0; first <= bell_descriptor; ++first)
        filter.add(not_allowed, "close_range", {masked(0, low_bits, first)});
    filter.write(out, name);
}

int make_filters(const char* header) {
    std::FILE* const out = std::fopen(header, "w");
    if (out == nullptr) return std::perror(header), 1;
    std::fprintf(out, "// Written by make_filters when Tenon is built.\n#include <linux/filter.h>\n\n");
    std::fprintf(out, "namespace tenon::sandbox {\n");
    write_first(out, "first_filter", true, Metadata::seen);
    write_first(out, "first_filter_before_truncation", false, Metadata::seen);
    write_first(out, "first_filter_without_metadata", true, Metadata::hidden);
    write_first(out, "first_filter_without_metadata_before_truncation", false, Metadata::hidden);
    write_second(out, "second_filter", true);
    write_second(out, "second_filter_without_files", false);
    write_keeping(out, "keeping_filter");
    std::fprintf(out, "}\n");
    return std::fclose(out) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tenon::sandbox

int main(int count, char** words) {
    return count == 2 ? tenon::sandbox::make_filters(words[1]) : 2;
}
