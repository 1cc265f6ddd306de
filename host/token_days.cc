#include "host/token_days.h"

#include <fmt/format.h>

#include "host/store_parts.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

// min(a, most - b) + b is a + b that stops at the most; the days as day_of says.
constexpr std::string_view add_tokens =
    "INSERT INTO tokens (plugin, model, day, used) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (plugin, model) DO UPDATE SET "
    "used = CASE WHEN day IN (excluded.day, excluded.day + 1) THEN min(used, 9223372036854775807 - excluded.used) "
    "ELSE 0 END + excluded.used, day = CASE day WHEN excluded.day + 1 THEN day ELSE excluded.day END";

}  // namespace

base::Result<TokenDay> TokenDays::used(const TokenAccount& account, std::uint64_t day) {
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    Statement row(database, "SELECT used, day FROM tokens WHERE plugin = ?1 AND model = ?2 AND day IN (?3, ?3 + 1)");
    const base::Result<bool> found = row.bind(account.plugin).bind(account.model).bind(day).step();
    if (!found) return found.problem();
    TokenDay last{day, 0};
    if (found.value() && (!row.get(0, last.used) || !row.get(1, last.day)))
        return database.corrupt(
            fmt::format("what it says of the tokens of plugin {} is nonsense", manifest::in_quotes(account.plugin)));
    return last;
}

base::Check TokenDays::add(const TokenAccount& account, std::uint64_t day, std::uint64_t tokens) {
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return problem;
    Transaction transaction(database);
    if (base::Check problem = transaction.begin_writing()) return problem;
    Statement row(database, add_tokens);
    row.bind(account.plugin).bind(account.model).bind(day).bind(tokens);
    if (base::Check problem = row.run()) return problem;
    return transaction.commit();
}

}  // namespace tenon::host
