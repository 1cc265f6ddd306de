// The facts of this machine, system and process. Nothing here changes any of them: system calls are asked with
// arguments that they must refuse, and how they refuse tells whether they are there.
#include <elf.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/auxv.h>
#if defined(__x86_64__)
#ifdef __clang__
#define _Bool bool  // a header for C, which only GCC's C++ takes
#endif
#include <sys/platform/x86.h>
#undef _Bool
#endif
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/file.h"
#include "loader/platform.h"
#include "loader/system.h"

namespace tenon::loader {

namespace {

// What the processor can do.

struct ProcessorFeature {
    const char* name;
    bool there;
};

#if defined(__x86_64__)
// What the dynamic linker has found out. The compiler's __builtin_cpu_supports would ask the processor again, before
// main() of each program that has it, which takes 0.1 ms on virtual machines.
std::vector<ProcessorFeature> processor_features() {
    return {{"avx", CPU_FEATURE_ACTIVE(AVX) != 0},         {"avx2", CPU_FEATURE_ACTIVE(AVX2) != 0},
            {"avx512f", CPU_FEATURE_ACTIVE(AVX512F) != 0}, {"sse4.2", CPU_FEATURE_ACTIVE(SSE4_2) != 0},
            {"bmi2", CPU_FEATURE_ACTIVE(BMI2) != 0},       {"fma", CPU_FEATURE_ACTIVE(FMA) != 0},
            {"aes", CPU_FEATURE_ACTIVE(AES) != 0}};
}

// The levels of the psABI, by features that the compiler can ask for and that no processor of the level lacks.
std::vector<std::string> hardware_levels() {
    const auto all = [](auto... features) { return (... && (features != 0)); };
    const bool v2 = all(CPU_FEATURE_ACTIVE(POPCNT), CPU_FEATURE_ACTIVE(SSSE3), CPU_FEATURE_ACTIVE(SSE4_1),
                        CPU_FEATURE_ACTIVE(SSE4_2));
    const bool v3 = v2 && all(CPU_FEATURE_ACTIVE(AVX), CPU_FEATURE_ACTIVE(AVX2), CPU_FEATURE_ACTIVE(BMI1),
                              CPU_FEATURE_ACTIVE(BMI2), CPU_FEATURE_ACTIVE(FMA));
    const bool v4 = v3 && all(CPU_FEATURE_ACTIVE(AVX512F), CPU_FEATURE_ACTIVE(AVX512BW), CPU_FEATURE_ACTIVE(AVX512CD),
                              CPU_FEATURE_ACTIVE(AVX512DQ), CPU_FEATURE_ACTIVE(AVX512VL));
    std::vector<std::string> levels;
    if (v4) levels.emplace_back("x86-64-v4");
    if (v3) levels.emplace_back("x86-64-v3");
    if (v2) levels.emplace_back("x86-64-v2");
    return levels;
}
#else
std::vector<ProcessorFeature> processor_features() {
    return {};
}
std::vector<std::string> hardware_levels() {
    return {};
}
#endif

// What the system can do, as far as it lets this process.

bool has_landlock() {
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

// The address of the action is missing: EFAULT where the call is known.
bool has_seccomp() {
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, nullptr) != 0 && errno == EFAULT;
}

// Flags that do not exist: EINVAL where the call is known.
bool has_memfd() {
    return ::syscall(SYS_memfd_create, "", ~0u) < 0 && errno == EINVAL;
}

// No room for its parameters: EFAULT where the call is known, EPERM where it was switched off.
bool has_io_uring() {
    return ::syscall(SYS_io_uring_setup, 0, nullptr) < 0 && (errno == EFAULT || errno == EINVAL);
}

// The number in a file of /proc; nothing if there is no such file.
std::optional<long> setting(const char* path) {
    const base::Result<std::string> text = base::read_file(path, 64);
    if (!text) return {};
    return std::strtol(text.value().c_str(), nullptr, 10);
}

// Whether a user without rights can make them. Only trying would tell for sure, and that changes the process.
bool has_user_namespaces() {
    if (setting("/proc/sys/user/max_user_namespaces").value_or(0) <= 0) return false;
    if (::geteuid() == 0) return true;
    return setting("/proc/sys/kernel/unprivileged_userns_clone").value_or(1) != 0 &&
           setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").value_or(0) == 0;
}

// Where libraries are.

std::string multiarch() {
#if defined(__x86_64__)
    return "x86_64-linux-gnu";
#elif defined(__aarch64__)
    return "aarch64-linux-gnu";
#else
    return "riscv64-linux-gnu";
#endif
}

std::vector<std::string> default_folders() {
    std::vector<std::string> folders;
    for (const std::string& folder : {"/lib/" + multiarch(), "/usr/lib/" + multiarch(), std::string("/lib64"),
                                      std::string("/usr/lib64"), std::string("/lib"), std::string("/usr/lib")})
        if (base::is_folder(folder)) folders.push_back(folder);
    return folders;
}

std::string environment(const char* variable) {
    const char* const value = std::getenv(variable);
    return value == nullptr ? "" : value;
}

// What is mapped. The tables lie in memory, where the dynamic linker itself uses them.

// The string at this offset of the table, if it ends inside a segment of the library.
std::string string_in(const dl_phdr_info& info, std::uintptr_t table, std::uint64_t offset) {
    for (int i = 0; i < info.dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = info.dlpi_phdr[i];
        const std::uintptr_t begin = info.dlpi_addr + segment.p_vaddr;
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_R) == 0 || table < begin ||
            table - begin >= segment.p_memsz || offset >= segment.p_memsz - (table - begin))
            continue;
        const char* const text = reinterpret_cast<const char*>(table + offset);
        return std::string(text, ::strnlen(text, segment.p_memsz - (table - begin) - offset));
    }
    return {};
}

