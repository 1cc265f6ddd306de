// Files, by Landlock: nothing but what a rule here names. Its rights are those of opening, making and removing; who has
// no right to a file can still see that it is there (stat), unless metadata.cc is in the way. A right that the running
// kernel does not know is not asked for: what stands for it before Landlock's ABI 3 (truncation), 4 (TCP), 5 (ioctl)
// and 6 (signals, abstract sockets) is the filter of system calls.
//
// EXECUTE is given for nothing: it is about execve, and loading a library needs none.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

// As in <linux/landlock.h>, of which a system's headers may have an older edition than its kernel.
constexpr long create_ruleset = 444, add_rule = 445, restrict_self = 446;
constexpr int path_beneath = 1;
constexpr std::uint64_t execute = 1u << 0;
constexpr std::uint64_t write_file = 1u << 1;
constexpr std::uint64_t read_file = 1u << 2;
constexpr std::uint64_t read_folder = 1u << 3;
constexpr std::uint64_t remove_folder = 1u << 4;
constexpr std::uint64_t remove_file = 1u << 5;
constexpr std::uint64_t make_folder = 1u << 7;
constexpr std::uint64_t make_file = 1u << 8;
constexpr std::uint64_t refer = 1u << 13;          // ABI 2
constexpr std::uint64_t truncate_file = 1u << 14;  // ABI 3
constexpr std::uint64_t ioctl_device = 1u << 15;   // ABI 5
constexpr std::uint64_t all_of_abi_1 = refer - 1;
constexpr std::uint64_t bind_and_connect_tcp = 3;          // ABI 4
constexpr std::uint64_t abstract_sockets_and_signals = 3;  // ABI 6

struct Ruleset {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scoped = 0;
};
struct [[gnu::packed]] Beneath {
    std::uint64_t rights;
    std::int32_t folder;
};

Ruleset handled_by(unsigned abi) {
    Ruleset all;
    all.files = all_of_abi_1 | (abi >= 2 ? refer : 0) | (abi >= 3 ? truncate_file : 0) | (abi >= 5 ? ioctl_device : 0);
    all.network = abi >= 4 ? bind_and_connect_tcp : 0;
    all.scoped = abi >= 6 ? abstract_sockets_and_signals : 0;
    return all;
}

constexpr std::uint64_t to_read = read_file | read_folder;
// No links, no devices: what others find there is what it seems to be.
constexpr std::uint64_t to_write =
    write_file | truncate_file | remove_folder | remove_file | make_folder | make_file | refer;
constexpr std::uint64_t of_a_file = execute | write_file | read_file | truncate_file | ioctl_device;

// For languages and time zones: libc reads them when a program first asks.
constexpr const char* always_readable[] = {
    "/usr/lib/locale",
    "/usr/share/locale",
    "/usr/share/zoneinfo",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/usr/lib/gconv",
    "/usr/lib64/gconv",
    "/dev/urandom",
    "/dev/null",
#if defined(__x86_64__)
    "/usr/lib/x86_64-linux-gnu/gconv",
#elif defined(__aarch64__)
    "/usr/lib/aarch64-linux-gnu/gconv",
#endif
};
// At the level standard, for a plugin that loads libraries by itself.
constexpr const char* library_folders[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"};

class Rules {
public:
    explicit Rules(const Ruleset& handled)
        : handled_(handled), ruleset_(static_cast<int>(::syscall(create_ruleset, &handled, sizeof handled, 0))) {}

    int fd() const { return ruleset_.get(); }

    // What is there: a path that leads nowhere gives nothing, and neither does a folder that is meant as a file. False
    // with errno.
    bool allow(const std::string& path, std::uint64_t rights, bool tree) const {
        return allow(path, RESOLVE_NO_MAGICLINKS, rights, tree);
    }
    // What was granted is a real path. A link in it has been put there since, perhaps by another plugin that may write
    // there: it leads nowhere.
    bool allow_granted(const PathRule& path) const {
        return allow(path.path, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS, to_read | (path.write ? to_write : 0),
                     path.tree);
    }
    bool allow(const std::string& path, std::uint64_t resolve, std::uint64_t rights, bool tree) const {
        open_how how{};
        how.flags = O_PATH | O_CLOEXEC;
        how.resolve = resolve;
        const base::Fd there(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
        return !there || allow(there, rights, tree);
    }
    bool allow(const base::Fd& there, std::uint64_t rights, bool tree) const {
        struct stat facts{};
        if (::fstat(there.get(), &facts) != 0) return false;
        const bool folder = S_ISDIR(facts.st_mode);
        if (folder && !tree) return true;
        const Beneath rule{rights & handled_.files & (folder ? ~std::uint64_t{0} : of_a_file), there.get()};
        return ::syscall(add_rule, ruleset_.get(), path_beneath, &rule, 0) == 0;
    }

private:
    Ruleset handled_;
    base::Fd ruleset_;
};

bool allow_system(const Rules& rules, const Start& start) {
    bool fine = true;
    for (const char* const path : always_readable) fine = fine && rules.allow(path, to_read, true);
    for (const std::string& library : start.libraries) fine = fine && rules.allow(library, read_file, false);
    if (start.policy.level == Level::standard)
        for (const char* const folder : library_folders) fine = fine && rules.allow(folder, to_read, true);
    return fine && rules.allow(std::string("/dev/null"), write_file, false) && rules.allow(start.folder, to_read, true);
}

bool allow_granted(const Rules& rules, const Policy& policy) {
    if (policy.level == Level::locked) return true;
    for (const PathRule& path : policy.paths)
        if (!rules.allow_granted(path)) return false;
    return true;
}

}  // namespace

base::Check confine_files(Start& start) {
    const Rules rules(handled_by(start.machine.landlock_abi));
    if (rules.fd() < 0 || !allow_system(rules, start) || !allow_granted(rules, start.policy) ||
        ::syscall(restrict_self, rules.fd(), 0) != 0)
        return layer_failed(start, layer_landlock, "its rules", errno,
                            "A process has at most 16 sets of rules: start the host with fewer around it.");
    return {};
}

}  // namespace tenon::sandbox
