// The facts of an ELF library: where its note and its entry lie, and that the one points at the other.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/elf.h"
#include "loader/formats.h"
#include "loader/note.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_relocations_size = 64u << 20;

struct Machine {
    std::uint16_t number;
    std::string_view platform;
    std::uint32_t relative;  // relocation: load address + addend
    std::uint32_t absolute;  // relocation: symbol + addend
};
constexpr Machine machines[] = {
    {EM_X86_64, "linux-x86_64", R_X86_64_RELATIVE, R_X86_64_64},
    {EM_AARCH64, "linux-aarch64", R_AARCH64_RELATIVE, R_AARCH64_ABS64},
    {EM_RISCV, "linux-riscv64", R_RISCV_RELATIVE, R_RISCV_64},
};

// Elf::open lets no other machine through.
const Machine& machine_of(const Elf& elf) {
    return *std::find_if(std::begin(machines), std::end(machines) - 1,
                         [&](const Machine& machine) { return machine.number == elf.machine(); });
}

base::Check read_note(const Elf& elf, const Note& note, Image& image) {
    if (base::Check problem = check_note_size(image, note.size)) return problem;
    image.note_address = note.address;
    image.note.resize(static_cast<std::size_t>(note.size));
    if (!elf.read_at(note.address, image.note.data(), image.note.size()))
        return bad_note(image, "it is not in a loadable segment");
    tenon_note_header header{};
    std::memcpy(&header, image.note.data(), sizeof header);
    if (header.name_size != sizeof header.name || header.note_type != note.type || note.payload != note_payload ||
        note.size != header.payload_size + note_payload ||
        std::memcmp(header.name, TENON_NOTE_NAME, sizeof header.name) != 0)
        return bad_note(image, "a segment's bytes in the file are not those that would be loaded");
    return take_note(image);
}

// The entry's pointer to the note is filled in by a relocation: without it, the file's end was lost or the entry
// belongs to another note.
class NotePointer {
public:
    NotePointer(const Elf& elf, const Dynamic& dynamic, const Image& image)
        : elf_(elf),
          dynamic_(dynamic),
          image_(image),
          place_(*image.entry_address + offsetof(tenon_entry_block, note)) {}

    bool leads_to_the_note() const {
        Elf64_Rela chunk[128];
        const std::uint64_t all = dynamic_.relocations_size;
        const std::uint64_t size = std::min(all, max_relocations_size) / sizeof chunk[0] * sizeof chunk[0];
        for (std::uint64_t at = 0; at < size;) {
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof chunk, size - at));
            if (dynamic_.relocations >= UINT64_MAX / 2 || !elf_.read_at(dynamic_.relocations + at, chunk, wanted))
                return false;
            for (std::size_t i = 0; i < wanted / sizeof chunk[0]; ++i)
                if (chunk[i].r_offset == place_) return target(chunk[i]) == image_.note_address;
            at += wanted;
        }
        std::uint64_t in_place = 0;  // packed relative relocations keep the addend where it is needed
        return dynamic_.packed_relocations && elf_.read_at(place_, &in_place, sizeof in_place) &&
               in_place == image_.note_address;
    }

private:
    std::optional<std::uint64_t> target(const Elf64_Rela& relocation) const {
        const Machine& machine = machine_of(elf_);
        const auto addend = static_cast<std::uint64_t>(relocation.r_addend);
        if (ELF64_R_TYPE(relocation.r_info) == machine.relative) return addend;
        if (ELF64_R_TYPE(relocation.r_info) != machine.absolute) return {};
        const base::Result<Elf64_Sym> symbol = elf_.symbol_at(dynamic_, ELF64_R_SYM(relocation.r_info));
        if (!symbol || symbol.value().st_shndx == SHN_UNDEF) return {};
        return symbol.value().st_value + addend;
    }

    const Elf& elf_;
    const Dynamic& dynamic_;
    const Image& image_;
    std::uint64_t place_;
};

base::Check take_entry(const Elf& elf, const Dynamic& dynamic, Image& image) {
    base::Result<std::optional<Elf64_Sym>> found = elf.symbol(dynamic, "tenon_entry");
    if (!found) return found.problem();
    if (!found.value()) return no_entry(image, "does not export the symbol tenon_entry");
    const Elf64_Sym& symbol = *found.value();
    if (symbol.st_shndx == SHN_UNDEF) return no_entry(image, "tenon_entry is not defined in this file");
    if (ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT || symbol.st_size < sizeof(tenon_entry_block))
        return no_entry(image, fmt::format("tenon_entry is not a tenon_entry_block: symbol type {} of {} bytes; wanted "
                                           "an object (type {}) of {}",
                                           ELF64_ST_TYPE(symbol.st_info), symbol.st_size, int{STT_OBJECT},
                                           sizeof(tenon_entry_block)));
    tenon_entry_block block{};
    if (symbol.st_value % alignof(tenon_entry_block) != 0 || !elf.read_at(symbol.st_value, &block, sizeof block))
        return no_entry(image, fmt::format("tenon_entry at {:#x} is not in the file's data", symbol.st_value));
    image.entry_address = symbol.st_value;
    if (base::Check problem = check_block(image, block)) return problem;
    if (!NotePointer(elf, dynamic, image).leads_to_the_note())
        return entry_mismatch(image, "the entry does not point at the note");
    return {};
}

}  // namespace

base::Result<Image> read_elf_image(const Source& source, std::string_view path) {
    base::Result<Elf> opened = Elf::open(source, path);
    if (!opened) return opened.problem();
    const Elf& elf = opened.value();
    // Before all else: of a plugin that is still being written, the note may not be there yet.
    if (base::Check problem = elf.check_end()) return *problem;
    base::Result<std::optional<Note>> note = elf.note(TENON_NOTE_NAME);
    if (!note) return note.problem();
    if (!note.value()) return no_note(path, ".note.tenon");
    Image image;
    image.path = path;
    image.platform = machine_of(elf).platform;
    if (base::Check problem = read_note(elf, *note.value(), image)) return *problem;
    base::Result<Dynamic> dynamic = elf.dynamic();
    if (!dynamic) return dynamic.problem();
    image.needed = dynamic.value().needed;
    image.soname = dynamic.value().soname;
    base::Result<std::vector<VersionNeed>> versions = elf.versions_needed(dynamic.value());
    if (!versions) return versions.problem();
    for (VersionNeed& need : versions.value())
        if (!need.weak) image.versions.push_back({std::move(need.library), std::move(need.version)});
    base::Result<std::string> build_id = elf.build_id();
    if (!build_id) return build_id.problem();
    image.build_id = build_id.take();
    if (image.note_type == TENON_NOTE_PLUGIN)
        if (base::Check problem = take_entry(elf, dynamic.value(), image)) return *problem;
    return image;
}

}  // namespace tenon::loader
