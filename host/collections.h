// Small things that plugins keep with their host: collections of keys with values, in the store. Plugins that were
// granted the same collection share it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/store.h"

namespace tenon::host {

class Database;

struct CollectionLimits {
    std::uint64_t value_bytes = 1u << 20;        // at most this, which is what the table takes
    std::uint64_t key_bytes = 512;               // the same
    std::uint64_t collection_bytes = 64u << 20;  // of its keys and values
    std::uint64_t items = 100'000;
};

// Of a store that outlives it; the rules for threads, and for waiting for other processes, are the store's. A change
// survives the end of the process when its function returns, and may be lost with the machine's power.
//
// Names of collections are those of manifests. Keys are UTF-8, and are not empty. Problems of all functions: those of
// Store, "collection.bad-key".
class Collections {
public:
    explicit Collections(Store& store, const CollectionLimits& limits = {}) : store_(store), limits_(limits) {}

    // Nothing: there is no such key.
    base::Result<std::optional<std::string>> get(std::string_view collection, std::string_view key);
    // All of it or nothing. Also: "collection.too-large", "collection.full".
    base::Check put(std::string_view collection, std::string_view key, std::string_view value);
    // Whether it was there.
    base::Result<bool> remove(std::string_view collection, std::string_view key);

    struct Range {
        std::string_view prefix;  // with what they begin; may be empty
        std::string_view after;   // those behind this one; empty: from the first
        std::size_t most;
    };
    // In the order of their bytes.
    base::Result<std::vector<std::string>> keys(std::string_view collection, const Range& range);

private:
    base::Check check_key(std::string_view collection, std::string_view key) const;
    base::Check put_row(Database& database, std::string_view collection, std::string_view key, std::string_view value);

    Store& store_;
    const CollectionLimits limits_;
};

}  // namespace tenon::host
