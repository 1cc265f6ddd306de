#include "tests/conformance/book.h"

#include <unistd.h>

#include <cctype>

namespace tenon::conformance {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// The random end of the name of a host's folder, numbers of threads, and times.
std::string without_chance(std::string text) {
    const std::string folder = "/tenon-host-", thread = "thread ", unit = " ms";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at + folder.size()))
        if (at + folder.size() + 6 <= text.size()) text.replace(at + folder.size(), 6, "NAME");
    for (std::size_t at = text.find(thread); at != std::string::npos; at = text.find(thread, at + thread.size())) {
        const std::size_t from = at + thread.size();
        std::size_t end = from;
        while (end < text.size() && is_digit(text[end])) ++end;
        if (end != from) text.replace(from, end - from, "NUMBER");
    }
    for (std::size_t at = text.find(unit); at != std::string::npos; at = text.find(unit, at + unit.size())) {
        std::size_t from = at;
        while (from > 0 && (is_digit(text[from - 1]) || text[from - 1] == '.')) --from;
        if (from != at) text.replace(from, at - from, "SOME");
        at = from;
    }
    return text;
}

std::string without_addresses(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text[i] != 'x' || out.size() < 2 || out[out.size() - 2] != '0') continue;
        if (out.size() > 2 && std::isalnum(static_cast<unsigned char>(out[out.size() - 3])) != 0) continue;
        std::size_t end = i + 1;
        while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
        if (end < i + 5) continue;
        out.resize(out.size() - 2);
        out += "ADDRESS";
        i = end - 1;
    }
    return out;
}

}  // namespace

std::string Book::plain(std::string text) const {
    for (const auto& [what, with] : replaced_) replace_all(text, what, with);
    replace_all(text, "\n", "\\n");
    return without_addresses(without_chance(std::move(text)));
}

std::string Book::without_numbers(const std::string& text) const {
    std::string out;
    for (const char c : plain(text)) {
        if (!is_digit(c))
            out += c;
        else if (out.empty() || out.back() != '#')
            out += '#';
    }
    return out;
}

void Book::line(const std::string& text) {
    const std::string written = plain(text);
    const std::lock_guard guard(lock_);
    if (sorting_)
        sorted_.insert(written);
    else
        write(written);
}

void Book::aside(const std::string& text) {
    const std::string written = plain(text);
    const std::lock_guard guard(lock_);
    aside_.insert(written);
}

void Book::end_aside(const std::string& title) {
    const std::lock_guard guard(lock_);
    write(title);
    for (const std::string& text : aside_) write("  " + text);
    aside_.clear();
}

void Book::begin_sorted() {
    const std::lock_guard guard(lock_);
    sorting_ = true;
}

void Book::end_sorted() {
    const std::lock_guard guard(lock_);
    sorting_ = false;
    for (const std::string& text : sorted_) write(text);
    sorted_.clear();
}

void Book::write(const std::string& text) {
    const std::string whole = text + "\n";
    for (std::size_t at = 0; at < whole.size();) {
        const ssize_t done = ::write(descriptor_, whole.data() + at, whole.size() - at);
        if (done <= 0) return;
        at += static_cast<std::size_t>(done);
    }
}

}  // namespace tenon::conformance
