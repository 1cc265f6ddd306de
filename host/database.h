// SQLite as the store uses it: a connection that trusts nothing in its file, statements, transactions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tenon::host {

// A connection. Movable; used by one thread at a time.
class Database {
public:
    // Opens for reading and writing, and configures. Nothing of the file has been read when it returns. Problems:
    // "store.missing", "store.unopenable", "store.unwritable" and those of problem().
    static base::Result<Database> open(const std::string& path, bool create, std::uint32_t patience_ms);
    // An empty one that no file belongs to.
    static base::Result<Database> in_memory();

    // Statements that give no rows, or whose rows do not matter.
    base::Check run(std::string_view sql);
    // The first column of the first row; 0 or empty if there is none.
    base::Result<std::int64_t> number(std::string_view sql);
    base::Result<std::string> text(std::string_view sql);

    // Whether the file of this connection is not the one that its path leads to any more.
    bool has_moved() const;

    // What an SQLite code means, with the message of the last failure: "store.busy", "store.full", "store.corrupt",
    // "store.not-a-store", "store.unwritable", "store.unopenable" or "store.io".
    base::Problem problem(int code) const;
    // "store.corrupt" and "store.io", with other words than SQLite's last.
    base::Problem corrupt(std::string_view what) const;
    base::Problem unreadable(std::string_view what) const;

    std::string name() const;  // the path, as problems show it
    std::uint32_t patience_ms() const { return patience_ms_; }
    sqlite3* raw() const { return connection_.get(); }

private:
    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };
    Database() = default;
    base::Check connect(const std::string& path, int flags);

    std::unique_ptr<sqlite3, Close> connection_;
    std::string path_;
    std::uint32_t patience_ms_ = 0;
};

// A prepared statement of a database that outlives it. A failure to prepare or bind is said by the next step.
class Statement {
public:
    Statement(const Database& database, std::string_view sql);

    // The next parameter. Text is copied.
    Statement& bind(std::uint64_t number);  // at most 2^63-1
    Statement& bind(std::string_view text);
    Statement& bind_bytes(std::string_view bytes);  // borrowed until the statement has run, or ends

    // True: there is a row.
    base::Result<bool> step();
    // To the end, and ready for the next parameters.
    base::Check run();

    bool is_null(int column) const;
    std::int64_t number(int column) const;  // 0 if it has none
    // Whether the column has a number that is not negative; puts it into `out`.
    bool get(int column, std::uint64_t& out) const;
    // Whether the column has text of at most `longest` bytes; puts it into `out`.
    bool get(int column, std::size_t longest, std::string& out) const;
    // The same for a column of bytes.
    bool get_bytes(int column, std::size_t most, std::string& out) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    const Database& database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int code_ = 0;
    int bound_ = 0;
};

// Rolls back what was not committed.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    base::Check begin_reading();  // one state of the file for all that is read
    base::Check begin_writing();  // nobody else writes meanwhile
    base::Check commit();

private:
    Database& database_;
};

}  // namespace tenon::host
