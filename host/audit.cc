#include "host/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/audit_chain.h"
#include "host/store_parts.h"

namespace tenon::host {

namespace {

// As the file keeps them: numbers end at what SQLite can hold.
AuditEntry bounded(const AuditEntry& entry) {
    constexpr std::uint64_t most = INT64_MAX;
    return {std::min(entry.when, most), std::string(cut(entry.who, Audit::longest_who)), entry.plugin,
            std::string(cut(entry.what, Audit::longest_what)), std::string(cut(entry.detail, Audit::longest_detail))};
}

base::Check insert(Database& database, const AuditRow& row) {
    Statement statement(database,
                        fmt::format("INSERT INTO audit ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", audit_columns));
    statement.bind(row.number).bind(row.entry.when).bind(row.entry.who).bind(row.entry.plugin);
    statement.bind(row.entry.what).bind(row.entry.detail).bind(row.previous).bind(row.hash);
    return statement.run();
}

// The row that comes behind the head.
base::Result<AuditRow> next_row(Database& database, const AuditEntry& entry) {
    const base::Result<AuditMark> head = audit_head(database);
    if (!head) return head.problem();
    const base::Result<std::int64_t> last = database.number("SELECT coalesce(max(number), 0) FROM audit");
    if (!last) return last.problem();
    const std::uint64_t number = head.value().number;
    if (static_cast<std::uint64_t>(last.value()) > number || number >= INT64_MAX)
        return database.corrupt(
            fmt::format("its audit log has a row {}, and should end with row {}", last.value(), number));
    AuditRow row{number + 1, bounded(entry), head.value().hash, {}};
    row.hash = hash_of(row);
    if (row.hash.empty()) return database.unreadable("the audit log needs SHA-256, which OpenSSL did not give");
    return row;
}

}  // namespace

base::Check append_row(Database& database, const AuditEntry& entry) {
    const base::Result<AuditRow> row = next_row(database, entry);
    if (!row) return row.problem();
    if (base::Check problem = insert(database, row.value())) return problem;
    Statement statement(database, "UPDATE audit_head SET number = ?1, hash = ?2 WHERE only = 1");
    return statement.bind(row.value().number).bind(row.value().hash).run();
}

base::Check Audit::append(const AuditEntry& entry) {
    if (base::Check problem = check_id(entry.plugin)) return problem;
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    return decide(database, [&]() -> base::Check {
        Transaction transaction(database);
        if (base::Check problem = transaction.begin_writing()) return problem;
        if (base::Check problem = append_row(database, entry)) return problem;
        return transaction.commit();
    });
}

base::Result<std::vector<AuditRow>> Audit::list(const AuditFilter& filter) {
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    Statement statement(database, fmt::format("SELECT {} FROM audit WHERE ?1 IN ('', plugin) "
                                              "ORDER BY number DESC LIMIT ?2",
                                              audit_columns));
    statement.bind(filter.plugin).bind(std::uint64_t{std::min(filter.last, most_listed)});
    std::vector<AuditRow> rows;
    for (;;) {
        const base::Result<bool> found = statement.step();
        if (!found) return found.problem();
        if (!found.value()) break;
        AuditRow& row = rows.emplace_back();
        if (!read_audit_row(statement, row))
            return database.corrupt(fmt::format("row {} of its audit log is nonsense", statement.number(0)));
    }
    std::ranges::reverse(rows);
    return rows;
}

}  // namespace tenon::host
