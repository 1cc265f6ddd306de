// What the functions on a store share: the connection, how decisions are made durable, and the rules for texts.
#pragma once

#include <mutex>
#include <string_view>

#include "host/database.h"
#include "host/store.h"

namespace tenon::host {

struct Store::Parts {
    explicit Parts(Database opened) : database(std::move(opened)) {}
    std::mutex mutex;
    Database database;
};

// "store.bad-id"
base::Check check_id(std::string_view id);

// At most `longest` bytes, and not cut in the middle of a character.
std::string_view cut(std::string_view text, std::size_t longest);

// "store.moved"
base::Check check_place(const Database& database);

// Runs `change`, which is one transaction, so that it is on the disk when it returns.
template <class Change>
base::Check decide(Database& database, Change change) {
    if (base::Check problem = check_place(database)) return problem;
    if (base::Check problem = database.run("PRAGMA synchronous = FULL")) return problem;
    base::Check problem = change();
    // Where this fails, counts cost more, and nothing is lost.
    (void)database.run("PRAGMA synchronous = NORMAL");
    return problem;
}

}  // namespace tenon::host
