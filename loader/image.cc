#include "loader/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/elf.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_note_size = 16u << 20;
constexpr std::uint64_t max_relocations_size = 64u << 20;
constexpr std::size_t note_payload = offsetof(tenon_note_header, magic);

#if defined(__x86_64__)
constexpr std::uint64_t relative_relocation = R_X86_64_RELATIVE;
#elif defined(__aarch64__)
constexpr std::uint64_t relative_relocation = R_AARCH64_RELATIVE;
#else
constexpr std::uint64_t relative_relocation = R_RISCV_RELATIVE;
#endif

base::Problem bad_note(const Image& image, std::string_view what) {
    return {"image.bad-note", fmt::format("{}: its Tenon note is damaged: {}", image.path, what),
            "Build the plugin again with the headers and the CMake functions of one Tenon release."};
}

base::Problem no_entry(const Image& image, std::string_view what) {
    return {"image.no-entry", fmt::format("{}: {}", image.path, what),
            "End the plugin with TENON_ENTRY or TENON_PLUGIN and link it with tenon_add_plugin()."};
}

base::Problem entry_mismatch(const Image& image, std::string_view what) {
    return {"image.entry-mismatch", fmt::format("{}: tenon_entry and the note disagree: {}", image.path, what),
            "Build the plugin again from one set of headers, all of it."};
}

// The padding behind the manifest: zeros up to a multiple of 8.
bool padded(const Image& image, std::size_t from) {
    const std::size_t padding = image.note.size() - from;
    return padding <= 8 && image.note.size() % 8 == 0 &&
           std::all_of(image.note.begin() + static_cast<std::ptrdiff_t>(from), image.note.end(),
                       [](char c) { return c == '\0'; });
}

base::Check check_note_header(const Image& image, const tenon_note_header& header, const Note& note) {
    if (header.name_size != sizeof header.name || header.note_type != note.type || note.payload != note_payload ||
        note.size != std::uint64_t{header.payload_size} + note_payload ||
        std::memcmp(header.name, TENON_NOTE_NAME, sizeof header.name) != 0)
        return bad_note(image, "a segment's bytes in the file are not those that would be loaded");
    if (header.note_type != TENON_NOTE_PLUGIN && header.note_type != TENON_NOTE_CONTRACT)
        return bad_note(image, fmt::format("type {}; wanted {} or {}", header.note_type, int{TENON_NOTE_PLUGIN},
                                           int{TENON_NOTE_CONTRACT}));
    if (header.magic != TENON_MAGIC)
        return bad_note(image, fmt::format("magic number {:#x}; wanted {:#x}", header.magic, TENON_MAGIC));
    if (header.record_size != sizeof(tenon_record))
        return bad_note(
            image, fmt::format("records of {} bytes; wanted {}", unsigned{header.record_size}, sizeof(tenon_record)));
    if (header.manifest_size > max_manifest_size)
        return bad_note(
            image, fmt::format("a manifest of {} bytes; the limit is {}", header.manifest_size, max_manifest_size));
    return {};
}

base::Check take_records(Image& image, std::uint64_t count) {
    std::vector<tenon_record> records(static_cast<std::size_t>(count));
    std::memcpy(records.data(), image.note.data() + sizeof(tenon_note_header), records.size() * sizeof(tenon_record));
    if (records.back().kind != TENON_RECORD_END) return bad_note(image, "its records do not end with TENON_RECORD_END");
    records.pop_back();
    image.records = std::move(records);
    return {};
}

base::Check take_note(const Elf& elf, const Note& note, Image& image) {
    if (note.size < sizeof(tenon_note_header) || note.size > max_note_size)
        return bad_note(image,
                        fmt::format("{} bytes; wanted {} to {}", note.size, sizeof(tenon_note_header), max_note_size));
    image.note.resize(static_cast<std::size_t>(note.size));
    if (!elf.read_at(note.address, image.note.data(), image.note.size()))
        return bad_note(image, "it is not in a loadable segment");
    tenon_note_header header{};
    std::memcpy(&header, image.note.data(), sizeof header);
    if (base::Check problem = check_note_header(image, header, note)) return problem;

    const std::uint64_t records = std::uint64_t{header.record_count} * sizeof(tenon_record);
    const std::uint64_t manifest = sizeof header + records;
    if (header.record_count == 0 || manifest > note.size || header.manifest_size > note.size - manifest ||
        !padded(image, static_cast<std::size_t>(manifest + header.manifest_size)))
        return bad_note(image, fmt::format("{} records and a manifest of {} bytes do not fill its {} bytes",
                                           header.record_count, header.manifest_size, note.size));
    image.abi_major = header.abi_major;
    image.abi_minor_required = header.abi_minor_required;
    image.abi_minor_built = header.abi_minor_built;
    image.note_type = header.note_type;
    image.note_address = note.address;
    image.manifest = image.note.substr(static_cast<std::size_t>(manifest), header.manifest_size);
    return take_records(image, header.record_count);
}

