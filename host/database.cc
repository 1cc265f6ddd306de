#include "host/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/fd.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

constexpr const char* replace_it =
    "Put a copy from before in its place, or move it away together with the files beside it that end in -wal and -shm: "
    "the host then begins a new store, without its counts and decisions.";
constexpr const char* check_folder =
    "Check the permissions of the file and of its folder, where two more files are written.";

bool no_permission(int error) {
    return error == EACCES || error == EPERM || error == EROFS;
}

// ", No such file or directory"; empty when the operating system had no part in it.
std::string system_words(int error) {
    return error == 0 ? std::string() : fmt::format(", {}", std::strerror(error));
}

struct Limit {
    int category;
    int value;
};

// Far above what the store's own statements need, and low enough for what a file may ask for.
constexpr Limit limits[] = {
    {SQLITE_LIMIT_LENGTH, 2 * 1024 * 1024},
    {SQLITE_LIMIT_SQL_LENGTH, 64 * 1024},
    {SQLITE_LIMIT_COLUMN, 64},
    {SQLITE_LIMIT_EXPR_DEPTH, 64},
    {SQLITE_LIMIT_COMPOUND_SELECT, 4},
    {SQLITE_LIMIT_FUNCTION_ARG, 8},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 32},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

struct Setting {
    int option;
    int value;
};

// What a file says is data: it brings no code (triggers, views, extensions) and cannot be used to damage itself.
constexpr Setting settings[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, {SQLITE_DBCONFIG_DQS_DML, 0},
    {SQLITE_DBCONFIG_DQS_DDL, 0},
};

void distrust(sqlite3* connection) {
    for (const Limit& limit : limits) sqlite3_limit(connection, limit.category, limit.value);
    for (const Setting& setting : settings) sqlite3_db_config(connection, setting.option, setting.value, nullptr);
}

// An empty file that only its owner may read and write; SQLite takes it for an empty database. Not with open() and
// close(): closing any descriptor of a file gives up the locks that this process has on it through another. Where the
// file system has no mknod, SQLite makes the file.
void make_private_file(const std::string& path) {
    if (::mknod(path.c_str(), S_IFREG | 0600, 0) != 0) return;
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const base::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) ::fsync(fd.get());  // the name is on the disk before what is in the file
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const noexcept {
    sqlite3_close(connection);
}

base::Check Database::connect(const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    // Its own locks are not needed: the store has one.
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    connection_.reset(raw);
    if (code != SQLITE_OK) return problem(code);
    distrust(raw);
    sqlite3_busy_timeout(raw, static_cast<int>(std::min<std::uint32_t>(patience_ms_, 3'600'000)));
    // Never mapped: another process that cuts the file would be a signal here, not an error.
    return run(
        "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
        "PRAGMA journal_size_limit = 1048576;");
}

base::Result<Database> Database::in_memory() {
    Database made;
    made.path_ = "the tables in memory";
    if (base::Check problem = made.connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY)) return *problem;
    return made;
}

base::Result<Database> Database::open(const std::string& path, bool create, std::uint32_t patience_ms) {
    Database made;
    made.path_ = path;
    made.patience_ms_ = patience_ms;
    if (path.empty() || path.find('\0') != std::string::npos)
        return base::Problem{"store.unopenable", fmt::format("{}: is not a path", manifest::in_quotes(path)),
                             "Name a file."};
    if (create) make_private_file(path);
    struct stat facts{};
    const int error = ::stat(path.c_str(), &facts) == 0 ? 0 : errno;
    if (error == ENOENT && !create)
        return base::Problem{"store.missing", fmt::format("{}: there is no store", made.name()),
                             "Name a host's store, or let the host make one."};
    if (error == 0 && !S_ISREG(facts.st_mode))
        return base::Problem{"store.unopenable", fmt::format("{}: is not a regular file", made.name()), "Name a file."};
    // SQLite gives a meaning of its own to ":memory:".
    const std::string plain = path.starts_with('/') ? path : "./" + path;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE | (create ? SQLITE_OPEN_CREATE : 0);
    if (base::Check problem = made.connect(plain, flags)) return *problem;
    // SQLite opens for reading what it may not write.
    if (sqlite3_db_readonly(made.raw(), "main") == 1)
        return base::Problem{"store.unwritable", fmt::format("{}: may be read but not written", made.name()),
                             check_folder};
    return made;
}

base::Check Database::run(std::string_view sql) {
    const int code = sqlite3_exec(raw(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return problem(code);
    return {};
}

base::Result<std::int64_t> Database::number(std::string_view sql) {
    Statement statement(*this, sql);
    const base::Result<bool> row = statement.step();
    if (!row) return row.problem();
    return row.value() ? statement.number(0) : std::int64_t{0};
}

base::Result<std::string> Database::text(std::string_view sql) {
    Statement statement(*this, sql);
    const base::Result<bool> row = statement.step();
    if (!row) return row.problem();
    std::string found;
    if (row.value()) statement.get(0, 64 * 1024, found);
    return found;
}

bool Database::has_moved() const {
    int moved = 0;
    return sqlite3_file_control(raw(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

std::string Database::name() const {
    return manifest::printable(path_, 4096);
}

base::Problem Database::corrupt(std::string_view what) const {
    return {"store.corrupt", fmt::format("{}: the store is damaged: {}", name(), manifest::printable(what, 400)),
            replace_it};
}

base::Problem Database::unreadable(std::string_view what) const {
    return {"store.io", fmt::format("{}: {}", name(), manifest::printable(what, 600)),
            "Check the disk and its file system."};
}

base::Problem Database::problem(int code) const {
    const char* const words = raw() != nullptr ? sqlite3_errmsg(raw()) : sqlite3_errstr(code);
    const int error = raw() != nullptr ? sqlite3_system_errno(raw()) : 0;
    const std::string said = manifest::printable(words, 400);
    switch (code & 0xff) {
        case SQLITE_BUSY:
            return {"store.busy",
                    fmt::format("{}: somebody else keeps it locked (waited for {} ms)", name(), patience_ms_),
                    "Try again; end the process that keeps it."};
        case SQLITE_FULL:
            return {"store.full", fmt::format("{}: there is no space left to write it", name()), "Free some space."};
        case SQLITE_CORRUPT:
        case SQLITE_TOOBIG:
            return corrupt(said);
        case SQLITE_NOTADB:
            return {"store.not-a-store", fmt::format("{}: is not an SQLite database", name()),
                    "Name a host's store. If it was one: " + std::string(replace_it)};
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return {"store.unwritable", fmt::format("{}: cannot be written: {}", name(), said), check_folder};
        case SQLITE_CANTOPEN:
            if (no_permission(error))
                return {"store.unwritable", fmt::format("{}: cannot be opened{}", name(), system_words(error)),
                        check_folder};
            return {"store.unopenable", fmt::format("{}: cannot be opened{}", name(), system_words(error)),
                    "Check the path; the folder has to be there."};
        default:
            return unreadable(fmt::format("{} (SQLite error {}){}", words, code, system_words(error)));
    }
}

}  // namespace tenon::host
