// What the note and the entry block of a library file must say, whatever the file's format. Inside loader/ only.
#pragma once

#include <tenon/entry.h>

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "loader/image.h"

namespace tenon::loader {

// The longest manifest, and some ten thousand records.
inline constexpr std::uint64_t max_note_size = 1u << 20;
// Where the payload begins, from the note's begin.
inline constexpr std::uint64_t note_payload = offsetof(tenon_note_header, magic);

// `section` is where this format keeps the note.
base::Problem no_note(std::string_view path, std::string_view section);
base::Problem bad_note(const Image& image, std::string_view what);
base::Problem no_entry(const Image& image, std::string_view what);
base::Problem entry_mismatch(const Image& image, std::string_view what);

// Whether a note of so many bytes, header included, is worth reading. Problem: "image.bad-note".
base::Check check_note_size(const Image& image, std::uint64_t size);

// Takes apart the bytes in image.note: fills what the image says of ABI, manifest and records. Problem:
// "image.bad-note".
base::Check take_note(Image& image);

// Whether the entry block says what the note says; where its pointers lead, the file's relocations tell. Problem:
// "image.entry-mismatch".
base::Check check_block(const Image& image, const tenon_entry_block& block);

}  // namespace tenon::loader
