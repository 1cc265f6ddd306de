// JSON, written piece by piece at the end of a string.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenon::host {

// Puts the commas; that brackets match, and that names are where they belong, is the caller's affair. What it writes is
// valid UTF-8 whatever it is given. Throws std::bad_alloc only.
class Json {
public:
    explicit Json(std::string& out) : out_(out) {}  // borrowed

    Json& object() { return open('{'); }
    Json& end_object() { return close('}'); }
    Json& array() { return open('['); }
    Json& end_array() { return close(']'); }

    Json& name(std::string_view name);
    Json& text(std::string_view text);
    Json& number(std::integral auto number) { return raw(std::to_string(number)); }
    Json& null() { return raw("null"); }
    // JSON that is there already: one value, or the inside of an object or array.
    Json& raw(std::string_view json);

    Json& member(std::string_view key, std::string_view value) { return name(key).text(value); }
    Json& member(std::string_view key, const char* value) { return name(key).text(value); }
    Json& member(std::string_view key, std::integral auto value) { return name(key).number(value); }

    // What comes next begins a line; for people who look at it, and for tools that compare.
    Json& new_line();

private:
    Json& open(char bracket);
    Json& close(char bracket);
    void begin_value();

    std::string& out_;
    bool comma_ = false;  // before the next value or name
    bool line_ = false;
};

}  // namespace tenon::host
