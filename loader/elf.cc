// The file's header, program headers and notes; tables of the dynamic section are in elf_dynamic.cc.
#include "loader/elf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/formats.h"
#include "loader/platform.h"

namespace tenon::loader {

namespace {

constexpr std::uint16_t max_segments = 256;
constexpr std::uint16_t max_sections = 4096;
constexpr int max_notes = 1024;  // in all segments and sections together
constexpr std::uint64_t max_address = std::uint64_t{1} << 47;
constexpr std::uint64_t page = 4096;

std::string machine_name(unsigned machine) {
    switch (machine) {
        case EM_386:
            return "x86, 32 bits";
        case EM_ARM:
            return "ARM, 32 bits";
        case EM_PPC64:
            return "PowerPC, 64 bits";
        case EM_S390:
            return "S/390";
        default:
            return fmt::format("ELF machine number {}", machine);
    }
}

bool is_known(unsigned machine) {
    return machine == EM_X86_64 || machine == EM_AARCH64 || machine == EM_RISCV;
}

base::Check check_ident(const Elf64_Ehdr& header, std::string_view path) {
    if (header.e_ident[EI_DATA] == ELFDATA2MSB) return wrong_machine(path, "a big-endian machine");
    if (header.e_ident[EI_CLASS] != ELFCLASS64)
        return wrong_machine(path, header.e_machine == EM_X86_64 ? "x86-64 with 32-bit pointers" : "a 32-bit machine");
    if (header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_ident[EI_VERSION] != EV_CURRENT)
        return not_elf(path, "is not an ELF file of a known kind");
    if (!is_known(header.e_machine)) return wrong_machine(path, machine_name(header.e_machine));
    if (header.e_type != ET_DYN)
        return not_elf(path, fmt::format("is an ELF file of type {}, not a shared library (type {})",
                                         unsigned{header.e_type}, int{ET_DYN}));
    return {};
}

std::uint64_t rounded_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

}  // namespace

base::Problem Elf::truncated(std::string_view what) const {
    return {"image.truncated", fmt::format("{}: {}, but the file has {} bytes", path_, what, source_->size()),
            "The file was cut off or is still being written: build or copy it again."};
}

base::Problem Elf::bad(std::string_view what) const {
    return {"image.bad-elf", fmt::format("{}: {}", path_, what), "The file is damaged: build or copy it again."};
}

base::Result<Elf> Elf::open(const Source& source, std::string_view path) {
    Elf elf(source, path);
    char magic[SELFMAG] = {};
    const auto available = static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), sizeof(Elf64_Ehdr)));
    if (available < SELFMAG || !source.read(0, &elf.header_, available) ||
        (std::memcpy(magic, &elf.header_, SELFMAG), std::memcmp(magic, ELFMAG, SELFMAG) != 0))
        return not_elf(path, "is not an ELF file");
    if (available < sizeof(Elf64_Ehdr)) return elf.truncated("its ELF header needs 64 bytes");
    if (base::Check problem = check_ident(elf.header_, path)) return *problem;
    if (base::Check problem = elf.read_segments()) return *problem;
    return elf;
}

base::Check Elf::read_segments() {
    const std::uint64_t count = header_.e_phnum;
    if (count == 0 || count > max_segments || header_.e_phentsize != sizeof(Elf64_Phdr))
        return bad(fmt::format("has {} program headers of {} bytes; wanted 1 to {} of {}", count,
                               unsigned{header_.e_phentsize}, unsigned{max_segments}, sizeof(Elf64_Phdr)));
    segments_.resize(count);
    if (!source_->read(header_.e_phoff, segments_.data(), count * sizeof(Elf64_Phdr)))
        return truncated(fmt::format("its program headers begin at byte {}", header_.e_phoff));
    for (const Elf64_Phdr& segment : segments_)
        if (base::Check problem = check_segment(segment)) return problem;
    // The section table closes the file: where it is missing, the end is missing. Tools that take it away say so.
    const std::uint64_t sections = std::uint64_t{header_.e_shnum} * header_.e_shentsize;
    if (header_.e_shoff != 0 && (header_.e_shoff > source_->size() || sections > source_->size() - header_.e_shoff))
        return truncated(fmt::format("its section table begins at byte {}", header_.e_shoff));
    std::uint64_t end = 0;
    for (const Elf64_Phdr& segment : segments_) {
        if (segment.p_type != PT_LOAD) continue;
        if (segment.p_vaddr < end) return bad("its loadable segments overlap or are out of order");
        end = segment.p_vaddr + segment.p_memsz;
    }
    return {};
}

base::Check Elf::check_segment(const Elf64_Phdr& segment) const {
    if (segment.p_type != PT_LOAD && segment.p_type != PT_DYNAMIC && segment.p_type != PT_NOTE) return {};
    if (segment.p_offset > source_->size() || segment.p_filesz > source_->size() - segment.p_offset)
        return truncated(fmt::format("a segment has {} bytes from byte {}", segment.p_filesz, segment.p_offset));
    if (segment.p_type != PT_LOAD) return {};
    const bool in_range = segment.p_vaddr < max_address && segment.p_memsz < max_address - segment.p_vaddr;
    if (!in_range || segment.p_filesz > segment.p_memsz || segment.p_vaddr % page != segment.p_offset % page)
        return bad(fmt::format("a loadable segment is nonsense: {} of {} bytes at address {:#x} from byte {}",
                               segment.p_filesz, segment.p_memsz, segment.p_vaddr, segment.p_offset));
    return {};
}

