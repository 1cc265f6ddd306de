// An owned file descriptor.
#pragma once

#include <utility>

namespace tenon::base {

// Closes on destruction. Movable, not thread-safe.
class Fd {
public:
    explicit Fd(int raw = -1) noexcept : raw_(raw) {}
    Fd(Fd&& other) noexcept : raw_(std::exchange(other.raw_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            close();
            raw_ = std::exchange(other.raw_, -1);
        }
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { close(); }

    int get() const noexcept { return raw_; }
    explicit operator bool() const noexcept { return raw_ >= 0; }
    void close() noexcept;
    // The descriptor, which is the caller's to close from now on.
    int release() noexcept { return std::exchange(raw_, -1); }

private:
    int raw_;
};

}  // namespace tenon::base
