#include "host/store_schema.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "manifest/words.h"

namespace tenon::host {

namespace {

// Version 1. `forgiven` is how many of the errors there were when the plugin was last enabled.
constexpr std::string_view first_step = R"(
CREATE TABLE plugin (
  id TEXT NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 63),
  calls INTEGER NOT NULL DEFAULT 0 CHECK (calls >= 0),
  errors INTEGER NOT NULL DEFAULT 0 CHECK (errors >= 0),
  exceptions INTEGER NOT NULL DEFAULT 0 CHECK (exceptions >= 0),
  soft_overruns INTEGER NOT NULL DEFAULT 0 CHECK (soft_overruns >= 0),
  hard_overruns INTEGER NOT NULL DEFAULT 0 CHECK (hard_overruns >= 0),
  trips INTEGER NOT NULL DEFAULT 0 CHECK (trips >= 0),
  forgiven INTEGER NOT NULL DEFAULT 0 CHECK (forgiven BETWEEN 0 AND errors),
  first_seen INTEGER NOT NULL DEFAULT 0 CHECK (first_seen >= 0),
  last_error INTEGER NOT NULL DEFAULT 0 CHECK (last_error >= 0),
  disabled_reason TEXT,
  disabled_since INTEGER CHECK (disabled_since >= 0),
  disabled_by TEXT,
  CHECK ((disabled_reason IS NULL) = (disabled_since IS NULL) AND (disabled_by IS NULL) = (disabled_since IS NULL))
) STRICT, WITHOUT ROWID)";