std::string soname_of(const dl_phdr_info& info) {
    for (int i = 0; i < info.dlpi_phnum; ++i) {
        if (info.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
        std::uintptr_t strings = 0;
        std::optional<std::uint64_t> name;
        const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(info.dlpi_addr + info.dlpi_phdr[i].p_vaddr);
        for (; entry->d_tag != DT_NULL; ++entry) {
            if (entry->d_tag == DT_STRTAB) strings = entry->d_un.d_ptr;
            if (entry->d_tag == DT_SONAME) name = entry->d_un.d_val;
        }
        if (strings == 0 || !name) return {};
        if (strings < info.dlpi_addr) strings += info.dlpi_addr;  // not all systems relocate it
        return string_in(info, strings, *name);
    }
    return {};
}

int add_library(dl_phdr_info* info, std::size_t, void* out) {
    // The program itself and the kernel's part have no path.
    if (info->dlpi_name == nullptr || std::strchr(info->dlpi_name, '/') == nullptr) return 0;
    static_cast<std::vector<LoadedLibrary>*>(out)->push_back({info->dlpi_name, soname_of(*info)});
    return 0;
}

}  // namespace

std::vector<LoadedLibrary> loaded_libraries() {
    std::vector<LoadedLibrary> libraries;
    ::dl_iterate_phdr(add_library, &libraries);
    return libraries;
}

std::vector<std::string> system_features() {
    std::vector<ProcessorFeature> all = processor_features();
    all.push_back({"landlock", has_landlock()});
    all.push_back({"seccomp", has_seccomp()});
    all.push_back({"memfd", has_memfd()});
    all.push_back({"user-namespaces", has_user_namespaces()});
    all.push_back({"io-uring", has_io_uring()});
    std::vector<std::string> there;
    for (const ProcessorFeature& feature : all)
        if (feature.there) there.emplace_back(feature.name);
    return there;
}

SystemFacts system_facts() {
    SystemFacts facts;
    facts.platform = this_platform().name;
    facts.glibc = ::gnu_get_libc_version();
    facts.features = system_features();
    facts.loaded = loaded_libraries();
    facts.library_path = environment("LD_LIBRARY_PATH");
    facts.default_folders = default_folders();
    facts.cache_file = "/etc/ld.so.cache";
    facts.levels = hardware_levels();
    facts.lib_folder = base::is_folder("/usr/lib/" + multiarch()) ? "lib/" + multiarch() : "lib64";
    const auto processor = ::getauxval(AT_PLATFORM);
    facts.processor = processor == 0 ? "" : reinterpret_cast<const char*>(processor);
    return facts;
}

}  // namespace tenon::loader
