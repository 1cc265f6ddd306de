// The audit log: who decided what about which plugin and when, and what was denied. Each row has a hash over its
// contents and over the hash of the row before it, so that a row that was changed, or taken out, is found.
// docs/permissions.md says what that proves, and what it does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/store.h"

namespace tenon::host {

class Database;

// Texts are cut at the most bytes that Audit names. They are as somebody gave them: print them with
// manifest::printable.
struct AuditEntry {
    std::uint64_t when = 0;  // nanoseconds of Unix time
    std::string who;         // "root (uid 0)", "host"
    std::string plugin;      // an id
    std::string what;        // "granted", "revoked", "denied"
    std::string detail;      // the request
};

struct AuditRow {
    std::uint64_t number = 0;  // from 1, without gaps
    AuditEntry entry;
    std::string previous;  // the hash of the row before; of the first, 64 zeros
    std::string hash;      // 64 small hexadecimal digits
};

// A row's place in the chain: enough to find out later whether all up to it is still as it was.
struct AuditMark {
    std::uint64_t number = 0;  // 0: before the first row
    std::string hash;
};

struct AuditFilter {
    std::string_view plugin = {};  // empty: all
    std::size_t last = 50;         // the newest; at most Audit::most_listed are given
};

// Of a store that outlives it; the rules for threads, and for waiting for other processes, are the store's.
//
// Problems of all functions: those of Store.
class Audit {
public:
    static constexpr std::size_t longest_who = 128;
    static constexpr std::size_t longest_what = 64;
    static constexpr std::size_t longest_detail = 4096;
    static constexpr std::size_t most_listed = 10'000;

    explicit Audit(Store& store) : store_(store) {}

    // On the disk when it returns. Each row stays for ever: who records what plugins can repeat at will bounds how
    // often. Also: "store.bad-id".
    base::Check append(const AuditEntry& entry);

    // The oldest first. Nothing of it is verified.
    base::Result<std::vector<AuditRow>> list(const AuditFilter& filter);

    // Looks at all rows, the head, and whether the grants in the store are those of the log. With `known`, also whether
    // this row is still there. Gives the last row's mark, to be kept where who writes the store cannot write. Also:
    // "audit.broken", "audit.unlogged-grant".
    base::Result<AuditMark> verify(const std::optional<AuditMark>& known = {});

private:
    Store& store_;
};

// The same as append() within a transaction that writes; a commit has to follow.
base::Check append_row(Database& database, const AuditEntry& entry);

// "NUMBER:HASH". Nothing for other texts.
std::optional<AuditMark> mark_in(std::string_view text);

}  // namespace tenon::host
