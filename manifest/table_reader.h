// Reading the keys of one TOML table: types are checked, and keys that nobody asked for are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/diagnostics.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// Whether a key must be there.
enum class Need { required, optional };

// Borrows the table and the diagnostics. Each function gives nothing where the key is missing or its value wrong, after
// it has said so ("manifest.missing-key", "manifest.wrong-type", "manifest.out-of-range").
class TableReader {
public:
    TableReader(const Value& table, std::string path, Diagnostics& out)
        : table_(table), path_(std::move(path)), out_(out) {}

    const Value* value(std::string_view key, Value::Kind kind, Need need = Need::optional);
    // The table under a key that is asked for elsewhere, or null: for references from one section to another.
    const Value* other_table(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key);
    std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most,
                                        Need need = Need::optional);

    // The path of a key, for problems about its value.
    std::string path(std::string_view key) const { return key_path(path_, key); }
    // The table's own path and place.
    const std::string& path() const { return path_; }
    Location at() const { return table_.at; }
    Diagnostics& problems() { return out_; }

    // After the last key: "manifest.unknown-key" for each one that was not asked for.
    void refuse_others();

private:
    const Value& table_;
    std::string path_;
    Diagnostics& out_;
    std::vector<std::string_view> known_;
};

// False, after saying so ("manifest.wrong-type"), if the value is of another kind.
bool expect_kind(const Value& value, Value::Kind wanted, std::string_view path, Diagnostics& out);
// False, after saying so ("manifest.out-of-range"), if the integer is not from `least` to `most`.
bool check_number(const Value& integer, std::string_view path, std::int64_t least, std::int64_t most, Diagnostics& out);

}  // namespace tenon::manifest