// Version 2: host/grants.h and host/audit.h. The head is what the last row of the log has to be.
constexpr std::string_view second_step = R"(
CREATE TABLE granted (
  plugin TEXT NOT NULL CHECK (length(plugin) BETWEEN 1 AND 63),
  request TEXT NOT NULL CHECK (length(request) >= 1),
  since INTEGER NOT NULL CHECK (since >= 0),
  by TEXT NOT NULL,
  PRIMARY KEY (plugin, request)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
  number INTEGER NOT NULL PRIMARY KEY CHECK (number >= 1),
  time INTEGER NOT NULL CHECK (time >= 0),
  who TEXT NOT NULL,
  plugin TEXT NOT NULL,
  what TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TABLE audit_head (
  only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  number INTEGER NOT NULL CHECK (number >= 0),
  hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000'))";

// Version 3: host/collections.h. Items and bytes are those of the rows of `item`.
constexpr std::string_view third_step = R"(
CREATE TABLE collection (
  name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 63),
  items INTEGER NOT NULL CHECK (items >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE item (
  collection TEXT NOT NULL CHECK (length(collection) BETWEEN 1 AND 63),
  key BLOB NOT NULL CHECK (length(key) BETWEEN 1 AND 512),
  value BLOB NOT NULL CHECK (length(value) <= 1048576),
  PRIMARY KEY (collection, key)
) STRICT)";

// Version 4: host/token_days.h.
constexpr std::string_view fourth_step = R"(
CREATE TABLE tokens (
  plugin TEXT NOT NULL CHECK (length(plugin) BETWEEN 1 AND 63),
  model TEXT NOT NULL CHECK (length(model) >= 1),
  day INTEGER NOT NULL CHECK (day >= 0),
  used INTEGER NOT NULL CHECK (used >= 0),
  PRIMARY KEY (plugin, model)
) STRICT, WITHOUT ROWID)";

constexpr std::string_view steps_of_tenon[] = {first_step, second_step, third_step, fourth_step};

// Larger files are not looked through when they are opened: what is damaged in them shows when it is read.
constexpr std::int64_t most_checked_bytes = 16 * 1024 * 1024;
constexpr std::string_view most_objects = "200";

// One thing that the schema has: a table, an index ...
struct Object {
    std::string type, name, sql;
    bool operator==(const Object&) const = default;
};

base::Result<std::vector<Object>> objects_of(Database& database) {
    std::vector<Object> objects;
    Statement statement(database, fmt::format("SELECT type, name, coalesce(sql, '') FROM sqlite_schema "
                                              "ORDER BY name LIMIT {}",
                                              most_objects));
    for (;;) {
        const base::Result<bool> row = statement.step();
        if (!row) return row.problem();
        if (!row.value()) return objects;
        Object object;
        const bool legible = statement.get(0, 64, object.type) && statement.get(1, 256, object.name) &&
                             statement.get(2, 65536, object.sql);
        if (!legible) return database.corrupt("the list of its tables is nonsense");
        objects.push_back(std::move(object));
    }
}

base::Problem failed_step(std::size_t version, const base::Problem& problem) {
    return {"store.migration",
            fmt::format("the store cannot be brought from version {} to {}: {}", version - 1, version, problem.text),
            problem.fix};
}

// Steps [from, to).
base::Check take_steps(Database& database, std::span<const std::string_view> steps, std::size_t from, std::size_t to) {
    for (std::size_t step = from; step < to; ++step)
        if (base::Check problem = database.run(steps[step])) {
            // Without space, or locked: the step itself is not to blame.
            return problem->id == "store.io" ? failed_step(step + 1, *problem) : *problem;
        }
    return {};
}

// The tables have to be those that the steps make, to the letter: a file may carry the right names and other contents.
base::Check check_objects(Database& database, std::span<const std::string_view> steps, std::size_t version) {
    base::Result<Database> model = Database::in_memory();
    if (!model) return model.problem();
    if (base::Check problem = take_steps(model.value(), steps, 0, version)) return problem;
    const base::Result<std::vector<Object>> wanted = objects_of(model.value());
    if (!wanted) return wanted.problem();
    const base::Result<std::vector<Object>> found = objects_of(database);
    if (!found) return found.problem();
    for (const Object& object : found.value())
        if (std::ranges::find(wanted.value(), object) == wanted.value().end())
            return database.corrupt(fmt::format("the {} {} is not that of a store of version {}", object.type,
                                                manifest::in_quotes(object.name), version));
    for (const Object& object : wanted.value())
        if (std::ranges::find(found.value(), object) == found.value().end())
            return database.corrupt(fmt::format("the {} \"{}\" is missing", object.type, object.name));
    return {};
}

// SQLite reports a page that the disk did not give among the damage: "unable to get the page. error code=266".
base::Problem bad_pages(const Database& database, std::string_view verdict) {
    constexpr std::string_view heading = "*** in database main ***\n";
    constexpr std::string_view mark = "error code=";
    if (verdict.starts_with(heading)) verdict.remove_prefix(heading.size());
    int code = SQLITE_CORRUPT;
    if (const auto at = verdict.find(mark); at != std::string_view::npos)
        std::from_chars(verdict.data() + at + mark.size(), verdict.data() + verdict.size(), code);
    if ((code & 0xff) == SQLITE_IOERR || code == SQLITE_NOMEM) return database.unreadable(verdict);
    return database.corrupt(verdict);
}

base::Check check_pages(Database& database) {
    const base::Result<std::int64_t> pages = database.number("PRAGMA page_count");
    if (!pages) return pages.problem();
    const base::Result<std::int64_t> page_size = database.number("PRAGMA page_size");
    if (!page_size) return page_size.problem();
    if (pages.value() > most_checked_bytes / std::max<std::int64_t>(page_size.value(), 512)) return {};
    const base::Result<std::string> verdict = database.text("PRAGMA quick_check(1)");
    if (!verdict) return verdict.problem();
    if (verdict.value() != "ok") return bad_pages(database, verdict.value());
    return {};
}

base::Problem foreign(const Database& database, std::int64_t id) {
    return {"store.foreign",
            fmt::format("{}: is the database of another program (application id {:#010x}, wanted {:#010x})",
                        database.name(), static_cast<std::uint32_t>(id), store_application_id),
            "Name a host's store."};
}

base::Problem newer(const Database& database, std::int64_t version, std::size_t known) {
    return {
        "store.newer",
        fmt::format("{}: is a store of version {}, this host knows versions up to {}", database.name(), version, known),
        "Use the newer host that wrote it, or another file."};
}

// The version of the file, 0 for an empty one. Within a transaction, so that all of it is of one moment.
base::Result<std::size_t> version_of(Database& database, std::size_t known) {
    const base::Result<std::int64_t> id = database.number("PRAGMA application_id");
    if (!id) return id.problem();
    const base::Result<std::int64_t> version = database.number("PRAGMA user_version");
    if (!version) return version.problem();
    if (id.value() == 0 && version.value() == 0) {
        const base::Result<std::int64_t> count = database.number("SELECT count(*) FROM sqlite_schema");
        if (!count) return count.problem();
        if (count.value() == 0) return std::size_t{0};
    }
    if (id.value() != store_application_id) return foreign(database, id.value());
    if (version.value() < 1) return database.corrupt(fmt::format("its version is {}", version.value()));
    const auto found = static_cast<std::size_t>(version.value());
    if (found > known) return newer(database, version.value(), known);
    return found;
}

// The version of a file that is found sound.
base::Result<std::size_t> sound_version_of(Database& database, std::span<const std::string_view> steps) {
    const base::Result<std::size_t> version = version_of(database, steps.size());
    if (!version) return version.problem();
    if (base::Check problem = check_pages(database)) return *problem;
    if (base::Check problem = check_objects(database, steps, version.value())) return *problem;
    return version.value();
}

base::Result<std::size_t> look(Database& database, std::span<const std::string_view> steps) {
    Transaction transaction(database);
    if (base::Check problem = transaction.begin_reading()) return *problem;
    return sound_version_of(database, steps);
}

// Two processes may get here with one file: whoever comes second finds no steps left to take.
base::Check migrate(Database& database, std::span<const std::string_view> steps) {
    Transaction transaction(database);
    if (base::Check problem = transaction.begin_writing()) return problem;
    const base::Result<std::size_t> version = sound_version_of(database, steps);
    if (!version) return version.problem();
    if (base::Check problem = take_steps(database, steps, version.value(), steps.size())) return problem;
    const std::string marks =
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", store_application_id, steps.size());
    if (base::Check problem = database.run(marks)) return problem;
    return transaction.commit();
}

// Changing the mode needs the file for itself, and SQLite does not wait for that as it waits for a write.
base::Check use_wal(Database& database) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(database.patience_ms());
    for (;;) {
        const base::Result<std::string> mode = database.text("PRAGMA journal_mode = WAL");
        if (mode && mode.value() == "wal") return {};
        if (mode)
            return base::Problem{
                "store.unopenable",
                fmt::format("{}: its file system has no shared memory, which a store needs", database.name()),
                "Put it on a local file system."};
        if (mode.problem().id != "store.busy" || std::chrono::steady_clock::now() >= until) return mode.problem();
        sqlite3_sleep(5);
    }
}

}  // namespace

std::span<const std::string_view> store_steps() {
    return steps_of_tenon;
}

base::Check prepare_store(Database& database, std::span<const std::string_view> steps) {
    if (base::Check problem = database.run("PRAGMA synchronous = FULL")) return problem;
    const base::Result<std::size_t> version = look(database, steps);
    if (!version) return version.problem();
    if (base::Check problem = use_wal(database)) return problem;
    if (version.value() < steps.size())
        if (base::Check problem = migrate(database, steps)) return problem;
    return {};
}

}  // namespace tenon::host