base::Check Elf::check_end() const {
    if (header_.e_shoff == 0 || header_.e_shnum < 2 || header_.e_shentsize != sizeof(Elf64_Shdr)) return {};
    Elf64_Shdr last{};
    const Elf64_Shdr zeros{};
    if (!source_->read(header_.e_shoff + (header_.e_shnum - 1u) * sizeof last, &last, sizeof last))
        return truncated(fmt::format("its section table begins at byte {}", header_.e_shoff));
    if (std::memcmp(&last, &zeros, sizeof last) != 0) return {};
    return base::Problem{"image.truncated", fmt::format("{}: its end has the right size, but is all zeros", path_),
                         "The file is still being written, or its copy failed: build or copy it again."};
}

std::optional<std::uint64_t> Elf::offset_of(std::uint64_t address, std::uint64_t size) const {
    for (const Elf64_Phdr& segment : segments_) {
        if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
        const std::uint64_t into = address - segment.p_vaddr;
        if (into <= segment.p_filesz && size <= segment.p_filesz - into) return segment.p_offset + into;
    }
    return {};
}

bool Elf::read_at(std::uint64_t address, void* out, std::size_t size) const {
    const std::optional<std::uint64_t> offset = offset_of(address, size);
    return offset && source_->read(*offset, out, size);
}

base::Check Elf::walk_notes(std::uint64_t offset, std::uint64_t address, std::uint64_t size, std::uint64_t alignment,
                            NoteWalk& walk) const {
    alignment = alignment == 8 ? 8 : 4;
    std::uint64_t at = 0;
    while (!walk.done && at <= size && size - at >= sizeof(Elf64_Nhdr)) {
        if (++walk.notes > max_notes) return bad(fmt::format("has more than {} notes", max_notes));
        char bytes[sizeof(Elf64_Nhdr) + 64];
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, sizeof bytes));
        if (!source_->read(offset + at, bytes, wanted)) return truncated("its notes cannot be read");
        Elf64_Nhdr header{};
        std::memcpy(&header, bytes, sizeof header);
        Note note{header.n_type, offset + at, address + at, 0, 0};
        note.payload = rounded_up(sizeof header + std::uint64_t{header.n_namesz}, alignment);
        note.size = note.payload + header.n_descsz;
        if (note.size > size - at) return bad("a note does not end where its segment does");
        const std::size_t room = wanted - sizeof header;
        if (header.n_namesz > 0 && header.n_namesz <= room && bytes[sizeof header + header.n_namesz - 1] == '\0')
            walk.done = !walk.visit(note, std::string_view(bytes + sizeof header, header.n_namesz - 1));
        at += rounded_up(note.size, alignment);
    }
    return {};
}

base::Check Elf::walk_note_segments(NoteWalk& walk) const {
    for (const Elf64_Phdr& segment : segments_) {
        if (segment.p_type != PT_NOTE) continue;
        base::Check problem = walk_notes(segment.p_offset, segment.p_vaddr, segment.p_filesz, segment.p_align, walk);
        if (problem || walk.done) return problem;
    }
    return {};
}

base::Check Elf::walk_note_sections(NoteWalk& walk) const {
    const std::size_t count = header_.e_shnum;
    if (header_.e_shoff == 0 || header_.e_shentsize != sizeof(Elf64_Shdr) || count > max_sections) return {};
    std::vector<Elf64_Shdr> sections(count);
    if (!source_->read(header_.e_shoff, sections.data(), count * sizeof(Elf64_Shdr)))
        return truncated(fmt::format("its section table begins at byte {}", header_.e_shoff));
    for (const Elf64_Shdr& section : sections) {
        if (section.sh_type != SHT_NOTE || (section.sh_flags & SHF_ALLOC) == 0) continue;
        if (section.sh_offset > source_->size() || section.sh_size > source_->size() - section.sh_offset) continue;
        base::Check problem =
            walk_notes(section.sh_offset, section.sh_addr, section.sh_size, section.sh_addralign, walk);
        if (problem || walk.done) return problem;
    }
    return {};
}

base::Result<std::optional<Note>> Elf::note(std::string_view name) const {
    std::optional<Note> found;
    NoteWalk walk;
    walk.visit = [&](const Note& note, std::string_view its_name) {
        if (its_name == name) found = note;
        return !found;
    };
    if (base::Check problem = walk_note_segments(walk)) return *problem;
    if (!walk.done)
        if (base::Check problem = walk_note_sections(walk)) return *problem;
    return found;
}

base::Result<std::string> Elf::build_id() const {
    std::string text;
    NoteWalk walk;
    walk.visit = [&](const Note& note, std::string_view its_name) {
        unsigned char bytes[64];
        const std::uint64_t size = note.size - note.payload;
        if (its_name != "GNU" || note.type != NT_GNU_BUILD_ID || size > sizeof bytes) return true;
        if (!source_->read(note.offset + note.payload, bytes, static_cast<std::size_t>(size))) return true;
        for (std::uint64_t i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
        return false;
    };
    if (base::Check problem = walk_note_segments(walk)) return *problem;
    return text;
}

}  // namespace tenon::loader
