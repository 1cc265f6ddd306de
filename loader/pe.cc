// The file's headers and sections; what the data directories lead to is in pe_directories.cc.
#include "loader/pe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/platform.h"

namespace tenon::loader {

namespace {

struct FileHeader {
    char signature[4];  // "PE\0\0"
    std::uint16_t machine;
    std::uint16_t sections;
    std::uint32_t time;
    std::uint32_t symbols;
    std::uint32_t symbol_count;
    std::uint16_t optional_size;
    std::uint16_t flags;
};
static_assert(sizeof(FileHeader) == 24);

struct OptionalHeader {
    std::uint16_t magic;
    std::uint8_t linker[2];
    std::uint32_t code_size, data_size, zeros_size, entry_point, code;
    std::uint64_t base;
    std::uint32_t alignment, file_alignment;
    std::uint16_t versions[6];
    std::uint32_t reserved, image_size, headers_size, checksum;
    std::uint16_t subsystem, flags;
    std::uint64_t stack_and_heap[4];
    std::uint32_t loader_flags, directories;
};
static_assert(sizeof(OptionalHeader) == 112);
static_assert(sizeof(Pe::Section) == 40);

constexpr std::uint64_t dos_header_size = 64;
constexpr std::uint64_t dos_header_to_pe = 60;
constexpr std::uint32_t max_pe_header = 1u << 20;  // DOS programs have something else there
constexpr std::size_t max_sections = 96;           // as Windows has it
constexpr std::uint16_t magic_of_64_bits = 0x20b;
constexpr std::uint16_t flag_executable = 0x2, flag_library = 0x2000;
constexpr std::uint32_t section_is_code = 0x20000000;  // executable
constexpr std::uint64_t page = 4096, sector = 512, base_alignment = 65536;
constexpr std::uint64_t max_address = std::uint64_t{1} << 47;
constexpr std::uint64_t symbol_size = 18;
constexpr std::size_t certificates = 4;  // the one directory that has a place in the file, not an address

enum : std::uint16_t { amd64 = 0x8664, i386 = 0x14c, arm_32 = 0x1c4, arm_64 = 0xaa64 };

std::string machine_name(unsigned machine) {
    switch (machine) {
        case i386:
        case arm_32:
            return "a 32-bit machine";
        case arm_64:
            return "AArch64";
        default:
            return fmt::format("PE machine number {:#x}", machine);
    }
}

base::Problem not_pe(std::string_view path, std::string_view what) {
    return {"image.not-pe", fmt::format("{}: {}", path, what), "Name a library (.dll) for 64-bit Windows."};
}

bool is_power_of_two(std::uint64_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

std::uint64_t memory_size_of(const Pe::Section& section) {
    return section.memory_size != 0 ? section.memory_size : section.file_size;
}

}  // namespace

std::uint64_t Pe::Section::size() const {
    return std::min<std::uint64_t>(memory_size_of(*this), file_size);
}

bool Pe::Section::is_named(std::string_view wanted) const {
    return std::string_view(name, ::strnlen(name, sizeof name)) == wanted;
}

bool Pe::Section::is_code() const {
    return (flags & section_is_code) != 0;
}

base::Problem Pe::truncated(std::string_view what) const {
    return {"image.truncated", fmt::format("{}: {}, but the file has {} bytes", path_, what, source_->size()),
            "The file was cut off or is still being written: build or copy it again."};
}

base::Problem Pe::bad(std::string_view what) const {
    return {"image.bad-pe", fmt::format("{}: {}", path_, what), "The file is damaged: build or copy it again."};
}

bool Pe::is_one(const Source& source) {
    char magic[2] = {};
    return source.read(0, magic, sizeof magic) && magic[0] == 'M' && magic[1] == 'Z';
}

base::Result<Pe> Pe::open(const Source& source, std::string_view path) {
    Pe pe(source, path);
    if (base::Check problem = pe.read_headers()) return *problem;
    return pe;
}

base::Check Pe::read_headers() {
    std::uint32_t at = 0;
    if (source_->size() < dos_header_size || !source_->read(dos_header_to_pe, &at, sizeof at))
        return truncated(fmt::format("its DOS header needs {} bytes", dos_header_size));
    if (at < 4 || at % 4 != 0 || at > max_pe_header)
        return not_pe(path_, "begins like a program for DOS, and is none for Windows");
    FileHeader file{};
    if (!source_->read(at, &file, sizeof file)) return truncated(fmt::format("its PE header begins at byte {}", at));
    if (std::memcmp(file.signature, "PE\0", 4) != 0) return not_pe(path_, "is a program for DOS, not for Windows");
    if (file.machine != amd64) return wrong_machine(path_, machine_name(file.machine));
    if ((file.flags & flag_library) == 0) return not_pe(path_, "is a program for Windows, not a library (.dll)");
    if ((file.flags & flag_executable) == 0) return bad("its linker says that it cannot be run");
    const std::uint64_t optional = at + sizeof file;
    if (base::Check problem = read_optional_header(optional, file.optional_size)) return problem;
    if (base::Check problem = read_sections(optional + file.optional_size, file.sections)) return problem;
    return check_end(file.symbols, file.symbol_count);
}

base::Check Pe::read_optional_header(std::uint64_t at, std::size_t size) {
    OptionalHeader header{};
    if (!source_->read(at, &header, sizeof header))
        return truncated(fmt::format("its optional header begins at byte {}", at));
    if (header.magic != magic_of_64_bits)
        return bad(fmt::format("its optional header is of kind {:#x}; wanted {:#x}", unsigned{header.magic},
                               unsigned{magic_of_64_bits}));
    const std::size_t directories = std::size_t{header.directories} * sizeof(Directory);
    if (header.directories > directories_.size() || size < sizeof header + directories)
        return bad(fmt::format("its {} data directories do not fit into an optional header of {} bytes",
                               header.directories, size));
    if (!source_->read(at + sizeof header, directories_.data(), directories))
        return truncated(fmt::format("its data directories begin at byte {}", at + sizeof header));
    if (!is_power_of_two(header.alignment) || header.alignment < page || !is_power_of_two(header.file_alignment) ||
        header.file_alignment < sector || header.file_alignment > header.alignment ||
        header.base % base_alignment != 0 || header.base >= max_address)
        return bad(fmt::format("its sections are aligned to {} bytes, in the file to {}, for the address {:#x}",
                               header.alignment, header.file_alignment, header.base));
    base_ = header.base;
    alignment_ = header.alignment;
    memory_ = header.image_size;
    return {};
}

base::Check Pe::read_sections(std::uint64_t at, std::size_t count) {
    if (count == 0 || count > max_sections)
        return bad(fmt::format("has {} sections; wanted 1 to {}", count, max_sections));
    sections_.resize(count);
    const std::size_t size = count * sizeof(Section);
    if (!source_->read(at, sections_.data(), size))
        return truncated(fmt::format("its section table begins at byte {}", at));
    return check_sections(at + size);
}

base::Check Pe::check_sections(std::uint64_t headers) const {
    std::uint64_t end = headers;                                               // of what is loaded so far
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts{{0, headers}};  // of the file
    for (const Section& section : sections_) {
        const std::uint64_t offset = section.offset, size = section.file_size;
        if (size != 0 && (offset > source_->size() || size > source_->size() - offset))
            return truncated(fmt::format("a section has {} bytes from byte {}", size, offset));
        const std::uint64_t begin = rounded_up(end, alignment_);
        end = std::uint64_t{section.address} + memory_size_of(section);
        if (section.address < begin || section.address % alignment_ != 0 || end > memory_ || offset % sector != 0)
            return bad(fmt::format(
                "a section is nonsense: {} bytes at address {:#x} from byte {}, where {:#x} to {:#x} are free",
                memory_size_of(section), section.address, offset, begin, memory_));
        if (size != 0) parts.emplace_back(offset, offset + size);
    }
    std::sort(parts.begin(), parts.end());
    for (std::size_t i = 1; i < parts.size(); ++i)
        if (parts[i].first < parts[i - 1].second)
            return bad(fmt::format("its sections overlap in the file at byte {}", parts[i].first));
    return {};
}

base::Check Pe::check_end(std::uint64_t symbols, std::uint64_t symbol_count) const {
    const std::uint64_t size = source_->size();
    const Directory signatures = directory(certificates);
    if (signatures.address > size || signatures.size > size - signatures.address)
        return truncated(fmt::format("its signatures have {} bytes from byte {}", signatures.size, signatures.address));
    if (symbols == 0 || symbol_count == 0) return {};
    // What GNU's linker leaves behind the sections unless it is told to strip: symbols, and strings with their size.
    const std::uint64_t strings = symbols + symbol_count * symbol_size;
    std::uint32_t strings_size = 0;
    if (!source_->read(strings, &strings_size, sizeof strings_size) || strings_size > size - strings)
        return truncated(fmt::format("its {} symbols begin at byte {}", symbol_count, symbols));
    if (strings_size >= sizeof strings_size) return {};
    return base::Problem{"image.truncated", fmt::format("{}: its end has the right size, but is all zeros", path_),
                         "The file is still being written, or its copy failed: build or copy it again."};
}

const Pe::Section* Pe::section(std::string_view name) const {
    const auto found = std::find_if(sections_.begin(), sections_.end(),
                                    [&](const Section& candidate) { return candidate.is_named(name); });
    return found != sections_.end() ? &*found : nullptr;
}

const Pe::Section* Pe::section_at(std::uint64_t address) const {
    const auto found = std::find_if(sections_.begin(), sections_.end(), [&](const Section& candidate) {
        return address >= candidate.address && address - candidate.address < candidate.size();
    });
    return found != sections_.end() ? &*found : nullptr;
}

bool Pe::read_at(std::uint64_t address, void* out, std::size_t size) const {
    const Section* const section = section_at(address);
    if (section == nullptr) return false;
    const std::uint64_t into = address - section->address;
    return size <= section->size() - into && source_->read(section->offset + into, out, size);
}

}  // namespace tenon::loader
