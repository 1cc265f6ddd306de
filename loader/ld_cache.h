// The dynamic linker's list of libraries (/etc/ld.so.cache), in the format "glibc-ld.so.cache1.1": a header of 48
// bytes, entries of 24 bytes that refer to strings by their place in the file, and extensions, of which one names the
// levels of hardware ("x86-64-v3") that some entries are for. The reader trusts no number in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tenon::loader {

// Move-only; any thread may ask it.
class LdCache {
public:
    struct Entry {
        std::string path;
        std::string level;  // of the hardware; empty: for all
    };

    // Entries for other machines than this one are left out. What is no such list, or a damaged one, has no entries.
    static LdCache parse(std::string_view bytes);

    // The files that are known by this name, in the order of the list.
    const std::vector<Entry>& find(std::string_view name) const;
    std::size_t size() const { return entries_.size(); }

private:
    std::unordered_map<std::string, std::vector<Entry>> entries_;
};

}  // namespace tenon::loader
