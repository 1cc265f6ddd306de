// Reading one table of an operator's file. Private to operator*.cc.
#pragma once

#include <string>
#include <string_view>

#include "manifest/operator.h"
#include "manifest/table_reader.h"

namespace tenon::manifest {

inline constexpr std::uint64_t day = 86'400'000'000'000;  // in nanoseconds

// A time in the largest unit that has it whole: "90 s".
std::string time_text(std::uint64_t nanoseconds);

// Borrows the table and the diagnostics. Values come with their places; those outside their bounds are nothing, after
// saying so ("operator.out-of-range").
class Section {
public:
    Section(const Value& table, const std::string& path, Diagnostics& out) : table_(table), reader_(table, path, out) {}

    StatedTime time(std::string_view key, std::uint64_t least, std::uint64_t most);
    StatedNumber share(std::string_view key);
    StatedNumber number(std::string_view key, std::int64_t least, std::int64_t most);
    std::optional<Stated<bool>> boolean(std::string_view key);
    StatedBreaker breaker(std::string_view key);
    StatedIsolation isolation();  // as in a manifest
    OperatorBudget budget();      // soft, hard, share; hard is not below soft

    // "operator.out-of-range", at whichever of the two keys is there, because the one's value is above the other's.
    void refuse_order(std::string_view smaller, const std::string& its_value, std::string_view larger,
                      const std::string& other_value);

    TableReader& reader() { return reader_; }

private:
    const Value* find(std::string_view key) const;
    Location place_of(std::string_view key) const;

    const Value& table_;
    TableReader reader_;
};

}  // namespace tenon::manifest
