// The facts of a Windows library: where its note and its entry lie, and that the one points at the other.
#include <fmt/format.h>

#include <cstring>

#include "loader/formats.h"
#include "loader/note.h"
#include "loader/pe.h"

namespace tenon::loader {

namespace {

constexpr std::string_view note_section = ".tenon";

base::Check read_note(const Pe& pe, const Pe::Section& section, Image& image) {
    tenon_note_header header{};
    const std::uint64_t room = section.size();
    if (room < sizeof header || !pe.read_at(section.address, &header, sizeof header))
        return bad_note(image, fmt::format("{} bytes; wanted {} to {}", room, sizeof header, max_note_size));
    const std::uint64_t size = header.payload_size + note_payload;
    if (base::Check problem = check_note_size(image, size)) return problem;
    if (size > room)
        return bad_note(image, fmt::format("its header speaks of {} bytes, its section has {}", size, room));
    image.note_address = section.address;
    image.note.resize(static_cast<std::size_t>(size));
    if (!pe.read_at(section.address, image.note.data(), image.note.size())) return bad_note(image, "it cannot be read");
    return take_note(image);
}

// The entry's pointer to the note counts from the preferred base, and is moved with the file.
base::Check check_note_pointer(const Pe& pe, const Image& image) {
    const std::uint64_t place = *image.entry_address + offsetof(tenon_entry_block, note);
    std::uint64_t pointer = 0;
    if (!pe.read_at(place, &pointer, sizeof pointer) || pointer != pe.base() + image.note_address)
        return entry_mismatch(image, "the entry does not point at the note");
    base::Result<bool> moved = pe.is_moved_as_a_pointer(place);
    if (!moved) return moved.problem();
    if (!moved.value())
        return entry_mismatch(image, "the entry's pointer to the note is not relocated as a 64-bit pointer");
    return {};
}

base::Check take_entry(const Pe& pe, Image& image) {
    base::Result<std::optional<PeExport>> found = pe.exported("tenon_entry");
    if (!found) return found.problem();
    if (!found.value()) return no_entry(image, "does not export the symbol tenon_entry");
    const PeExport& symbol = *found.value();
    if (!symbol.forwarded.empty())
        return no_entry(image, fmt::format("tenon_entry is not defined in this file, but is {}", symbol.forwarded));
    const Pe::Section* const section = pe.section_at(symbol.address);
    tenon_entry_block block{};
    if (section == nullptr || section->is_code() || symbol.address % alignof(tenon_entry_block) != 0 ||
        !pe.read_at(symbol.address, &block, sizeof block))
        return no_entry(image, fmt::format("tenon_entry at {:#x} is not in the file's data", symbol.address));
    image.entry_address = symbol.address;
    if (base::Check problem = check_block(image, block)) return problem;
    return check_note_pointer(pe, image);
}

}  // namespace

base::Result<Image> read_pe_image(const Source& source, std::string_view path) {
    base::Result<Pe> opened = Pe::open(source, path);
    if (!opened) return opened.problem();
    const Pe& pe = opened.value();
    const Pe::Section* const section = pe.section(note_section);
    if (section == nullptr) return no_note(path, note_section);
    Image image;
    image.path = path;
    image.platform = "windows-x86_64";  // Pe::open lets no other through
    if (base::Check problem = read_note(pe, *section, image)) return *problem;
    base::Result<std::vector<std::string>> imports = pe.imports();
    if (!imports) return imports.problem();
    image.needed = imports.take();
    image.build_id = pe.build_id();
    if (image.note_type == TENON_NOTE_PLUGIN)
        if (base::Check problem = take_entry(pe, image)) return *problem;
    return image;
}

}  // namespace tenon::loader
