#include "loader/note.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tenon::loader {

namespace {

// The padding behind the manifest: zeros up to a multiple of 8.
bool padded(const Image& image, std::size_t from) {
    const std::size_t padding = image.note.size() - from;
    return padding <= 8 && image.note.size() % 8 == 0 &&
           std::all_of(image.note.begin() + static_cast<std::ptrdiff_t>(from), image.note.end(),
                       [](char c) { return c == '\0'; });
}

base::Check check_header(const Image& image, const tenon_note_header& header) {
    if (header.name_size != sizeof header.name || std::memcmp(header.name, TENON_NOTE_NAME, sizeof header.name) != 0)
        return bad_note(image, fmt::format("its name is not {}", TENON_NOTE_NAME));
    if (image.note.size() != header.payload_size + note_payload)
        return bad_note(image, fmt::format("its header speaks of {} bytes, it has {}",
                                           header.payload_size + note_payload, image.note.size()));
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

}  // namespace

base::Problem no_note(std::string_view path, std::string_view section) {
    return {"image.no-note", fmt::format("{}: is a library, but has no Tenon note", path),
            fmt::format("It is not a plugin, or its {} section was removed.", section)};
}

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

base::Check check_note_size(const Image& image, std::uint64_t size) {
    if (size >= sizeof(tenon_note_header) && size <= max_note_size) return {};
    return bad_note(image, fmt::format("{} bytes; wanted {} to {}", size, sizeof(tenon_note_header), max_note_size));
}

base::Check take_note(Image& image) {
    if (base::Check problem = check_note_size(image, image.note.size())) return problem;
    tenon_note_header header{};
    std::memcpy(&header, image.note.data(), sizeof header);
    if (base::Check problem = check_header(image, header)) return problem;

    const std::uint64_t size = image.note.size();
    const std::uint64_t manifest = sizeof header + std::uint64_t{header.record_count} * sizeof(tenon_record);
    if (header.record_count == 0 || manifest > size || header.manifest_size > size - manifest ||
        !padded(image, static_cast<std::size_t>(manifest + header.manifest_size)))
        return bad_note(image, fmt::format("{} records and a manifest of {} bytes do not fill its {} bytes",
                                           header.record_count, header.manifest_size, size));
    image.abi_major = header.abi_major;
    image.abi_minor_required = header.abi_minor_required;
    image.abi_minor_built = header.abi_minor_built;
    image.note_type = header.note_type;
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

}  // namespace tenon::loader
