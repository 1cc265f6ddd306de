// TOML as a tree of plain values with their places, so that toml.cc alone knows the library that reads it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/location.h"

namespace tenon::manifest {

struct Entry;

struct Value {
    // TOML has no null: it is there for trees that were made of JSON.
    enum class Kind { string, integer, floating, boolean, date_time, array, table, null };

    Kind kind = Kind::table;
    Location at;
    std::string string;          // Kind::string
    std::int64_t integer = 0;    // Kind::integer
    double floating = 0;         // Kind::floating; may be infinite or not a number
    bool boolean = false;        // Kind::boolean
    std::vector<Value> array;    // Kind::array
    std::vector<Entry> entries;  // Kind::table, in the order of the file
};

struct Entry {
    std::string key;
    Location at;
    Value value;
};

// "a string", "an integer", ...
std::string_view kind_name(Value::Kind kind);

// The root table of a text that has passed guard(). Problem: "manifest.syntax".
base::Result<Value> read_toml(std::string_view toml, std::string_view file);

}  // namespace tenon::manifest
