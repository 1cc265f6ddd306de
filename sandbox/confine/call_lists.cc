#include "sandbox/confine/call_lists.h"

#include <asm/ioctls.h>
#include <asm/sockios.h>
#include <fcntl.h>
#include <linux/prctl.h>

namespace tenon::sandbox {

namespace {

constexpr const char* allowed[] = {
    // memory; mmap and mprotect are looked at by what they make executable
    "brk", "munmap", "mremap", "madvise", "msync", "membarrier",
    // threads and signals to itself
    "exit", "exit_group", "futex", "futex_time64", "futex_waitv", "get_robust_list", "set_robust_list",
    "set_tid_address", "gettid", "rseq", "sched_yield", "getcpu", "sched_get_priority_max", "sched_get_priority_min",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait",
    "sigaltstack", "pause", "restart_syscall",
    // time
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "times", "timer_create",
    "timer_settime", "timer_gettime", "timer_getoverrun", "timer_delete", "timerfd_create", "timerfd_settime",
    "timerfd_gettime",
    // of itself and of the system
    "getpid", "getppid", "getuid", "geteuid", "getresuid", "getgid", "getegid", "getresgid", "getgroups", "getrusage",
    "getrlimit", "uname", "sysinfo", "getrandom", "umask", "getcwd", "capget",
    // descriptors; another filter keeps those that are the worker's
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek",
    "close", "close_range", "dup", "dup2", "dup3", "fstat", "ftruncate", "fallocate", "fsync", "fdatasync", "flock",
    "fadvise64", "getdents64", "copy_file_range", "sendfile", "pipe", "pipe2", "poll", "ppoll", "select", "pselect6",
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2",
    // sockets that the host has connected; sendto, recvfrom and getsockopt are looked at
    "shutdown", "getsockname", "getpeername",
    // files; which ones, Landlock says
    "creat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat",
    "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2",
    // another filter only takes more away; forbid_new_code ends it
    "seccomp"};

constexpr const char* forbidden[] = {
    // other processes, and more of them
    "fork", "vfork", "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
    "process_mrelease", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp", "tkill", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "setpriority", "getpriority", "sched_setscheduler", "sched_setparam", "sched_setattr",
    "ioprio_set", "setpgid", "getpgid", "setsid", "getsid", "wait4", "waitid", "unshare", "setns", "move_pages",
    "migrate_pages", "mbind", "set_mempolicy",
    // who it is
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset",
    "setrlimit", "personality",
    // the network, and other ways to talk
    "socket", "socketpair", "bind", "listen", "accept", "accept4", "connect", "sendmsg", "sendmmsg", "recvmmsg",
    "setsockopt", "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semctl", "semtimedop", "msgget", "msgsnd",
    "msgrcv", "msgctl", "mq_open", "mq_unlink", "mq_timedsend", "mq_timedreceive", "mq_notify", "mq_getsetattr",
    // what Landlock does not look at
    "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown",
    "fchown", "lchown", "fchownat", "utime", "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr",
    "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "removexattr", "lremovexattr",
    "fremovexattr", "name_to_handle_at", "open_by_handle_at", "inotify_init", "inotify_init1", "inotify_add_watch",
    "fanotify_init", "fanotify_mark", "chdir", "fchdir", "chroot", "pivot_root", "mount", "umount2", "open_tree",
    "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "statfs", "fstatfs", "sync", "syncfs",
    "quotactl", "swapon", "swapoff",
    // memory that others do not expect
    "memfd_create", "memfd_secret", "mlock", "mlock2", "mlockall", "munlock", "munlockall", "mincore",
    "remap_file_pages", "pkey_mprotect", "pkey_alloc", "userfaultfd", "vmsplice", "splice", "tee",
    // the kernel's large surfaces
    "io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "io_submit", "io_destroy", "bpf",
    "perf_event_open", "add_key", "request_key", "keyctl", "landlock_create_ruleset", "landlock_add_rule",
    "landlock_restrict_self", "modify_ldt", "iopl", "ioperm", "init_module", "finit_module", "delete_module",
    "kexec_load", "kexec_file_load", "reboot", "syslog", "acct", "sethostname", "setdomainname", "settimeofday",
    "clock_settime", "clock_adjtime", "adjtimex", "setitimer", "alarm", "vhangup", "lookup_dcookie"};

// Without those that take a descriptor only. Where the first filter traps one of them, that comes before what another
// says of it: metadata.cc answers, and cannot open anything either.
constexpr const char* by_path[] = {"open",     "openat",    "creat",     "stat",       "lstat",    "newfstatat",
                                   "statx",    "access",    "faccessat", "faccessat2", "readlink", "readlinkat",
                                   "mkdir",    "mkdirat",   "rmdir",     "unlink",     "unlinkat", "rename",
                                   "renameat", "renameat2", "truncate"};

constexpr const char* of_metadata[] = {"stat",      "lstat",      "newfstatat", "access",
                                       "faccessat", "faccessat2", "readlink",   "readlinkat"};

// From <linux/fcntl.h> and newer editions of <linux/prctl.h>.
constexpr std::uint64_t set_owner_ex = 15, add_seals = 1033, get_seals = 1034, set_memory_name = 0x53564d41,
                        set_tracer = 0x59616d61;

constexpr Choice by_value[] = {
    {"fcntl", 1, F_DUPFD, true},
    {"fcntl", 1, F_GETFD, true},
    {"fcntl", 1, F_SETFD, true},
    {"fcntl", 1, F_GETFL, true},
    {"fcntl", 1, F_GETLK, true},
    {"fcntl", 1, F_SETLK, true},
    {"fcntl", 1, F_SETLKW, true},
    {"fcntl", 1, F_DUPFD_CLOEXEC, true},
    {"fcntl", 1, F_SETFL, true},  // without an owner, O_ASYNC sends signals to nobody
    {"fcntl", 1, get_seals, true},
    {"fcntl", 1, F_SETOWN, false},
    {"fcntl", 1, F_SETSIG, false},
    {"fcntl", 1, set_owner_ex, false},
    {"fcntl", 1, F_SETLEASE, false},
    {"fcntl", 1, F_NOTIFY, false},
    {"fcntl", 1, F_SETPIPE_SZ, false},
    {"fcntl", 1, add_seals, false},
    {"ioctl", 1, TCGETS, true},
    {"ioctl", 1, FIONREAD, true},
    {"ioctl", 1, FIOCLEX, true},
    {"ioctl", 1, FIONCLEX, true},
    {"ioctl", 1, FIONBIO, true},
    {"ioctl", 1, TIOCSTI, false},
    {"ioctl", 1, TIOCSCTTY, false},
    {"ioctl", 1, TIOCLINUX, false},
    {"ioctl", 1, FIOASYNC, false},
    {"ioctl", 1, FIOSETOWN, false},
    {"ioctl", 1, SIOCSPGRP, false},
    {"prctl", 0, PR_SET_NAME, true},
    {"prctl", 0, PR_GET_NAME, true},
    {"prctl", 0, PR_GET_TIMERSLACK, true},
    {"prctl", 0, PR_SET_TIMERSLACK, true},  // a worker's lane sleeps exactly
    {"prctl", 0, PR_GET_DUMPABLE, true},
    {"prctl", 0, PR_GET_NO_NEW_PRIVS, true},
    {"prctl", 0, PR_GET_SECCOMP, true},
    {"prctl", 0, PR_GET_PDEATHSIG, true},
    {"prctl", 0, PR_CAPBSET_READ, true},
    {"prctl", 0, set_memory_name, true},
    {"prctl", 0, PR_SET_DUMPABLE, false},
    {"prctl", 0, PR_SET_PDEATHSIG, false},
    {"prctl", 0, PR_SET_SECCOMP, false},
    {"prctl", 0, set_tracer, false},
    {"prctl", 0, PR_SET_MM, false},
    {"prctl", 0, PR_SET_KEEPCAPS, false},
    {"prctl", 0, PR_SET_SECUREBITS, false},
    {"prctl", 0, PR_CAPBSET_DROP, false},
    {"prctl", 0, PR_CAP_AMBIENT, false},
    {"prctl", 0, PR_SET_CHILD_SUBREAPER, false},
};

constexpr Only only[] = {
    {"kill", 0, Only::What::own_pid},           {"tgkill", 0, Only::What::own_pid},
    {"prlimit64", 0, Only::What::zero},         {"sched_getaffinity", 0, Only::What::zero},
    {"sched_setaffinity", 0, Only::What::zero}, {"recvmsg", 0, Only::What::control_descriptor},
};

}  // namespace

std::span<const char* const> allowed_calls() {
    return allowed;
}
std::span<const char* const> forbidden_calls() {
    return forbidden;
}
std::span<const char* const> path_calls() {
    return by_path;
}
std::span<const char* const> metadata_calls() {
    return of_metadata;
}
std::span<const Choice> choices() {
    return by_value;
}
std::span<const Only> only_ones() {
    return only;
}

}  // namespace tenon::sandbox
