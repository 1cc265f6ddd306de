#include "manifest/fields.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

bool check_choice(const Value& string, std::string_view path, std::span<const std::string_view> words,
                  Diagnostics& out) {
    if (std::find(words.begin(), words.end(), string.string) != words.end()) return true;
    const std::string_view meant = nearest(string.string, words);
    out.add("manifest.bad-choice", string.at, path,
            fmt::format("found {}, wanted one of {}{}", in_quotes(string.string), fmt::join(words, ", "),
                        meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant)),
            meant.empty() ? "write one of these words" : fmt::format("write \"{}\"", meant));
    return false;
}

// What the entries of a list are.
struct EntryRule {
    Value::Kind kind;  // a string or an integer
    const ValueCheck& check;
};

// The entries that are right.
std::vector<const Value*> right_entries(TableReader& reader, std::string_view key, const ListRule& rule,
                                        const EntryRule& wanted, Need need) {
    std::vector<const Value*> entries;
    Once once;
    const Value* array = read_array(reader, key, rule, need);
    if (array == nullptr) return entries;
    for (std::size_t i = 0; i < array->array.size(); ++i) {
        const Value& value = array->array[i];
        const std::string path = fmt::format("{}[{}]", reader.path(key), i);
        if (!expect_kind(value, wanted.kind, path, reader.problems())) continue;
        if (!wanted.check(value, path, reader.problems())) continue;
        const std::string name = value.kind == Value::Kind::string ? value.string : std::to_string(value.integer);
        if (rule.repeats || once.first(name, value.at, path, reader.problems())) entries.push_back(&value);
    }
    return entries;
}

}  // namespace

StringCheck text(const TextRule& rule) {
    return [rule](const Value& string, std::string_view path, Diagnostics& out) {
        return check_text(string, path, rule, out);
    };
}

StringCheck one_of(std::span<const std::string_view> words) {
    return [words](const Value& string, std::string_view path, Diagnostics& out) {
        return check_choice(string, path, words, out);
    };
}

std::string read_string(TableReader& reader, std::string_view key, Need need, const StringCheck& check) {
    const Value* value = reader.value(key, Value::Kind::string, need);
    if (value == nullptr || !check(*value, reader.path(key), reader.problems())) return {};
    return value->string;
}

std::optional<std::size_t> read_choice(TableReader& reader, std::string_view key,
                                       std::span<const std::string_view> words, Need need) {
    const std::string word = read_string(reader, key, need, one_of(words));
    if (word.empty()) return std::nullopt;
    return static_cast<std::size_t>(std::find(words.begin(), words.end(), word) - words.begin());
}

const Value* read_array(TableReader& reader, std::string_view key, const ListRule& rule, Need need) {
    const Value* value = reader.value(key, Value::Kind::array, need);
    if (value == nullptr ||
        !check_count(value->array.size(), rule.most, value->at, reader.path(key), reader.problems()))
        return nullptr;
    if (value->array.size() >= rule.least) return value;
    reader.problems().add("manifest.too-few", value->at, reader.path(key),
                          fmt::format("found {} entries, {} is the least", value->array.size(), rule.least),
                          "add an entry, or remove what it belongs to");
    return nullptr;
}

std::vector<std::string> read_strings(TableReader& reader, std::string_view key, const ListRule& rule,
                                      const StringCheck& check, Need need) {
    std::vector<std::string> strings;
    for (const Value* value : right_entries(reader, key, rule, {Value::Kind::string, check}, need))
        strings.push_back(value->string);
    return strings;
}

std::vector<std::int64_t> read_integers(TableReader& reader, std::string_view key, const ListRule& rule,
                                        const ValueCheck& check, Need need) {
    std::vector<std::int64_t> integers;
    for (const Value* value : right_entries(reader, key, rule, {Value::Kind::integer, check}, need))
        integers.push_back(value->integer);
    return integers;
}

bool Once::first(const std::string& name, Location at, const std::string& path, Diagnostics& out) {
    const auto [before, fresh] = seen_.try_emplace(name, path);
    if (fresh) return true;
    out.add("manifest.duplicate", at, path, fmt::format("{} stands at {} already", in_quotes(name), before->second),
            "remove one of the two");
    return false;
}

}  // namespace tenon::manifest
