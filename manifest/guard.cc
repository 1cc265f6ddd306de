// One pass over the bytes that tells strings, comments, keys and values apart exactly as TOML does. It need not
// understand more: at the first thing that is not TOML the library stops and says so, and what lies behind is never
// parsed. Values without quotes are checked here, because the library asserts on many that are malformed.
#include "manifest/guard.h"

#include <fmt/format.h>

#include <string>

#include "manifest/cursor.h"
#include "manifest/diagnostics.h"
#include "manifest/manifest.h"
#include "manifest/scalar.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::size_t most_brackets = 8;
constexpr std::size_t most_dots = 8;
constexpr std::string_view key_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
constexpr std::string_view scalar_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.:";
constexpr std::string_view marks = " \t.=,[]{}";
constexpr std::string_view scalar_ends = " \t\r\n,]}#";

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

class Guard {
public:
    Guard(std::string_view text, std::string_view file) : text_(text), file_(file), cursor_(text) {}

    base::Check check_bytes();
    base::Check check_shape();

private:
    base::Check string();
    base::Check long_string(char quote);
    base::Check folded_line();
    base::Check bare();
    base::Check header();
    base::Check scalar();
    std::size_t second_token(std::size_t size) const;
    base::Check mark();
    base::Check open();
    void end_line();
    base::Check refuse(std::string_view id, std::string_view what, std::string fix) const;

    std::string_view text_;
    std::string_view file_;
    Cursor cursor_;
    std::string brackets_;   // the open ones of values
    std::size_t dots_ = 0;   // in what may be one key
    bool statement_ = true;  // nothing but blanks since the line began, outside brackets
    bool value_ = false;     // what comes is a value, not a key
};

base::Check Guard::refuse(std::string_view id, std::string_view what, std::string fix) const {
    return base::Problem{std::string(id), fmt::format("{}{}", place(file_, cursor_.place()), what), std::move(fix)};
}

base::Check Guard::check_bytes() {
    if (text_.size() > max_manifest_size)
        return base::Problem{"manifest.too-large",
                             fmt::format("{}: the manifest has {} bytes, {} are the most", printable(file_, 4096),
                                         text_.size(), max_manifest_size),
                             "shorten the manifest"};
    for (; cursor_.more(); cursor_.step(cursor_.character().size()))
        if (cursor_.character().empty() || cursor_.peek() == '\0')
            return refuse(
                "manifest.not-text",
                fmt::format("found the byte 0x{:02x}, wanted UTF-8 text", static_cast<unsigned char>(cursor_.peek())),
                "save the file as UTF-8");
    cursor_ = Cursor(text_);
    return std::nullopt;
}

base::Check Guard::check_shape() {
    while (cursor_.more()) {
        if (cursor_.peek() == '#')
            while (cursor_.more() && cursor_.peek() != '\n') cursor_.step();
        else if (auto problem = cursor_.peeks_at("\"'") ? string() : bare())
            return problem;
    }
    return std::nullopt;
}

// A string that its line does not close is left to the library, which stops there.
base::Check Guard::string() {
    const char quote = cursor_.peek();
    statement_ = false;
    if (cursor_.peek(1) == quote && cursor_.peek(2) == quote) return long_string(quote);
    cursor_.step();
    while (cursor_.more() && cursor_.peek() != quote && cursor_.peek() != '\n') {
        const bool escape = quote == '"' && cursor_.peek() == '\\' && cursor_.peek(1) != '\n';
        cursor_.step(escape ? 2 : 1);
    }
    if (cursor_.peek() == quote) cursor_.step();
    return std::nullopt;
}

base::Check Guard::long_string(char quote) {
    const std::string end(3, quote);
    cursor_.step(3);
    while (cursor_.more() && cursor_.next(3) != end) {
        const bool escape = quote == '"' && cursor_.peek() == '\\';
        cursor_.step();
        if (!escape) continue;
        if (auto problem = folded_line()) return problem;
    }
    cursor_.step(3);
    for (int i = 0; i < 2 && cursor_.peek() == quote; ++i) cursor_.step();  // the string may end in two quotes
    return std::nullopt;
}

// Behind a backslash in a long string the library skips white space with a function whose behaviour is undefined for
// most non-ASCII characters.
base::Check Guard::folded_line() {
    if (cursor_.peeks_at(" \t\r\n"))
        cursor_.skip(" \t\r\n");
    else if (is_ascii(cursor_.peek()))
        cursor_.step();  // an escaped character, which may be a quote
    if (is_ascii(cursor_.peek())) return std::nullopt;
    return refuse("manifest.stray-character",
                  fmt::format("found {} behind a backslash", in_quotes(cursor_.character())),
                  "put an ASCII character there, or do without the backslash");
}

