// What a host remembers of its plugins from one run to the next: how they behaved, and which of them are disabled. What
// they were granted, and the log of such decisions, are in the same file: host/grants.h, host/audit.h.
//
// One SQLite file in WAL mode, which several processes may use at the same time. The file may have been cut, damaged or
// made by somebody else: every function then says so, and none of them ends the process. Two kinds of changes are kept
// apart by what they cost. Counts survive the end of the process, but the last seconds of them may be lost with the
// machine's power. Decisions (disable, enable) are on the disk when the function returns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tenon::host {

// Times of day are nanoseconds of Unix time; 0 is never. The texts are as somebody once gave them: print them with
// manifest::printable.
struct Disabled {
    std::string reason;  // at most Store::longest_reason bytes
    std::uint64_t since = 0;
    std::string by;  // at most Store::longest_name bytes: "operator", "host" ...
};

// Counts are totals since the plugin was first seen.
struct Health {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;  // exceptions included
    std::uint64_t exceptions = 0;
    std::uint64_t soft_overruns = 0;
    std::uint64_t hard_overruns = 0;
    std::uint64_t trips = 0;
    std::uint64_t recent_errors = 0;  // since it was last enabled; this is what max_errors is compared with
    std::uint64_t first_seen = 0;
    std::uint64_t last_error = 0;
    std::optional<Disabled> disabled;
};

// What is to be added to the counts of one plugin.
struct HealthDelta {
    std::string id;
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    std::uint64_t exceptions = 0;
    std::uint64_t soft_overruns = 0;
    std::uint64_t hard_overruns = 0;
    std::uint64_t trips = 0;
    std::uint64_t when = 0;        // becomes first_seen of a plugin that was not known
    std::uint64_t last_error = 0;  // 0: none of them is an error; an earlier one than is known is ignored
};

struct StoreOptions {
    bool create = true;                // a file that does not exist
    std::uint32_t patience_ms = 2000;  // how long to wait for another process's write
    // How the tables came to be: element n-1 is SQL that leads from version n-1 to version n. Empty: Tenon's own. Used
    // by open() only.
    std::span<const std::string_view> steps = {};
};

// May be used on any thread; calls wait for each other, and for other processes at most patience_ms at a time. Not
// across fork(). Ids are those of manifests. Counts and times stop at 2^63-1. A Store that was moved from can only be
// assigned to or destroyed.
//
// Problems of all functions: "store.unwritable", "store.not-a-store", "store.foreign", "store.newer", "store.corrupt",
// "store.busy", "store.full", "store.moved", "store.io".
class Store {
public:
    static constexpr std::size_t longest_reason = 4096;
    static constexpr std::size_t longest_name = 128;
    static constexpr std::size_t most_plugins = 100'000;

    // Opens the file, makes it (mode 0600) if it is not there, and brings it to the newest version. Also:
    // "store.missing", "store.unopenable", "store.migration".
    static base::Result<Store> open(const std::string& path, const StoreOptions& options = {});

    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    // All zeros for a plugin that was never seen.
    base::Result<Health> health(std::string_view id);
    // Every plugin that is known, by id. Also: "store.too-many".
    base::Result<std::vector<std::pair<std::string, Health>>> all();

    // All of it or nothing. Also: "store.bad-id".
    base::Check add(std::span<const HealthDelta> deltas);

    // Durable when it returns. Replaces an earlier decision about the plugin; texts that are too long are cut. Also:
    // "store.bad-id".
    base::Check disable(std::string_view id, std::string_view reason, std::string_view by, std::uint64_t when);
    // Durable when it returns. Forgives the errors so far: recent_errors begins at 0 again, the totals stay. Also for a
    // plugin that is not disabled. Also: "store.bad-id".
    base::Check enable(std::string_view id);

private:
    friend class Grants;       // host/grants.h
    friend class Audit;        // host/audit.h
    friend class Collections;  // host/collections.h
    friend class TokenDays;    // host/token_days.h
    struct Parts;
    explicit Store(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace tenon::host
