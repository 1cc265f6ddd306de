// What else the kernel offers: rings, watchers, keys, executable memory, queues, terminals.
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>

#include <array>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

constexpr std::size_t page = 4096;

Outcome make_ring(const Words&) {
    std::array<std::uint32_t, 30> parameters{};
    return of(call(SYS_io_uring_setup, 1, parameters.data()));
}

Outcome catch_faults(const Words&) {
    return of(call(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
}

Outcome make_kernel_map(const Words&) {
    bpf_attr attributes{};
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = 4;
    attributes.value_size = 8;
    attributes.max_entries = 1;
    return of(call(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

Outcome count_events(const Words&) {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    return of(call(SYS_perf_event_open, &attributes, 0, -1, -1, 0L));
}

// Words: what it is called.
Outcome add_key(const Words& words) {
    return of(call(SYS_add_key, "user", words[0], "x", 1L, KEY_SPEC_THREAD_KEYRING));
}

Outcome watch_system(const Words&) {
    return of(call(SYS_fanotify_init, FAN_REPORT_FID, O_RDONLY));
}

Outcome make_memory_file(const Words&) {
    return of(call(SYS_memfd_create, "escapist", 0));
}

Outcome change_personality(const Words&) {
    const long strange =
        ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT;  // nobody's, also where tests run without randomisation
    return of(call(SYS_personality, strange), std::to_string(call(SYS_gettid)));
}

Outcome map_executable(const Words&) {
    return of(call(SYS_mmap, 0L, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L));
}

Outcome make_executable(const Words&) {
    const long memory = call(SYS_mmap, 0L, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    if (memory == -1) return of(memory);
    return of(call(SYS_mprotect, memory, page, PROT_READ | PROT_WRITE | PROT_EXEC));
}

// Words: a file that it may write.
Outcome map_file_executable(const Words& words) {
    const long file = call(SYS_openat, AT_FDCWD, words[0], O_RDWR | O_CREAT, 0600);
    if (file < 0) return of(file);
    call(SYS_write, file, "\xc3", 1L);
    return of(call(SYS_mmap, 0L, page, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0L));
}

Outcome lock_memory(const Words&) {
    constexpr std::size_t size = 16 * page;
    const long memory = call(SYS_mmap, 0L, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
    return memory == -1 ? of(memory) : of(call(SYS_mlock, memory, size));
}

// Words: the number, and its first argument.
Outcome call_by_number(const Words& words) {
    return of(call(words.number(0), words.number(1), 0L, 0L, 0L, 0L, 0L));
}

// Asks for the process's number in the way of 32-bit programs.
Outcome call_by_interrupt(const Words&) {
#ifdef __x86_64__
    long result = 20;
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return {result};
#else
    return {-1, ENOSYS};
#endif
}

Outcome become_readable(const Words&) {
    return of(call(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0));
}

// Words: the terminal.
Outcome type_into_terminal(const Words& words) {
    const long terminal = call(SYS_openat, AT_FDCWD, words[0], O_RDWR | O_NOCTTY);
    return terminal < 0 ? of(terminal) : of(call(SYS_ioctl, terminal, TIOCSTI, "x"));
}

// Words: the key of a queue of messages.
Outcome read_queue(const Words& words) {
    const long queue = call(SYS_msgget, words.number(0), 0);
    if (queue < 0) return of(queue);
    struct {
        long type;
        std::array<char, 64> text;
    } message{};
    const long size = call(SYS_msgrcv, queue, &message, message.text.size(), 0L, 04000 /* IPC_NOWAIT */);
    return of(size, size < 0 ? "" : std::string(message.text.data(), static_cast<std::size_t>(size)));
}

// Words: its name, without a slash.
Outcome read_named_queue(const Words& words) {
    const long queue = call(SYS_mq_open, words[0], O_RDONLY | O_NONBLOCK, 0, nullptr);
    if (queue < 0) return of(queue);
    std::array<char, 64> text{};
    const long size = call(SYS_mq_timedreceive, queue, text.data(), text.size(), nullptr, nullptr);
    return of(size, size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size)));
}

Outcome read_kernel_log(const Words&) {
    std::string text(65536, '\0');
    const long size = call(SYS_syslog, 3, text.data(), static_cast<long>(text.size()));
    return of(size, size < 0 ? "" : legible(text.substr(0, static_cast<std::size_t>(size))));
}

constexpr Attempt attempts[] = {
    {"make_ring", make_ring},
    {"catch_faults", catch_faults},
    {"make_kernel_map", make_kernel_map},
    {"count_events", count_events},
    {"add_key", add_key},
    {"watch_system", watch_system},
    {"make_memory_file", make_memory_file},
    {"change_personality", change_personality},
    {"map_executable", map_executable},
    {"make_executable", make_executable},
    {"map_file_executable", map_file_executable},
    {"lock_memory", lock_memory},
    {"call_by_number", call_by_number},
    {"call_by_interrupt", call_by_interrupt},
    {"become_readable", become_readable},
    {"type_into_terminal", type_into_terminal},
    {"read_queue", read_queue},
    {"read_named_queue", read_named_queue},
    {"read_kernel_log", read_kernel_log},
};

}  // namespace

Attempts kernel_attempts() {
    return attempts;
}

}  // namespace escapist
