#include "host/store.h"

#include <fmt/format.h>

#include "host/store_parts.h"
#include "host/store_schema.h"
#include "manifest/manifest.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

constexpr std::string_view columns =
    "id, calls, errors, exceptions, soft_overruns, hard_overruns, trips, errors - forgiven, first_seen, last_error, "
    "disabled_reason, disabled_since, disabled_by";

// min(a, most - b) + b is a + b that stops at the most instead of becoming a fraction.
constexpr std::string_view add_counts =
    "INSERT INTO plugin (id, calls, errors, exceptions, soft_overruns, hard_overruns, trips, first_seen, last_error) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET "
    "calls = min(calls, 9223372036854775807 - excluded.calls) + excluded.calls, "
    "errors = min(errors, 9223372036854775807 - excluded.errors) + excluded.errors, "
    "exceptions = min(exceptions, 9223372036854775807 - excluded.exceptions) + excluded.exceptions, "
    "soft_overruns = min(soft_overruns, 9223372036854775807 - excluded.soft_overruns) + excluded.soft_overruns, "
    "hard_overruns = min(hard_overruns, 9223372036854775807 - excluded.hard_overruns) + excluded.hard_overruns, "
    "trips = min(trips, 9223372036854775807 - excluded.trips) + excluded.trips, "
    "last_error = max(last_error, excluded.last_error)";

constexpr std::string_view set_disabled =
    "INSERT INTO plugin (id, first_seen, disabled_since, disabled_reason, disabled_by) VALUES (?1, ?2, ?2, ?3, ?4) "
    "ON CONFLICT (id) DO UPDATE SET disabled_since = excluded.disabled_since, "
    "disabled_reason = excluded.disabled_reason, disabled_by = excluded.disabled_by";

constexpr std::string_view set_enabled =
    "UPDATE plugin SET forgiven = errors, disabled_since = NULL, disabled_reason = NULL, disabled_by = NULL "
    "WHERE id = ?1";

// A file with the right tables may still have anything in them.
bool read_decision(const Statement& row, std::optional<Disabled>& out) {
    if (row.is_null(10) && row.is_null(11) && row.is_null(12)) return true;
    Disabled& disabled = out.emplace();
    return row.get(10, Store::longest_reason, disabled.reason) && row.get(11, disabled.since) &&
           row.get(12, Store::longest_name, disabled.by);
}

bool read_health(const Statement& row, std::string& id, Health& out) {
    return row.get(0, manifest::max_id_size, id) && row.get(1, out.calls) && row.get(2, out.errors) &&
           row.get(3, out.exceptions) && row.get(4, out.soft_overruns) && row.get(5, out.hard_overruns) &&
           row.get(6, out.trips) && row.get(7, out.recent_errors) && row.get(8, out.first_seen) &&
           row.get(9, out.last_error) && read_decision(row, out.disabled);
}

base::Problem bad_row(const Database& database, std::string_view id) {
    return database.corrupt(fmt::format("what it says of plugin {} is nonsense", manifest::in_quotes(id)));
}

base::Check add_all(Database& database, std::span<const HealthDelta> deltas) {
    Statement statement(database, add_counts);
    for (const HealthDelta& delta : deltas) {
        statement.bind(delta.id).bind(delta.calls).bind(delta.errors).bind(delta.exceptions);
        statement.bind(delta.soft_overruns).bind(delta.hard_overruns).bind(delta.trips);
        statement.bind(delta.when).bind(delta.last_error);
        if (base::Check problem = statement.run()) return problem;
    }
    return {};
}

}  // namespace

base::Check check_id(std::string_view id) {
    if (manifest::is_id(id)) return {};
    return base::Problem{"store.bad-id", fmt::format("{} is not the id of a plugin", manifest::in_quotes(id)),
                         "Use the id in the plugin's manifest."};
}

std::string_view cut(std::string_view text, std::size_t longest) {
    if (text.size() <= longest) return text;
    std::size_t size = longest;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
    return text.substr(0, size);
}

base::Check check_place(const Database& database) {
    if (!database.has_moved()) return {};
    return base::Problem{"store.moved",
                         fmt::format("{}: the file that was opened is not there any more", database.name()),
                         "Put it back, or start the host again."};
}

Store::Store(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

base::Result<Store> Store::open(const std::string& path, const StoreOptions& options) {
    base::Result<Database> database = Database::open(path, options.create, options.patience_ms);
    if (!database) return database.problem();
    const auto steps = options.steps.empty() ? store_steps() : options.steps;
    if (base::Check problem = prepare_store(database.value(), steps)) return *problem;
    if (base::Check problem = database.value().run("PRAGMA synchronous = NORMAL")) return *problem;
    return Store(std::make_unique<Parts>(database.take()));
}

base::Result<Health> Store::health(std::string_view id) {
    const std::lock_guard lock(parts_->mutex);
    Database& database = parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    Statement row(database, fmt::format("SELECT {} FROM plugin WHERE id = ?1", columns));
    row.bind(id);
    const base::Result<bool> found = row.step();
    if (!found) return found.problem();
    Health health;
    std::string name;
    if (found.value() && !read_health(row, name, health)) return bad_row(database, id);
    return health;
}

base::Result<std::vector<std::pair<std::string, Health>>> Store::all() {
    const std::lock_guard lock(parts_->mutex);
    Database& database = parts_->database;
    if (base::Check problem = check_place(database)) return *problem;
    Statement row(database, fmt::format("SELECT {} FROM plugin ORDER BY id LIMIT {}", columns, most_plugins + 1));
    std::vector<std::pair<std::string, Health>> all;
    for (;;) {
        const base::Result<bool> found = row.step();
        if (!found) return found.problem();
        if (!found.value()) return all;
        if (all.size() == most_plugins)
            return base::Problem{"store.too-many",
                                 fmt::format("{}: has more than {} plugins", database.name(), most_plugins),
                                 "Begin a new store."};
        auto& [id, health] = all.emplace_back();
        if (!read_health(row, id, health)) return bad_row(database, id);
    }
}

base::Check Store::add(std::span<const HealthDelta> deltas) {
    for (const HealthDelta& delta : deltas)
        if (base::Check problem = check_id(delta.id)) return problem;
    if (deltas.empty()) return {};
    const std::lock_guard lock(parts_->mutex);
    Database& database = parts_->database;
    if (base::Check problem = check_place(database)) return problem;
    Transaction transaction(database);
    if (base::Check problem = transaction.begin_writing()) return problem;
    if (base::Check problem = add_all(database, deltas)) return problem;
    return transaction.commit();
}

base::Check Store::disable(std::string_view id, std::string_view reason, std::string_view by, std::uint64_t when) {
    if (base::Check problem = check_id(id)) return problem;
    const std::lock_guard lock(parts_->mutex);
    Database& database = parts_->database;
    return decide(database, [&] {
        Statement statement(database, set_disabled);
        statement.bind(id).bind(when).bind(cut(reason, longest_reason)).bind(cut(by, longest_name));
        return statement.run();
    });
}

base::Check Store::enable(std::string_view id) {
    if (base::Check problem = check_id(id)) return problem;
    const std::lock_guard lock(parts_->mutex);
    return decide(parts_->database, [&] { return Statement(parts_->database, set_enabled).bind(id).run(); });
}

}  // namespace tenon::host
