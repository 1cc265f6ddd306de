#include "sandbox/worker/symbols.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <climits>
#include <span>

#include "base/fd.h"

namespace tenon::sandbox::worker {

namespace {

struct Table {
    std::array<char, PATH_MAX> library{};
    std::span<const Elf64_Sym> symbols;
    std::span<const char> names;  // ends with a NUL
};
Table table;
std::atomic<bool> known{false};

// `count` objects at an offset in the file; empty if they are not all in it, or not aligned.
template <class T>
std::span<const T> part(std::span<const char> file, std::uint64_t offset, std::uint64_t count) noexcept {
    if (offset > file.size() || count > (file.size() - offset) / sizeof(T) || offset % alignof(T) != 0) return {};
    return {reinterpret_cast<const T*>(file.data() + offset), count};
}

std::span<const char> mapped(const char* path) noexcept {
    const base::Fd file(::open(path, O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (!file || ::fstat(file.get(), &about) != 0 || about.st_size <= 0) return {};
    const auto size = static_cast<std::size_t>(about.st_size);
    void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (memory == MAP_FAILED) return {};
    return {static_cast<const char*>(memory), size};
}

bool find_tables(std::span<const char> file) noexcept {
    const std::span<const Elf64_Ehdr> header = part<Elf64_Ehdr>(file, 0, 1);
    if (header.empty() || header[0].e_shentsize != sizeof(Elf64_Shdr)) return false;
    const std::span<const Elf64_Shdr> sections = part<Elf64_Shdr>(file, header[0].e_shoff, header[0].e_shnum);
    for (const Elf64_Shdr& section : sections) {
        if (section.sh_type != SHT_SYMTAB || section.sh_link >= sections.size()) continue;
        const Elf64_Shdr& names = sections[section.sh_link];
        table.symbols = part<Elf64_Sym>(file, section.sh_offset, section.sh_size / sizeof(Elf64_Sym));
        table.names = part<char>(file, names.sh_offset, names.sh_size);
        return !table.symbols.empty() && !table.names.empty() && table.names.back() == '\0';
    }
    return false;
}

}  // namespace

void know_symbols_of(const char* library) noexcept {
    if (::strlen(library) >= table.library.size()) return;
    ::strcpy(table.library.data(), library);
    const std::span<const char> file = mapped(library);
    if (find_tables(file))
        known.store(true, std::memory_order_release);
    else if (!file.empty())
        ::munmap(const_cast<char*>(file.data()), file.size());
}

Symbol symbol_before(const void* address) noexcept {
    Dl_info info{};
    if (!known.load(std::memory_order_acquire) || ::dladdr(address, &info) == 0 || info.dli_fname == nullptr ||
        ::strcmp(info.dli_fname, table.library.data()) != 0)
        return {};
    const std::uint64_t at =
        reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    for (const Elf64_Sym& symbol : table.symbols) {
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
        if (symbol.st_name >= table.names.size() || at <= symbol.st_value || at - symbol.st_value > symbol.st_size)
            continue;
        const char* const slash = ::strrchr(info.dli_fname, '/');
        return {table.names.data() + symbol.st_name, at - symbol.st_value,
                slash == nullptr ? info.dli_fname : slash + 1};
    }
    return {};
}

}  // namespace tenon::sandbox::worker
