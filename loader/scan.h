// What lies in a folder: each file that looks like a library, and what read_image says about it. Nothing of it runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "loader/file_identity.h"
#include "loader/image.h"
#include "loader/image_cache.h"

namespace tenon::loader {

struct ScanOptions {
    std::uint32_t max_depth = 4;           // folders below the scanned one: 0 looks at its own files only
    std::uint32_t max_entries = 65536;     // names in all folders together
    std::uint64_t max_bytes = 256u << 20;  // of notes, records and names that the rows may hold
    // For tests. The first is asked once for the time by the file systems' clock; the second is called when all folders
    // are listed and no file has been looked at.
    std::function<Stamp()> now;
    std::function<void()> listed;
};

// A file named *.so or *.dll.
struct ScanRow {
    std::string path;   // the folder as it was given, then the names below it
    FileIdentity file;  // all zeros if it cannot be opened; two paths of one file have the same device and inode
    base::Result<Image> outcome;  // what read_image_file(path) says, problems of reading included; or "scan.too-many"
    bool from_cache = false;
    std::uint32_t microseconds = 0;  // for this file
};

struct Scan {
    std::vector<ScanRow> rows;  // by path
    // What is no row: "scan.unreadable" (a folder), "scan.loop", "scan.broken-link", "scan.vanished",
    // "scan.not-regular", "scan.too-deep", "scan.too-many". By text, which begins with the path.
    base::Problems problems;
};

// Looks into the folder and those below it. Names that begin with a dot are left out. Links are followed, to folders
// too, but each folder is looked at once: under its own name, if it has one here. Uses the cache, which may be null,
// and brings it up to date, without saving it; entries of files that are gone from below the folder leave it. Never
// fails: a folder that cannot be read makes a scan without rows. Any thread, if no other uses the cache meanwhile.
Scan scan(const std::string& folder, const ScanOptions& options = {}, ImageCache* cache = nullptr);

}  // namespace tenon::loader
