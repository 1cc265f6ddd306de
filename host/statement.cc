#include <sqlite3.h>

#include <algorithm>
#include <limits>

#include "host/database.h"

namespace tenon::host {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
    sqlite3_stmt* raw = nullptr;
    code_ = sqlite3_prepare_v2(database.raw(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    statement_.reset(raw);
}

Statement& Statement::bind(std::uint64_t number) {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (code_ == SQLITE_OK)
        code_ = sqlite3_bind_int64(statement_.get(), ++bound_, static_cast<std::int64_t>(std::min(number, most)));
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    // A null pointer would be NULL, not the empty text.
    const char* const data = text.data() != nullptr ? text.data() : "";
    if (code_ == SQLITE_OK)
        code_ = sqlite3_bind_text64(statement_.get(), ++bound_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind_bytes(std::string_view bytes) {
    const char* const data = bytes.data() != nullptr ? bytes.data() : "";
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_blob64(statement_.get(), ++bound_, data, bytes.size(), SQLITE_STATIC);
    return *this;
}

base::Result<bool> Statement::step() {
    if (code_ != SQLITE_OK) return database_.problem(code_);
    const int code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) return database_.problem(code);
    return code == SQLITE_ROW;
}

base::Check Statement::run() {
    for (;;) {
        const base::Result<bool> row = step();
        if (!row) return row.problem();
        if (!row.value()) break;
    }
    sqlite3_reset(statement_.get());
    bound_ = 0;
    return {};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

bool Statement::get(int column, std::uint64_t& out) const {
    if (sqlite3_column_type(statement_.get(), column) != SQLITE_INTEGER) return false;
    out = static_cast<std::uint64_t>(number(column));
    return number(column) >= 0;
}

bool Statement::get(int column, std::size_t longest, std::string& out) const {
    if (sqlite3_column_type(statement_.get(), column) != SQLITE_TEXT) return false;
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    if (text == nullptr || size > longest) return false;
    out.assign(text, size);
    return true;
}

bool Statement::get_bytes(int column, std::size_t most, std::string& out) const {
    if (sqlite3_column_type(statement_.get(), column) != SQLITE_BLOB) return false;
    const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    if (size > most || (bytes == nullptr && size != 0)) return false;
    out.assign(bytes != nullptr ? bytes : "", size);
    return true;
}

Transaction::~Transaction() {
    if (sqlite3_get_autocommit(database_.raw()) == 0) (void)database_.run("ROLLBACK");
}

base::Check Transaction::begin_reading() {
    return database_.run("BEGIN");
}

base::Check Transaction::begin_writing() {
    return database_.run("BEGIN IMMEDIATE");
}

base::Check Transaction::commit() {
    return database_.run("COMMIT");
}

}  // namespace tenon::host
