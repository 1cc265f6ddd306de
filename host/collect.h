// What a COLLECT hook's handlers add to.
#pragma once

#include "host/dispatch.h"

namespace tenon::host {

// Gathers elements into the caller's tenon_collection while handlers run; those of a handler that fails are taken back.
// For one thread.
class Sink {
public:
    explicit Sink(Walk& walk) noexcept;
    Sink(Level& level, const Point& point, base::Arena& arena, tenon_collection* out) noexcept;
    ~Sink() { level_.sink = nullptr; }
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    static bool usable(const void* reply) noexcept;
    bool ok() const noexcept { return out_ != nullptr; }

    // TENON_OK, TENON_E_INVALID, TENON_E_FULL or TENON_E_NO_MEMORY.
    std::int32_t emit(const void* element) noexcept;
    // The handler has returned.
    void settle(std::int32_t status) noexcept;

private:
    bool grow() noexcept;

    Level& level_;
    const ReplyLayout& layout_;
    base::Arena& arena_;
    tenon_collection* out_;
    std::uint64_t limit_;
    std::uint64_t room_;
    std::uint64_t settled_;
};

}  // namespace tenon::host
