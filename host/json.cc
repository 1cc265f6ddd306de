#include "host/json.h"

#include <fmt/format.h>

#include <iterator>

#include "host/characters.h"

namespace tenon::host {

namespace {

void append_escaped(std::string& out, std::string_view character) {
    const char first = character[0];
    if (first == '"' || first == '\\')
        (out += '\\') += first;
    else if (first == '\n')
        out += "\\n";
    else if (static_cast<unsigned char>(first) < 0x20 || first == '\x7f')
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(first));
    else
        out += character;
}

}  // namespace

void Json::begin_value() {
    if (comma_) out_ += ',';
    if (line_) out_ += '\n';
    comma_ = line_ = false;
}

Json& Json::open(char bracket) {
    begin_value();
    out_ += bracket;
    return *this;
}

Json& Json::close(char bracket) {
    if (line_) out_ += '\n';
    out_ += bracket;
    line_ = false;
    comma_ = true;
    return *this;
}

Json& Json::name(std::string_view name) {
    text(name);
    out_ += ':';
    comma_ = false;
    return *this;
}

Json& Json::text(std::string_view text) {
    begin_value();
    out_ += '"';
    for_each_character(text, [this](std::string_view character) { append_escaped(out_, character); });
    out_ += '"';
    comma_ = true;
    return *this;
}

Json& Json::raw(std::string_view json) {
    begin_value();
    out_ += json;
    comma_ = true;
    return *this;
}

Json& Json::new_line() {
    line_ = true;
    return *this;
}

}  // namespace tenon::host
