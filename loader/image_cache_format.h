// The bytes of an image cache file. Inside loader/ and for tests.
//
//   "tenonimg" | u32 format | u64 entries | str stamp | entry... | u64 XXH3 of all bytes before
//   entry: str path | u64 device, inode, size | i64 modified s, ns, changed s, ns | str outcome
//   outcome: u8 0 | the fields of Image      or: u8 1 | str id, text, fix
//   str: u32 length | bytes
//
// Numbers are in the byte order of the machine: the file is for the machine that wrote it, and the stamp names it.
// Entries are in the order of their paths, each path once. The bytes may come from anybody: reading is bounded by them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "loader/file_identity.h"
#include "loader/image.h"

namespace tenon::loader {

// A cache file may not be longer (bytes), nor what is kept about one library.
inline constexpr std::size_t max_cache_size = 256u << 20;
inline constexpr std::size_t max_outcome_size = 1u << 20;

// What is known about one library. Borrows both texts.
struct CacheEntry {
    std::string_view path;
    FileIdentity identity;
    std::string_view outcome;  // see encode_outcome
};

// What read_image answered, without the image's path.
std::string encode_outcome(const base::Result<Image>& outcome);
// The same value again, or nothing if the bytes are no outcome.
std::optional<base::Result<Image>> decode_outcome(std::string_view bytes, std::string_view path);

// The cache file of these entries, which are in the order of their paths. Those that would make it longer than
// max_cache_size are left out.
std::string encode_cache(const std::vector<CacheEntry>& entries);

// The entries of a cache file, borrowed from its bytes; each has an outcome that decode_outcome reads. None if another
// version of Tenon, or of its ABI, wrote it. Problem: "cache.damaged".
base::Result<std::vector<CacheEntry>> decode_cache(std::string_view bytes, std::string_view file);

// "cache.damaged"
base::Problem damaged_cache(std::string_view file, std::string_view what);

}  // namespace tenon::loader