base::Check Guard::bare() {
    if (cursor_.peek() == '\n' || cursor_.next(2) == "\r\n") {
        end_line();
        return std::nullopt;
    }
    const bool begins = statement_;
    if (!cursor_.peeks_at(" \t")) statement_ = false;
    if (begins && cursor_.peek() == '[') return header();
    if (value_ && cursor_.peeks_at(scalar_characters)) return scalar();
    if (cursor_.peeks_at(marks)) return mark();
    if (!cursor_.peeks_at(key_characters))
        return refuse("manifest.stray-character",
                      fmt::format("found {} outside strings and comments", in_quotes(cursor_.character())),
                      "put text between quotes");
    cursor_.step();
    return std::nullopt;
}

void Guard::end_line() {
    if (brackets_.empty()) {
        statement_ = true;
        value_ = false;
        dots_ = 0;
    }
    cursor_.skip("\r");
    cursor_.step();
}

base::Check Guard::header() {
    cursor_.step();
    if (cursor_.peek() == '[') cursor_.step();
    cursor_.skip(" \t");
    if (!cursor_.more() || cursor_.peeks_at("]\"'") || cursor_.peeks_at(key_characters)) return std::nullopt;
    return refuse("manifest.syntax",
                  fmt::format("a table header wants a key, found {}", in_quotes(cursor_.character())),
                  "write [name] or [[name]]");
}

// "1979-05-27 07:32:00", the date being the first `size` bytes: the same with a T between them is one value.
bool is_date_and_time(std::string_view both, std::size_t size) {
    std::string joined(both);
    joined[size] = 'T';
    return both[size] == ' ' && is_scalar(joined);
}

base::Check Guard::scalar() {
    std::size_t size = 1;
    while (cursor_.peek(size) != '\0' && scalar_characters.find(cursor_.peek(size)) != scalar_characters.npos) ++size;
    const bool ends = cursor_.peek(size) == '\0' || scalar_ends.find(cursor_.peek(size)) != scalar_ends.npos;
    const std::size_t behind = ends ? 0 : utf8_size(cursor_.next(size + 4).substr(size));
    const std::string_view token = cursor_.next(size + behind);
    if (!ends || !is_scalar(token))
        return refuse("manifest.syntax", fmt::format("{} is not a value", in_quotes(token)),
                      "write a number, true or false, or put text between quotes");
    const std::size_t second = second_token(size);
    if (second != 0 && !is_date_and_time(cursor_.next(size + 1 + second), size))
        return refuse("manifest.syntax", fmt::format("{} is not a value", in_quotes(cursor_.next(size + 1 + second))),
                      "write one value, and put text between quotes");
    cursor_.step(second == 0 ? size : size + 1 + second);
    return std::nullopt;
}

// The length of a value that follows the one of `size` bytes behind white space; 0 if there is none. The library would
// take it for the time that belongs to a date, and does not survive when it is none.
std::size_t Guard::second_token(std::size_t size) const {
    std::size_t begin = size;
    while (cursor_.peek(begin) == ' ' || cursor_.peek(begin) == '\t') ++begin;
    std::size_t end = begin;
    while (cursor_.peek(end) != '\0' && scalar_characters.find(cursor_.peek(end)) != scalar_characters.npos) ++end;
    return begin == size || end == begin ? 0 : end - size - 1;
}

base::Check Guard::mark() {
    const char c = cursor_.peek();
    if (c == '[' || c == '{') return open();
    if (c == '.' && ++dots_ > most_dots)
        return refuse("manifest.too-deep", fmt::format("a key with more than {} dots", most_dots),
                      "put ids between quotes: \"org.tenon.pressroom\"");
    if ((c == ']' || c == '}') && !brackets_.empty()) {
        if (brackets_.back() != (c == ']' ? '[' : '{'))
            return refuse("manifest.syntax", fmt::format("\"{}\" does not close \"{}\"", c, brackets_.back()),
                          "close what was opened last");
        brackets_.pop_back();
    }
    if (c == '=' || c == ',') {
        dots_ = 0;
        value_ = c == '=' || (!brackets_.empty() && brackets_.back() == '[');
    }
    cursor_.step();
    return std::nullopt;
}

base::Check Guard::open() {
    if (brackets_.size() == most_brackets)
        return refuse("manifest.too-deep", fmt::format("more than {} arrays or tables in one another", most_brackets),
                      "no key of a manifest needs so many");
    brackets_ += cursor_.peek();
    value_ = cursor_.peek() == '[';
    dots_ = 0;
    cursor_.step();
    return std::nullopt;
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view toml) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    return toml.starts_with(mark) ? toml.substr(mark.size()) : toml;
}

base::Check guard(std::string_view toml, std::string_view file) {
    Guard guard(toml, file);
    if (auto problem = guard.check_bytes()) return problem;
    return guard.check_shape();
}

}  // namespace tenon::manifest
