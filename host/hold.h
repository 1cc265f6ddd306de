// What a dispatch keeps while it runs: its nesting level with the snapshot, and the value as it was.
#pragma once

#include <cstring>

#include "host/dispatch.h"

namespace tenon::host {

// Off the fast path: a dispatch from inside a handler takes of that handler's time.
void enter_nested(Slot& slot, Level& level) noexcept;
void leave_nested(Slot& slot, Level& level, const Ticks& ticks) noexcept;

// Publishes the point's current snapshot in the level; `seen` is what was last seen of it.
inline const Snapshot* hold_current(Level& level, const Point& point, const Snapshot* seen, bool fenced) noexcept {
    for (;;) {
        publish(level.held, seen, fenced);
        const Snapshot* const current = see(point.snapshot, fenced);
        if (__builtin_expect(current == seen, 1)) return seen;
        seen = current;
    }
}

inline void begin_level(Level& level, tenon_scope& scope, std::uint32_t tick) noexcept {
    level.scope = &scope;
    level.entered = tick;
    level.began.store(tick, std::memory_order_relaxed);
    level.failed_by = nullptr;
}

// Enters one nesting level: the snapshot stays allocated, and its level is this dispatch's, until the end.
class Hold {
public:
    Hold(Slot& slot, const Point& point, tenon_scope& scope) noexcept
        : slot_(slot), level_(slot.levels[slot.depth++]), ticks_(*point.ticks) {
        snapshot_ = hold_current(level_, point, point.snapshot.load(std::memory_order_acquire), slot.fenced);
        begin_level(level_, scope, ticks_.load());
        if (__builtin_expect(slot.depth > 1, 0)) enter_nested(slot, level_);
    }
    // Takes over the outermost level, which holds `held` already.
    Hold(Slot& slot, const Point& point, const Snapshot* held) noexcept
        : slot_(slot), level_(slot.levels[0]), ticks_(*point.ticks), snapshot_(held) {}
    ~Hold() {
        if (__builtin_expect(slot_.depth > 1, 0)) leave_nested(slot_, level_, ticks_);
        level_.running.store(nullptr, std::memory_order_release);
        level_.held.store(nullptr, std::memory_order_release);
        --slot_.depth;
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    const Snapshot* snapshot() const noexcept { return snapshot_; }
    Level& level() noexcept { return level_; }

    // Says that this thread is about to run the handler, and gives its word.
    std::uint32_t enter(const Entry& entry) noexcept {
        publish(level_.running, entry.registration, slot_.fenced);
        return see(entry.registration->word, slot_.fenced);
    }

private:
    Slot& slot_;
    Level& level_;
    const Ticks& ticks_;
    const Snapshot* snapshot_;
};

// What a level holds that runs no handler, but an AROUND body.
inline constexpr Snapshot no_handlers{0, 0, 0, nullptr, false};

// A level for one handler along a snapshot that an outer dispatch holds: for kinds that nest their handlers, and for
// handlers that run on other threads.
class Nest {
public:
    Nest(Slot& slot, const Snapshot* snapshot, const Ticks& ticks, tenon_scope& scope) noexcept
        : slot_(slot), level_(slot.levels[slot.depth++]), ticks_(ticks) {
        // Never null, so that the watchdog sees which levels are in use.
        publish(level_.held, snapshot != nullptr ? snapshot : &no_handlers, slot.fenced);
        begin_level(level_, scope, ticks.load());
        if (slot.depth > 1) enter_nested(slot, level_);
    }
    ~Nest() {
        if (slot_.depth > 1) leave_nested(slot_, level_, ticks_);
        level_.around = nullptr;
        level_.running.store(nullptr, std::memory_order_release);
        level_.held.store(nullptr, std::memory_order_release);
        --slot_.depth;
    }
    Nest(const Nest&) = delete;
    Nest& operator=(const Nest&) = delete;
    Level& level() noexcept { return level_; }

private:
    Slot& slot_;
    Level& level_;
    const Ticks& ticks_;
};

// The reply as it was after the last handler that succeeded (FILTER) or when the dispatch began (FIRST): what the value
// points at is never changed in place, so its own bytes are all that has to be put back.
class Saved {
public:
    Saved(const Point& point, base::Arena& arena, void* value) noexcept : value_(value) {
        size_ = point.reply.size;
        if (point.reply.appendable) std::memcpy(&(size_ = 0), value, sizeof(std::uint32_t));
        if (size_ == 0) copy_ = nullptr;
        if (size_ > sizeof inline_) copy_ = arena.alloc(size_, 16);
        take();
    }
    // False when there was no memory for the copy: then no handler may run.
    bool ok() const noexcept { return size_ == 0 || copy_ != nullptr; }
    void take() noexcept {
        if (copy_ != nullptr) std::memcpy(copy_, value_, size_);
    }
    void put_back() noexcept {
        if (copy_ != nullptr) std::memcpy(value_, copy_, size_);
    }
    bool changed() const noexcept { return copy_ != nullptr && std::memcmp(copy_, value_, size_) != 0; }

private:
    void* value_;
    std::uint64_t size_ = 0;
    alignas(16) std::byte inline_[512];
    void* copy_ = inline_;
};

}  // namespace tenon::host
