// What of some settings a schema does not admit, and where.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/problem.h"

namespace tenon::manifest {

// The way from the whole document to a value. Borrows the keys.
using SchemaPath = std::vector<std::variant<std::string_view, std::size_t>>;

// "servers[2].port"; empty for the whole document.
std::string dotted_path(const SchemaPath& path);

struct SchemaFault {
    std::string id;
    std::string dotted;   // dotted_path(), for people
    std::string pointer;  // "/servers/2/port" (RFC 6901), with control characters as \xNN
    std::string what;
    std::string fix;
};

// Collects up to a limit, and counts the rest.
class SchemaFaults {
public:
    explicit SchemaFaults(std::size_t most) : most_(most) {}

    void add(std::string_view id, const SchemaPath& path, std::string what, std::string fix);

    const std::vector<SchemaFault>& list() const { return list_; }
    // Whether there is room for no more; then one more is counted.
    bool count_if_full() {
        if (list_.size() < most_) return false;
        ++more_;
        return true;
    }
    // "DOTTED (POINTER): WHAT"; behind the last, one that counts those that found no place.
    base::Problems problems() const;

private:
    std::size_t most_;
    std::size_t more_ = 0;
    std::vector<SchemaFault> list_;
};

}  // namespace tenon::manifest
