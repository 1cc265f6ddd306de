// One function per hook kind, all with the same shape: hold the snapshot, walk its entries, give it back.
#include "host/dispatch.h"

#include <cstring>

#include "host/check.h"

namespace tenon::host {

namespace {

// Enters one nesting level: the snapshot stays allocated, and its level is this dispatch's, until the end.
class Hold {
public:
    Hold(Slot& slot, const std::atomic<const Snapshot*>& source) noexcept
        : slot_(slot), level_(slot.levels[slot.depth++]) {
        const Snapshot* seen = source.load(std::memory_order_acquire);
        for (;;) {
            publish(level_.held, seen, slot.fenced);
            const Snapshot* const current = see(source, slot.fenced);
            if (__builtin_expect(current == seen, 1)) break;
            seen = current;
        }
        snapshot_ = seen;
    }
    ~Hold() {
        level_.running.store(nullptr, std::memory_order_release);
        level_.held.store(nullptr, std::memory_order_release);
        --slot_.depth;
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    const Snapshot* snapshot() const noexcept { return snapshot_; }
    Level& level() noexcept { return level_; }

    // Says that this thread is about to run the handler; false if it is not to be called any more.
    bool enter(const Entry& entry) noexcept {
        publish(level_.running, entry.registration, slot_.fenced);
        return __builtin_expect(see(entry.registration->live, slot_.fenced) != 0, 1);
    }

private:
    Slot& slot_;
    Level& level_;
    const Snapshot* snapshot_;
};

// The reply as it was after the last handler that succeeded (FILTER) or when the dispatch began (FIRST): what the value
// points at is never changed in place, so its own bytes are all that has to be put back.
class Saved {
public:
    Saved(const Point& point, Shared& shared, void* value) noexcept : value_(value) {
        size_ = point.reply.size;
        if (point.reply.appendable) std::memcpy(&(size_ = 0), value, sizeof(std::uint32_t));
        if (size_ == 0) copy_ = nullptr;
        if (size_ > sizeof inline_) copy_ = shared.arena.alloc(size_, 16);
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

private:
    void* value_;
    std::uint64_t size_ = 0;
    alignas(16) std::byte inline_[512];
    void* copy_ = inline_;
};

// The barrier costs nothing until something is thrown.
std::int32_t call_handler(const Entry& entry, Call& call, const void* request, void* reply) noexcept {
    try {
        return entry.fn(entry.self, &call, request, reply);
    } catch (...) {
        return note_exception(call);
    }
}

// Calls every live entry; `after(status)` says whether to go on.
template <class After>
std::int32_t walk(Hold& hold, Point& point, tenon_scope& scope, const void* request, void* reply, After&& after) {
    if (hold.snapshot() == nullptr) return TENON_OK;
    Call call{{&call_operations}, &scope, &hold.level()};
    for (const Entry& entry : *hold.snapshot()) {
        if (__builtin_expect(scope.shared->attention.load(std::memory_order_relaxed) != 0, 0))
            if (const std::int32_t stop = why_stop(*scope.shared); stop < 0) return stop;
        if (!hold.enter(entry)) continue;
        std::int32_t status = call_handler(entry, call, request, reply);
        if (__builtin_expect(point.checked, 0)) status = check_reply(call, point, status, reply);
        if (__builtin_expect(status < 0, 0)) note_failure(call, point, status);
        if (!after(status)) break;
    }
    return TENON_OK;
}

// The kinds. Each holds the snapshot itself, so that what it holds stays in registers, and is a function of its own, so
// that none makes room on the stack for another. Without handlers each gives its neutral answer.
[[gnu::noinline]] std::int32_t notify(Slot& slot, Point& point, tenon_scope& scope, const void* request) {
    Hold hold(slot, point.snapshot);
    return walk(hold, point, scope, request, nullptr, [](std::int32_t) { return true; });
}

[[gnu::noinline]] std::int32_t filter(Slot& slot, Point& point, tenon_scope& scope, const void* request, void* value) {
    Hold hold(slot, point.snapshot);
    Saved saved(point, *scope.shared, value);
    if (!saved.ok()) return TENON_E_NO_MEMORY;
    std::int32_t verdict = TENON_CONTINUE;
    const std::int32_t stopped = walk(hold, point, scope, request, value, [&](std::int32_t status) {
        if (status < 0) saved.put_back();
        if (status == TENON_CHANGED) {
            saved.take();
            verdict = TENON_CHANGED;
        }
        return true;
    });
    return stopped < 0 ? stopped : verdict;
}

[[gnu::noinline]] std::int32_t first(Slot& slot, Point& point, tenon_scope& scope, const void* request, void* reply) {
    Hold hold(slot, point.snapshot);
    Saved saved(point, *scope.shared, reply);
    if (!saved.ok()) return TENON_E_NO_MEMORY;
    std::int32_t verdict = TENON_DECLINED;
    const std::int32_t stopped = walk(hold, point, scope, request, reply, [&](std::int32_t status) {
        if (status < 0) saved.put_back();
        if (status == TENON_HANDLED) verdict = TENON_HANDLED;
        return verdict != TENON_HANDLED;
    });
    return stopped < 0 ? stopped : verdict;
}

[[gnu::noinline]] std::int32_t method(Slot& slot, Point& point, tenon_scope& scope, const void* request, void* reply) {
    Hold hold(slot, point.snapshot);
    std::int32_t result = TENON_E_GONE;
    const std::int32_t stopped = walk(hold, point, scope, request, reply, [&](std::int32_t status) {
        result = status;
        return false;
    });
    return stopped < 0 ? stopped : result;
}

// The request is there if the point has one; the value that every handler will write to is, and knows its size.
bool usable(const Point& point, const void* request, const void* reply) noexcept {
    if (point.needs_request && request == nullptr) return false;
    if (point.reply.size == 0) return true;
    if (reply == nullptr) return false;
    std::uint32_t size = 0;
    if (point.reply.appendable) std::memcpy(&size, reply, sizeof size);
    return !point.reply.appendable || size >= point.reply.size;
}

std::int32_t without_handlers(std::uint32_t kind) noexcept {
    if (kind == kind_method) return TENON_E_GONE;
    return kind == TENON_FIRST ? TENON_DECLINED : TENON_CONTINUE;
}

}  // namespace

std::int32_t dispatch(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept {
    if (point.snapshot.load(std::memory_order_relaxed) == nullptr) return without_handlers(point.kind);
    if (__builtin_expect(!usable(point, request, reply), 0)) return TENON_E_INVALID;
    Slot* const slot = slot_of_this_thread();
    if (__builtin_expect(slot == nullptr, 0)) return TENON_E_NO_MEMORY;
    if (__builtin_expect(slot->depth >= TENON_MAX_DEPTH, 0)) return TENON_E_TOO_DEEP;
    switch (point.kind) {
        case TENON_NOTIFY:
            return notify(*slot, point, scope, request);
        case TENON_FILTER:
            return filter(*slot, point, scope, request, reply);
        case TENON_FIRST:
            return first(*slot, point, scope, request, reply);
        default:
            return method(*slot, point, scope, request, reply);
    }
}

}  // namespace tenon::host
