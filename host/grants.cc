#include "host/grants.h"

#include <fmt/format.h>

#include "host/audit.h"
#include "host/store_parts.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

base::Problem bad_grant(const Database& database, std::string_view plugin) {
    return database.corrupt(fmt::format("what it grants to {} is nonsense", manifest::in_quotes(plugin)));
}

base::Result<Requests> canonical(std::span<const std::string> requests) {
    Requests all;
    for (const std::string& request : requests) {
        base::Result<std::string> one = canonical_request(request);
        if (!one) return one.problem();
        all.push_back(one.take());
    }
    return all;
}

base::Check check_count(Database& database, std::string_view plugin) {
    Statement statement(database, "SELECT count(*) FROM granted WHERE plugin = ?1");
    const base::Result<bool> row = statement.bind(plugin).step();
    if (!row) return row.problem();
    if (statement.number(0) <= static_cast<std::int64_t>(most_requests)) return {};
    return base::Problem{"grant.too-many",
                         fmt::format("{}: {} would have more than {} grants", database.name(), plugin, most_requests),
                         "Revoke what it does not ask for any more: tenon permissions shows that."};
}

base::Result<std::vector<Grant>> read_grants(Database& database, std::string_view plugin) {
    Statement statement(database, fmt::format("SELECT request, since, by FROM granted WHERE plugin = ?1 "
                                              "ORDER BY request LIMIT {}",
                                              most_requests + 1));
    statement.bind(plugin);
    std::vector<Grant> grants;
    for (;;) {
        const base::Result<bool> found = statement.step();
        if (!found) return found.problem();
        if (!found.value()) return grants;
        Grant& one = grants.emplace_back();
        const bool legible = statement.get(0, longest_request, one.request) && statement.get(1, one.since) &&
                             statement.get(2, Store::longest_name, one.by);
        if (!legible || grants.size() > most_requests || !parse_request(one.request))
            return bad_grant(database, plugin);
    }
}

// What is about to be done, within its transaction.
struct Change {
    Database& database;
    std::string_view plugin;
    std::string_view by;
    std::uint64_t when;

    base::Check log(std::string_view what, const std::string& request) const {
        return append_row(database, {when, std::string(by), std::string(plugin), std::string(what), request});
    }

    // Runs a statement that gives a row if it had something to do. For each one that had, a row of the log.
    base::Result<Requests> each(const Requests& requests, std::string_view what,
                                base::Result<bool> (*act)(const Change&, const std::string&)) const {
        Requests done;
        for (const std::string& request : requests) {
            const base::Result<bool> changed = act(*this, request);
            if (!changed) return changed.problem();
            if (!changed.value()) continue;
            if (base::Check problem = log(what, request)) return *problem;
            done.push_back(request);
        }
        return done;
    }
};

base::Result<bool> add_one(const Change& change, const std::string& request) {
    Statement statement(change.database,
                        "INSERT INTO granted (plugin, request, since, by) VALUES (?1, ?2, ?3, ?4) "
                        "ON CONFLICT (plugin, request) DO NOTHING RETURNING 1");
    return statement.bind(change.plugin).bind(request).bind(change.when).bind(change.by).step();
}

base::Result<bool> remove_one(const Change& change, const std::string& request) {
    Statement statement(change.database, "DELETE FROM granted WHERE plugin = ?1 AND request = ?2 RETURNING 1");
    return statement.bind(change.plugin).bind(request).step();
}

// Runs `act` as one transaction that is on the disk when it returns.
template <class Act>
base::Result<Requests> durably(Database& database, Act act) {
    Requests done;
    const auto run = [&]() -> base::Check {
        Transaction transaction(database);
        if (base::Check problem = transaction.begin_writing()) return problem;
        base::Result<Requests> changed = act();
        if (!changed) return changed.problem();
        done = changed.take();
        return transaction.commit();
    };
    if (base::Check problem = decide(database, run)) return *problem;
    return done;
}

}  // namespace

base::Result<std::vector<Grant>> Grants::of(std::string_view plugin) {
    if (base::Check problem = check_id(plugin)) return *problem;
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    return read_grants(database, plugin);
}

base::Result<Requests> Grants::grant(std::string_view plugin, std::span<const std::string> requests,
                                     std::string_view by, std::uint64_t when) {
    if (base::Check problem = check_id(plugin)) return *problem;
    const base::Result<Requests> all = canonical(requests);
    if (!all) return all.problem();
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    const Change change{database, plugin, cut(by, Store::longest_name), when};
    return durably(database, [&]() -> base::Result<Requests> {
        base::Result<Requests> done = change.each(all.value(), "granted", add_one);
        if (!done) return done;
        if (base::Check problem = check_count(database, plugin)) return *problem;
        return done;
    });
}

base::Result<Requests> Grants::revoke(std::string_view plugin, std::span<const std::string> requests,
                                      std::string_view by, std::uint64_t when) {
    if (base::Check problem = check_id(plugin)) return *problem;
    const base::Result<Requests> all = canonical(requests);
    if (!all) return all.problem();
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    const Change change{database, plugin, cut(by, Store::longest_name), when};
    return durably(database, [&] { return change.each(all.value(), "revoked", remove_one); });
}

base::Result<Requests> Grants::revoke_all(std::string_view plugin, std::string_view by, std::uint64_t when) {
    if (base::Check problem = check_id(plugin)) return *problem;
    const std::lock_guard lock(store_.parts_->mutex);
    Database& database = store_.parts_->database;
    const Change change{database, plugin, cut(by, Store::longest_name), when};
    return durably(database, [&]() -> base::Result<Requests> {
        const base::Result<std::vector<Grant>> grants = read_grants(database, plugin);
        if (!grants) return grants.problem();
        return change.each(requests_of(grants.value()), "revoked", remove_one);
    });
}

Requests requests_of(std::span<const Grant> grants) {
    Requests requests;
    for (const Grant& one : grants) requests.push_back(one.request);
    return requests;
}

}  // namespace tenon::host
