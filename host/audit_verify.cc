// Whether the audit log is as it was written.
#include <fmt/format.h>

#include <set>
#include <utility>

#include "host/audit_chain.h"
#include "host/store_parts.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

constexpr const char* what_to_do =
    "Somebody else than Tenon has changed the file, or the disk has: compare it with a copy from before, look at who "
    "may write it, and at the grants that it has.";

base::Problem broken(const Database& database, std::string_view what) {
    return {"audit.broken", fmt::format("{}: {}", database.name(), what), what_to_do};
}

std::string rows_end(std::uint64_t number) {
    return number == 0 ? std::string("is empty") : fmt::format("ends with row {}", number);
}

// Goes along the rows; after each, `last` is the mark of it.
class Walk {
public:
    Walk(Database& database, const std::optional<AuditMark>& known) : database_(database), known_(known) {}

    base::Check all_rows() {
        Statement statement(database_, fmt::format("SELECT {} FROM audit ORDER BY number", audit_columns));
        for (;;) {
            const base::Result<bool> found = statement.step();
            if (!found) return found.problem();
            if (!found.value()) return {};
            AuditRow row;
            if (!read_audit_row(statement, row))
                return broken(database_, fmt::format("row {} of the audit log has what no host writes: a text that is "
                                                     "too long, or a number below zero",
                                                     statement.number(0)));
            if (base::Check problem = judge(row)) return problem;
        }
    }

    base::Check head() {
        const base::Result<AuditMark> head = audit_head(database_);
        if (!head) return head.problem();
        const auto& [number, hash] = head.value();
        if (number != last_.number)
            return broken(database_, fmt::format("the audit log {}; its head says that it {}", rows_end(last_.number),
                                                 rows_end(number)));
        if (hash != last_.hash)
            return broken(database_, fmt::format("the audit log ends with the hash {}; its head says that it ends "
                                                 "with {}",
                                                 last_.hash, hash));
        return {};
    }

    base::Check known() {
        if (!known_ || known_->number <= last_.number) return {};
        return broken(database_,
                      fmt::format("the audit log {}; it once had row {}", rows_end(last_.number), known_->number));
    }

    // The grants are what was granted and not revoked since.
    base::Check grants() {
        Statement statement(database_, "SELECT plugin, request FROM granted ORDER BY plugin, request");
        for (;;) {
            const base::Result<bool> found = statement.step();
            if (!found) return found.problem();
            if (!found.value()) break;
            std::pair<std::string, std::string> grant;
            if (!statement.get(0, 64, grant.first) || !statement.get(1, Audit::longest_detail, grant.second))
                return database_.corrupt("what it grants is nonsense");
            if (granted_.erase(grant) == 0) return unlogged(grant, "is in the store, but not in its audit log");
        }
        if (granted_.empty()) return {};
        return unlogged(*granted_.begin(), "is in the audit log, but not in the store");
    }

    const AuditMark& last() const { return last_; }

private:
    base::Check judge(const AuditRow& row) {
        if (row.number != last_.number + 1)
            return broken(database_, fmt::format("row {} of the audit log is missing: behind row {} comes row {}",
                                                 last_.number + 1, last_.number, row.number));
        if (row.previous != last_.hash)
            return broken(database_,
                          fmt::format("row {} of the audit log does not follow row {}: found the hash {} of "
                                      "the row before, wanted {}",
                                      row.number, last_.number, manifest::in_quotes(row.previous), last_.hash));
        if (const std::string wanted = hash_of(row); row.hash != wanted)
            return broken(database_, fmt::format("row {} of the audit log is not as it was written: found the hash {}, "
                                                 "its contents have {}",
                                                 row.number, manifest::in_quotes(row.hash), wanted));
        last_ = {row.number, row.hash};
        if (known_ && known_->number == row.number && known_->hash != row.hash)
            return broken(database_, fmt::format("row {} of the audit log is another one: found the hash {}, wanted {}",
                                                 row.number, row.hash, known_->hash));
        follow(row.entry);
        return {};
    }

    void follow(const AuditEntry& entry) {
        if (entry.what == "granted") granted_.emplace(entry.plugin, entry.detail);
        if (entry.what == "revoked") granted_.erase({entry.plugin, entry.detail});
    }

    base::Problem unlogged(const std::pair<std::string, std::string>& grant, std::string_view where) const {
        return {"audit.unlogged-grant",
                fmt::format("{}: the grant {} of {} {}", database_.name(), manifest::in_quotes(grant.second, 400),
                            manifest::in_quotes(grant.first), where),
                what_to_do};
    }

    Database& database_;
    const std::optional<AuditMark>& known_;
    AuditMark last_{0, std::string(no_hash)};
    std::set<std::pair<std::string, std::string>> granted_;
};

}  // namespace

base::Result<AuditMark> Audit::verify(const std::optional<AuditMark>& known) {
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    Transaction transaction(database);
    if (base::Check problem = transaction.begin_reading()) return *problem;
    Walk walk(database, known);
    if (base::Check problem = walk.all_rows()) return *problem;
    if (base::Check problem = walk.head()) return *problem;
    if (base::Check problem = walk.known()) return *problem;
    if (base::Check problem = walk.grants()) return *problem;
    return walk.last();
}

}  // namespace tenon::host
