#include "manifest/table_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::manifest {

bool expect_kind(const Value& value, Value::Kind wanted, std::string_view path, Diagnostics& out) {
    if (value.kind == wanted) return true;
    out.add("manifest.wrong-type", value.at, path,
            fmt::format("found {}, wanted {}", kind_name(value.kind), kind_name(wanted)),
            fmt::format("write {}", kind_name(wanted)));
    return false;
}

bool check_number(const Value& integer, std::string_view path, std::int64_t least, std::int64_t most,
                  Diagnostics& out) {
    if (integer.integer >= least && integer.integer <= most) return true;
    out.add("manifest.out-of-range", integer.at, path,
            fmt::format("found {}, wanted a number from {} to {}", integer.integer, least, most),
            "write a number of that range");
    return false;
}

const Value* TableReader::value(std::string_view key, Value::Kind kind, Need need) {
    known_.push_back(key);
    for (const Entry& entry : table_.entries)
        if (entry.key == key) return expect_kind(entry.value, kind, path(key), out_) ? &entry.value : nullptr;
    if (need == Need::required)
        out_.add("manifest.missing-key", table_.at, path(key), fmt::format("missing; wanted {}", kind_name(kind)),
                 fmt::format("add the key \"{}\"", key));
    return nullptr;
}

const Value* TableReader::other_table(std::string_view key) const {
    for (const Entry& entry : table_.entries)
        if (entry.key == key && entry.value.kind == Value::Kind::table) return &entry.value;
    return nullptr;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
    const Value* found = value(key, Value::Kind::boolean);
    if (found == nullptr) return std::nullopt;
    return found->boolean;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t least, std::int64_t most,
                                                 Need need) {
    const Value* found = value(key, Value::Kind::integer, need);
    if (found == nullptr || !check_number(*found, path(key), least, most, out_)) return std::nullopt;
    return found->integer;
}

void TableReader::refuse_others() {
    for (const Entry& entry : table_.entries) {
        if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        const std::string_view meant = nearest(entry.key, known_);
        const std::string hint = meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant);
        out_.add("manifest.unknown-key", entry.at, path(entry.key), "unknown key" + hint,
                 meant.empty() ? fmt::format("remove it; the keys here are {}", fmt::join(known_, ", "))
                               : fmt::format("write \"{}\"", meant));
    }
}

}  // namespace tenon::manifest
