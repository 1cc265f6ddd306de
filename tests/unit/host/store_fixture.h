// What the tests of the store share: a folder, the file in it, and SQL of their own.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "host/store.h"
#include "tests/support/catch.h"

namespace tenon::test {

inline constexpr std::uint64_t second = 1'000'000'000;

class Folder {
public:
    Folder() : path_(base::make_unique_folder(base::temporary_folder(), "store").take()) {}
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { base::remove_tree(path_); }
    std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// A connection that is not the store's.
class Intruder {
public:
    explicit Intruder(const std::string& path) { REQUIRE(sqlite3_open(path.c_str(), &raw_) == SQLITE_OK); }
    Intruder(const Intruder&) = delete;
    Intruder& operator=(const Intruder&) = delete;
    ~Intruder() { sqlite3_close(raw_); }
    void run(const std::string& sql) const {
        INFO(sql);
        const int code = sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr);
        INFO(sqlite3_errmsg(raw_));
        REQUIRE(code == SQLITE_OK);
    }
    // The first column of the first row.
    std::string ask(const std::string& sql) const {
        std::string answer;
        const auto keep = [](void* to, int, char** values, char**) {
            *static_cast<std::string*>(to) = values[0] != nullptr ? values[0] : "NULL";
            return 0;
        };
        REQUIRE(sqlite3_exec(raw_, sql.c_str(), keep, &answer, nullptr) == SQLITE_OK);
        return answer;
    }

private:
    sqlite3* raw_ = nullptr;
};

inline host::Store open_store(const std::string& path, const host::StoreOptions& options = {}) {
    base::Result<host::Store> store = host::Store::open(path, options);
    INFO((store ? std::string() : store.problem().text));
    REQUIRE(store);
    return store.take();
}

inline host::Health health_of(host::Store& store, std::string_view id) {
    base::Result<host::Health> health = store.health(id);
    INFO((health ? std::string() : health.problem().text));
    REQUIRE(health);
    return health.take();
}

inline void require_done(const base::Check& check) {
    INFO((check ? check->text : std::string()));
    REQUIRE(!check);
}

inline void add(host::Store& store, const std::vector<host::HealthDelta>& deltas) {
    require_done(store.add(deltas));
}

// The file and those that SQLite puts beside it.
inline void copy_store(const std::string& from, const std::string& to) {
    for (const char* end : {"", "-wal", "-journal"}) {
        base::remove_tree(to + end);
        if (std::filesystem::exists(from + end)) std::filesystem::copy_file(from + end, to + end);
    }
    base::remove_tree(to + "-shm");
}

}  // namespace tenon::test
