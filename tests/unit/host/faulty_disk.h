// A disk between SQLite and the real one: it knows what would be left after a power cut, and it fails when told to.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <string>

namespace tenon::test {

enum class Fault {
    none,
    full,    // nothing can be written
    broken,  // nothing works
};

// While it lives, every connection that is opened uses it. For one thread.
class FaultyDisk {
public:
    FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;
    ~FaultyDisk();

    // From the given operation on, counted from here, `count` operations fail.
    void fail(Fault fault, std::uint64_t from, std::uint64_t count);
    void heal() { fault_ = Fault::none; }
    std::uint64_t operations() const { return operations_; }
    // What was in a file when it was last synced; empty if it never was.
    std::string synced(const std::string& path) const;

    bool shared_memory = true;  // false: as on a network's file system
    bool sync = true;           // false: only says that it has

    // For the functions that SQLite calls: whether this operation fails in that way.
    bool fails(Fault kind);
    std::map<std::string, std::string> last_synced;
    sqlite3_vfs* real() const { return real_; }

private:
    sqlite3_vfs* const real_;
    sqlite3_vfs own_;
    Fault fault_ = Fault::none;
    std::uint64_t operations_ = 0;
    std::uint64_t from_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace tenon::test
