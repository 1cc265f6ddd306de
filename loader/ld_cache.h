// The dynamic linker's list of libraries (/etc/ld.so.cache), in the format "glibc-ld.so.cache1.1": a header of 48
// bytes, entries of 24 bytes that refer to strings by their place in the file, and extensions, of which one names the
// levels of hardware ("x86-64-v3") that some entries are for. The reader trusts no number in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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
    std::vector<Entry> find(std::string_view name) const;
    std::size_t size() const { return items_.size(); }  // all entries

private:
    // Of the bytes: a list has many hundred entries, of which few are asked for.
    struct Item {
        std::string_view name, path, level;
    };
    std::vector<char> bytes_;
    std::vector<Item> items_;
};

}  // namespace tenon::loader
