// A place in a text, one byte after the other. Private to guard.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "manifest/location.h"
#include "manifest/utf8.h"

namespace tenon::manifest {

// Borrows the text. Reading behind its end gives '\0'.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool more() const { return at_ < text_.size(); }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool peeks_at(std::string_view any_of) const { return more() && any_of.find(peek()) != any_of.npos; }
    Location place() const { return place_; }

    // The next bytes, as many as there are.
    std::string_view next(std::size_t bytes) const { return text_.substr(std::min(at_, text_.size()), bytes); }
    // The next character; empty if it is not UTF-8.
    std::string_view character() const { return next(utf8_size(next(4))); }

    void step(std::size_t bytes = 1) {
        for (; bytes > 0 && more(); --bytes, ++at_) {
            const bool continues = (static_cast<unsigned char>(text_[at_]) & 0xC0u) == 0x80u;
            if (text_[at_] == '\n')
                place_ = {place_.line + 1, 1};
            else if (!continues)
                ++place_.column;
        }
    }
    void skip(std::string_view any_of) {
        while (peeks_at(any_of)) step();
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    Location place_;
};

}  // namespace tenon::manifest