base::Check check_block(const Image& image, const tenon_entry_block& block) {
    if (block.magic != TENON_MAGIC)
        return entry_mismatch(image,
                              fmt::format("the entry's magic number is {:#x}; wanted {:#x}", block.magic, TENON_MAGIC));
    if (block.abi_major != image.abi_major || block.abi_minor_required != image.abi_minor_required ||
        block.abi_minor_built != image.abi_minor_built)
        return entry_mismatch(
            image,
            fmt::format("the entry was built with ABI {}.{} and requires {}.{}, the note says {}.{} and {}.{}",
                        unsigned{block.abi_major}, unsigned{block.abi_minor_built}, unsigned{block.abi_major},
                        unsigned{block.abi_minor_required}, unsigned{image.abi_major}, unsigned{image.abi_minor_built},
                        unsigned{image.abi_major}, unsigned{image.abi_minor_required}));
    if (block.note_size != image.note.size())
        return entry_mismatch(image, fmt::format("the entry says that the note has {} bytes; it has {}",
                                                 block.note_size, image.note.size()));
    return {};
}

// The entry's pointer to the note is filled in by a relocation: without it, the file's end was lost or the entry
// belongs to another note.
base::Check check_note_pointer(const Elf& elf, const Dynamic& dynamic, const Image& image) {
    const std::uint64_t place = *image.entry_address + offsetof(tenon_entry_block, note);
    const base::Problem elsewhere = entry_mismatch(image, "the entry does not point at the note");
    Elf64_Rela chunk[128];
    const std::uint64_t size =
        std::min(dynamic.relocations_size, max_relocations_size) / sizeof chunk[0] * sizeof chunk[0];
    for (std::uint64_t at = 0; at < size;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof chunk, size - at));
        if (dynamic.relocations >= UINT64_MAX / 2 || !elf.read_at(dynamic.relocations + at, chunk, wanted))
            return elsewhere;
        for (std::size_t i = 0; i < wanted / sizeof chunk[0]; ++i) {
            if (chunk[i].r_offset != place) continue;
            const bool relative = ELF64_R_TYPE(chunk[i].r_info) == relative_relocation;
            if (relative && static_cast<std::uint64_t>(chunk[i].r_addend) != image.note_address) return elsewhere;
            return {};
        }
        at += wanted;
    }
    std::uint64_t in_place = 0;  // packed relative relocations keep the addend where it is needed
    if (dynamic.packed_relocations && elf.read_at(place, &in_place, sizeof in_place) && in_place == image.note_address)
        return {};
    return elsewhere;
}

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
    return check_note_pointer(elf, dynamic, image);
}

}  // namespace

base::Result<Image> read_image(const Source& source, std::string_view path) {
    base::Result<Elf> opened = Elf::open(source, path);
    if (!opened) return opened.problem();
    const Elf& elf = opened.value();
    base::Result<std::optional<Note>> note = elf.note(TENON_NOTE_NAME);
    if (!note) return note.problem();
    if (!note.value())
        return base::Problem{"image.no-note", fmt::format("{}: is a library, but has no Tenon note", path),
                             "It is not a plugin, or its .note.tenon section was removed."};
    if (base::Check problem = elf.check_end()) return *problem;
    Image image;
    image.path = path;
    image.machine = elf.machine();
    if (base::Check problem = take_note(elf, *note.value(), image)) return *problem;
    base::Result<Dynamic> dynamic = elf.dynamic();
    if (!dynamic) return dynamic.problem();
    image.needed = dynamic.value().needed;
    image.soname = dynamic.value().soname;
    base::Result<std::string> build_id = elf.build_id();
    if (!build_id) return build_id.problem();
    image.build_id = build_id.take();
    if (image.note_type == TENON_NOTE_PLUGIN)
        if (base::Check problem = take_entry(elf, dynamic.value(), image)) return *problem;
    return image;
}

base::Result<Image> read_image_file(const std::string& path) {
    base::Result<FileSource> source = FileSource::open(path);
    if (!source) return source.problem();
    return read_image(source.value(), path);
}

base::Check judge_abi(const Image& image) {
    if (image.abi_major != TENON_ABI_MAJOR)
        return base::Problem{
            "abi.major",
            fmt::format("{}: was built for Tenon ABI {}.{}; this host has ABI {}.{}, and another major does not fit",
                        image.path, unsigned{image.abi_major}, unsigned{image.abi_minor_built}, TENON_ABI_MAJOR,
                        TENON_ABI_MINOR),
            fmt::format("Build the plugin with the headers of ABI {}, or use a host of ABI {}.", TENON_ABI_MAJOR,
                        unsigned{image.abi_major})};
    if (image.abi_minor_required > TENON_ABI_MINOR)
        return base::Problem{"abi.minor",
                             fmt::format("{}: requires Tenon ABI {}.{} or a newer minor; this host has ABI {}.{}",
                                         image.path, unsigned{image.abi_major}, unsigned{image.abi_minor_required},
                                         TENON_ABI_MAJOR, TENON_ABI_MINOR),
                             "Use a newer host, or build the plugin with a lower TENON_ABI_MINOR_REQUIRED."};
    return {};
}

}  // namespace tenon::loader
