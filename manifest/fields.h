// The kinds of values that many keys share: checked strings, lists of them, words to choose from, lists of tables.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/table_reader.h"
#include "manifest/text_check.h"

namespace tenon::manifest {

// True if nothing is wrong with the value, which is of the kind that is wanted; says what is, otherwise.
using ValueCheck = std::function<bool(const Value& value, std::string_view path, Diagnostics& out)>;
using StringCheck = ValueCheck;

// "manifest.bad-text", by a rule.
StringCheck text(const TextRule& rule);
// "manifest.bad-choice": one of these words, which must live as long as the check.
StringCheck one_of(std::span<const std::string_view> words);

// The string under the key, if it is there and right; empty otherwise.
std::string read_string(TableReader& reader, std::string_view key, Need need, const StringCheck& check);

// The place of the word among those that may be chosen.
std::optional<std::size_t> read_choice(TableReader& reader, std::string_view key,
                                       std::span<const std::string_view> words, Need need = Need::optional);

// How many entries a list has, and whether one may stand in it twice ("manifest.too-many", "manifest.too-few",
// "manifest.duplicate").
struct ListRule {
    std::size_t most;
    std::size_t least = 0;
    bool repeats = false;
};
std::vector<std::string> read_strings(TableReader& reader, std::string_view key, const ListRule& rule,
                                      const StringCheck& check, Need need = Need::optional);
std::vector<std::int64_t> read_integers(TableReader& reader, std::string_view key, const ListRule& rule,
                                        const ValueCheck& check, Need need = Need::optional);

// The array under the key if its length is right, or null.
const Value* read_array(TableReader& reader, std::string_view key, const ListRule& rule, Need need = Need::optional);

// Names that stand in a list once. Not for several threads.
class Once {
public:
    // False, after saying so ("manifest.duplicate"), if the name was there before. `path` is where it stands now.
    bool first(const std::string& name, Location at, const std::string& path, Diagnostics& out);

private:
    std::map<std::string, std::string> seen_;  // where it stood first
};

// Calls read(TableReader&) for each table of the array under the key; keys that it did not ask for are refused.
template <class Read>
void read_tables(TableReader& parent, std::string_view key, std::size_t most, Read read) {
    const Value* array = read_array(parent, key, {most});
    if (array == nullptr) return;
    for (std::size_t i = 0; i < array->array.size(); ++i) {
        const std::string path = fmt::format("{}[{}]", parent.path(key), i);
        if (!expect_kind(array->array[i], Value::Kind::table, path, parent.problems())) continue;
        TableReader reader(array->array[i], path, parent.problems());
        read(reader);
        reader.refuse_others();
    }
}

}  // namespace tenon::manifest
