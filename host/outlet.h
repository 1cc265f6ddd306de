// A long text on its way to the application, piece by piece.
#pragma once

#include <tenon/stats.h>

#include <string>

namespace tenon::host {

// One thread's, for the time of one C function. What the application's function throws comes out of the two that call
// it.
class Outlet {
public:
    Outlet(tenon_write_fn write, void* data) : write_(write), data_(data) {}

    // Where the text is put at the end.
    std::string& text() { return text_; }

    // To be called between pieces: hands the text over when there is enough of it. False when the application wants no
    // more; what is put into the text from then on is lost.
    bool flow() { return !stopped_ && (text_.size() < enough || hand_over()); }

    // Hands over the rest. TENON_OK, or TENON_E_CANCELLED when the application wanted no more.
    std::int32_t finish() { return hand_over() ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_CANCELLED}; }

private:
    static constexpr std::size_t enough = 64 * 1024;

    bool hand_over() {
        if (!stopped_ && !text_.empty()) stopped_ = write_(data_, {text_.data(), text_.size()}) == 0;
        text_.clear();
        return !stopped_;
    }

    tenon_write_fn write_;
    void* data_;
    std::string text_;
    bool stopped_ = false;
};

}  // namespace tenon::host
