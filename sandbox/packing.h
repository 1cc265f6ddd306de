// Small things put into bytes one after the other, and taken out again: lists of names, options.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tenon::sandbox {

class Packer {
public:
    void u32(std::uint32_t number) { raw(&number, sizeof number); }
    void u64(std::uint64_t number) { raw(&number, sizeof number); }
    void text(std::string_view text) {
        u64(text.size());
        bytes_.append(text);
    }
    const std::string& bytes() const noexcept { return bytes_; }

private:
    void raw(const void* data, std::size_t size) { bytes_.append(static_cast<const char*>(data), size); }

    std::string bytes_;
};

// For bytes of anybody: what is not there is 0 or empty, and makes ok() false for good. Borrows the bytes.
class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) noexcept : left_(bytes) {}

    std::uint32_t u32() noexcept { return number<std::uint32_t>(); }
    std::uint64_t u64() noexcept { return number<std::uint64_t>(); }
    std::string_view text() noexcept {
        const std::uint64_t size = u64();
        return take(size);
    }
    // How many things follow of which each takes at least so many bytes.
    std::uint64_t count(std::uint64_t least) noexcept {
        const std::uint64_t many = u64();
        if (many > left_.size() / least) ok_ = false;
        return ok_ ? many : 0;
    }
    // Whether all was there, and nothing is left over.
    bool done() const noexcept { return ok_ && left_.empty(); }
    bool ok() const noexcept { return ok_; }

private:
    template <class Number>
    Number number() noexcept {
        Number out{};
        const std::string_view bytes = take(sizeof out);
        if (ok_) std::memcpy(&out, bytes.data(), sizeof out);
        return out;
    }
    std::string_view take(std::uint64_t size) noexcept {
        if (size > left_.size()) ok_ = false;
        if (!ok_) return {};
        const std::string_view out = left_.substr(0, size);
        left_.remove_prefix(size);
        return out;
    }

    std::string_view left_;
    bool ok_ = true;
};

}  // namespace tenon::sandbox
