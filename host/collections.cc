#include "host/collections.h"

#include <fmt/format.h>

#include "host/store_parts.h"
#include "manifest/utf8.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

struct Totals {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
};

base::Problem nonsense(const Database& database, std::string_view collection) {
    return database.corrupt(fmt::format("what is in the collection {} is nonsense", manifest::in_quotes(collection)));
}

base::Result<Totals> totals_of(Database& database, std::string_view collection) {
    Statement row(database, "SELECT items, bytes FROM collection WHERE name = ?1");
    const base::Result<bool> found = row.bind(collection).step();
    if (!found) return found.problem();
    Totals totals;
    if (found.value() && !(row.get(0, totals.items) && row.get(1, totals.bytes))) return nonsense(database, collection);
    return totals;
}

base::Check set_totals(Database& database, std::string_view collection, const Totals& totals) {
    Statement row(database,
                  "INSERT INTO collection (name, items, bytes) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (name) DO UPDATE SET items = excluded.items, bytes = excluded.bytes");
    return row.bind(collection).bind(totals.items).bind(totals.bytes).run();
}

// Bytes of the value; nothing: there is no such key.
base::Result<std::optional<std::uint64_t>> size_of(Database& database, std::string_view collection,
                                                   std::string_view key) {
    Statement row(database, "SELECT length(value) FROM item WHERE collection = ?1 AND key = ?2");
    const base::Result<bool> found = row.bind(collection).bind_bytes(key).step();
    if (!found) return found.problem();
    if (!found.value()) return std::optional<std::uint64_t>();
    std::uint64_t size = 0;
    if (!row.get(0, size)) return nonsense(database, collection);
    return std::optional(size);
}

// The totals when an item that has `old` bytes, or is not there, has `size` bytes from now on, or is not there. Those
// of a file may be anything.
std::optional<Totals> moved(Totals totals, std::string_view key, std::optional<std::uint64_t> old,
                            std::optional<std::uint64_t> size) {
    if (old) {
        if (totals.items == 0 || totals.bytes < key.size() || totals.bytes - key.size() < *old) return std::nullopt;
        --totals.items;
        totals.bytes -= key.size() + *old;
    }
    if (size) {
        ++totals.items;
        totals.bytes += key.size() + *size;
    }
    return totals;
}

// Runs `change` in a transaction.
template <class Change>
base::Check at_once(Database& database, Change change) {
    if (base::Check problem = check_place(database)) return problem;
    Transaction transaction(database);
    if (base::Check problem = transaction.begin_writing()) return problem;
    if (base::Check problem = change()) return problem;
    return transaction.commit();
}

}  // namespace

base::Check Collections::check_key(std::string_view collection, std::string_view key) const {
    const auto bad = [&](std::string_view why) {
        return base::Problem{"collection.bad-key", fmt::format("collection:{}: the key {}", collection, why),
                             fmt::format("Use a key of 1 to {} bytes of UTF-8.", limits_.key_bytes)};
    };
    if (key.empty()) return bad("is empty");
    if (key.size() > limits_.key_bytes)
        return bad(fmt::format("has {} bytes, of {} at most", key.size(), limits_.key_bytes));
    if (!manifest::is_utf8(key)) return bad(fmt::format("{} is not UTF-8", manifest::in_quotes(key)));
    return {};
}

base::Result<std::optional<std::string>> Collections::get(std::string_view collection, std::string_view key) {
    if (base::Check problem = check_key(collection, key)) return *problem;
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    Statement row(database, "SELECT value FROM item WHERE collection = ?1 AND key = ?2");
    const base::Result<bool> found = row.bind(collection).bind_bytes(key).step();
    if (!found) return found.problem();
    if (!found.value()) return std::optional<std::string>();
    std::string value;
    if (!row.get_bytes(0, limits_.value_bytes, value)) return nonsense(database, collection);
    return std::optional(std::move(value));
}

base::Check Collections::put_row(Database& database, std::string_view collection, std::string_view key,
                                 std::string_view value) {
    const auto old = size_of(database, collection, key);
    if (!old) return old.problem();
    const base::Result<Totals> totals = totals_of(database, collection);
    if (!totals) return totals.problem();
    const std::optional<Totals> after = moved(totals.value(), key, old.value(), value.size());
    if (!after) return nonsense(database, collection);
    const bool grows = after->items > totals.value().items || after->bytes > totals.value().bytes;
    if (grows && (after->items > limits_.items || after->bytes > limits_.collection_bytes))
        return base::Problem{
            "collection.full",
            fmt::format("collection:{}: has {} items with {} bytes, of {} with {} at most", collection,
                        totals.value().items, totals.value().bytes, limits_.items, limits_.collection_bytes),
            "Remove items that are not needed."};
    Statement row(database,
                  "INSERT INTO item (collection, key, value) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value");
    if (base::Check problem = row.bind(collection).bind_bytes(key).bind_bytes(value).run()) return problem;
    return set_totals(database, collection, *after);
}

base::Check Collections::put(std::string_view collection, std::string_view key, std::string_view value) {
    if (base::Check problem = check_key(collection, key)) return problem;
    if (value.size() > limits_.value_bytes)
        return base::Problem{"collection.too-large",
                             fmt::format("collection:{}: the value of {} has {} bytes, of {} at most", collection,
                                         manifest::in_quotes(key, 60), value.size(), limits_.value_bytes),
                             "Keep it in a file, or in parts."};
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    return at_once(database, [&] { return put_row(database, collection, key, value); });
}

base::Result<bool> Collections::remove(std::string_view collection, std::string_view key) {
    if (base::Check problem = check_key(collection, key)) return *problem;
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    bool was_there = false;
    const auto change = [&]() -> base::Check {
        const auto old = size_of(database, collection, key);
        if (!old) return old.problem();
        if (!old.value()) return {};
        was_there = true;
        const base::Result<Totals> totals = totals_of(database, collection);
        if (!totals) return totals.problem();
        const std::optional<Totals> after = moved(totals.value(), key, old.value(), {});
        if (!after) return nonsense(database, collection);
        Statement row(database, "DELETE FROM item WHERE collection = ?1 AND key = ?2");
        if (base::Check problem = row.bind(collection).bind_bytes(key).run()) return problem;
        return set_totals(database, collection, *after);
    };
    if (base::Check problem = at_once(database, change)) return *problem;
    return was_there;
}

base::Result<std::vector<std::string>> Collections::keys(std::string_view collection, const Range& range) {
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    // No key has the byte FF, so that all that begin with the prefix are before the prefix with one.
    Statement row(database,
                  "SELECT key FROM item WHERE collection = ?1 AND key >= ?2 AND key < ?3 AND key > ?4 "
                  "ORDER BY key LIMIT ?5");
    const std::string end = std::string(range.prefix) + '\xFF';
    row.bind(collection).bind_bytes(range.prefix).bind_bytes(end).bind_bytes(range.after);
    row.bind(std::uint64_t{range.most});
    std::vector<std::string> keys;
    for (;;) {
        const base::Result<bool> found = row.step();
        if (!found) return found.problem();
        if (!found.value()) return keys;
        if (!row.get_bytes(0, limits_.key_bytes, keys.emplace_back())) return nonsense(database, collection);
    }
}

}  // namespace tenon::host
