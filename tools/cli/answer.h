// Answers of the library, which are JSON, and its refusals.
#pragma once

#include <tenon/permissions.h>

#include <new>
#include <string>
#include <tenon/types.hpp>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tools/cli/json.h"

namespace tenon::cli {

// For functions that take a tenon_write_fn: `data` is a std::string.
inline std::uint32_t take_text(void* data, tenon_str text) noexcept {
    try {
        static_cast<std::string*>(data)->append(tenon::view(text));
        return 1;
    } catch (const std::bad_alloc&) {
        return 0;
    }
}

// Calls call(write, data, error) and gives what it wrote. Problems: what the library said; "text" and "fix" are as long
// as tenon_error has room for.
template <class Call>
base::Result<Json> ask(Call&& call) {
    std::string text;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = call(take_text, &text, &error);
    if (status == TENON_E_NO_MEMORY || status == TENON_E_CANCELLED) throw std::bad_alloc();
    if (status < 0) return base::Problem{error.reason, error.text, error.fix};
    return Json::parse(text);
}

// A text of an object; empty where it is null.
inline std::string text_of(const Json& object, const char* key) {
    const Json& value = object.at(key);
    return value.is_null() ? std::string() : value.get<std::string>();
}

// "2026-03-01T09:12:44Z" of a time of RFC 3339 in UTC with a fraction, for people.
inline std::string whole_seconds(const std::string& time) {
    return time.substr(0, time.find('.')) + "Z";
}

// Borrows from the texts.
inline std::vector<tenon_str> borrow_all(const std::vector<std::string>& texts) {
    std::vector<tenon_str> all;
    for (const std::string& text : texts) all.push_back(tenon::str(text));
    return all;
}

}  // namespace tenon::cli
