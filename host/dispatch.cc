// The kinds that walk along their handlers. One loop, and a policy for each kind: what it keeps before, and what each
// handler's status means.
#include "host/dispatch.h"

#include "host/collect.h"
#include "host/hold.h"
#include "host/special.h"

namespace tenon::host {

namespace {

// `after` says whether to go on; statuses below 0 have been recorded by then.
struct Notify {
    explicit Notify(Walk&) noexcept {}
    static bool ok() noexcept { return true; }
    static bool after(std::int32_t) noexcept { return true; }
    static std::int32_t verdict() noexcept { return TENON_CONTINUE; }
};

struct Filter {
    explicit Filter(Walk& walk) noexcept : saved(walk.point, walk.scope.shared->arena, walk.reply) {}
    bool ok() const noexcept { return saved.ok(); }
    bool after(std::int32_t status) noexcept {
        if (status < 0) saved.put_back();
        if (status != TENON_CHANGED) return true;
        saved.take();
        result = TENON_CHANGED;
        return true;
    }
    std::int32_t verdict() const noexcept { return result; }
    Saved saved;
    std::int32_t result = TENON_CONTINUE;
};

struct First {
    explicit First(Walk& walk) noexcept
        : saved(walk.point, walk.scope.shared->arena, walk.reply),
          may_wait((walk.point.attributes & TENON_ASYNC) != 0) {}
    bool ok() const noexcept { return saved.ok(); }
    bool after(std::int32_t status) noexcept {
        if (status < 0) saved.put_back();
        if (status != TENON_HANDLED && !(status == TENON_PENDING && may_wait)) return true;
        result = status;
        return false;
    }
    std::int32_t verdict() const noexcept { return result; }
    Saved saved;
    bool may_wait;
    std::int32_t result = TENON_DECLINED;
};

struct Veto {
    explicit Veto(Walk& walk) noexcept : denies((walk.point.attributes & TENON_DENY_BY_DEFAULT) != 0) {}
    static bool ok() noexcept { return true; }
    bool after(std::int32_t status) noexcept {
        if (status == TENON_HANDLED) denies = false;
        if (status != TENON_DENY) return true;
        denies = true;
        return false;
    }
    std::int32_t verdict() const noexcept { return denies ? std::int32_t{TENON_DENY} : std::int32_t{TENON_CONTINUE}; }
    bool denies;
};

struct Collect {
    explicit Collect(Walk& walk) noexcept : sink(walk) { walk.reply = nullptr; }  // handlers have tenon_call_emit
    bool ok() const noexcept { return sink.ok(); }
    bool after(std::int32_t status) noexcept {
        sink.settle(status);
        return true;
    }
    static std::int32_t verdict() noexcept { return TENON_CONTINUE; }
    Sink sink;
};

struct Method {
    explicit Method(Walk&) noexcept {}
    static bool ok() noexcept { return true; }
    bool after(std::int32_t status) noexcept {
        result = status;
        return false;
    }
    std::int32_t verdict() const noexcept { return result; }
    std::int32_t result = TENON_E_GONE;
};

// The answer is known; who only observes sees it all the same. They are the last of the last run.
[[gnu::noinline, gnu::cold]] void run_observers(Walk& walk, Hold& hold, const Run* run, const Entry* from) noexcept {
    for (;;) {
        for (const Entry* entry = from; entry != run->end; ++entry) {
            const std::uint32_t word = hold.enter(*entry);
            if ((word & word_observes) != 0) call_slowly(walk, *entry, word);
        }
        if (++run == hold.snapshot()->end()) return;
        from = run->begin;
    }
}

bool has_observers(const Snapshot& snapshot) noexcept {
    const Entry& last = *((snapshot.end() - 1)->end - 1);
    return (last.registration->word.load(std::memory_order_relaxed) & word_observes) != 0;
}

// A dispatch that cannot go on without the handler that failed.
std::int32_t closed(const Point& point, std::int32_t status) noexcept {
    return point.kind == TENON_VETO ? std::int32_t{TENON_DENY} : status;
}

// The loop, from an entry on. `picked` is a constant: dispatches that are timed, or listened to, call every handler the
// slow way.
template <class Kind, bool picked>
std::int32_t walk_from(Hold& hold, Walk& walk, std::atomic<std::uint64_t>* calls, Kind& kind, const Run* run,
                       const Entry* entry) noexcept {
    const Snapshot& snapshot = *hold.snapshot();
    const Ticks& ticks = *walk.point.ticks;
    const std::atomic<std::uint32_t>& attention = *walk.scope.attention;
    for (;;) {
        for (; entry != run->end; ++entry) {
            if (__builtin_expect(attention.load(std::memory_order_relaxed) != 0, 0))
                if (const std::int32_t stop = why_stop(*walk.scope.shared); stop < 0) return stop;
            const std::uint32_t word = hold.enter(*entry);
            std::int32_t status = 0;
            if (!picked && __builtin_expect((word & word_attention) == 0, 1)) {
                walk.reading = 0;
                Cells::add(calls[entry->index], 1);
                status = call_handler(*entry, walk.level, walk.request, walk.reply);
                if (__builtin_expect(ticks.load() != walk.tick || status < 0, 0))
                    settle(walk, *entry->registration, {word, 0, status, false, 0});
            } else {
                const SlowCall slow = call_slowly(walk, *entry, word);
                if (!slow.called) continue;
                status = slow.status;
            }
            const bool goes_on = kind.after(status);
            if (__builtin_expect(status < 0 && walk.point.fails_closed && (word & word_observes) == 0, 0)) {
                if (has_observers(snapshot)) run_observers(walk, hold, run, entry + 1);
                return closed(walk.point, status);
            }
            if (!goes_on) {
                if (__builtin_expect(has_observers(snapshot), 0)) run_observers(walk, hold, run, entry + 1);
                return kind.verdict();
            }
        }
        if (++run == snapshot.end()) return kind.verdict();
        entry = run->begin;
    }
}

template <class Kind, bool picked>
std::int32_t walk_along(Hold& hold, Walk& walk, std::atomic<std::uint64_t>* calls, Kind& kind) noexcept {
    const Run* const first = hold.snapshot()->begin();
    return walk_from<Kind, picked>(hold, walk, calls, kind, first, first->begin);
}

template <class Kind>
std::int32_t run_held(Hold& hold, Slot& slot, Point& point, tenon_scope& scope, const void* request,
                      void* reply) noexcept {
    if (hold.snapshot() == nullptr) return without_handlers(point, reply);
    std::atomic<std::uint64_t>* const calls = slot.cells.counts(hold.snapshot()->index_limit);
    if (__builtin_expect(calls == nullptr, 0)) return TENON_E_NO_MEMORY;
    Walk walk{slot, hold.level(), point, scope, request, reply, hold.level().entered};
    Kind kind(walk);
    if (!kind.ok()) return TENON_E_NO_MEMORY;
    if (__builtin_expect(--slot.until_exact != 0 && !hold.snapshot()->slow, 1))
        return walk_along<Kind, false>(hold, walk, calls, kind);
    walk.listeners = hold.snapshot()->interceptors;
    if (slot.until_exact == 0) {
        walk.timed = true;
        slot.rearm();
    }
    return walk_along<Kind, true>(hold, walk, calls, kind);
}

// Holds the snapshot itself, so that what it holds stays in registers, and is a function of its own for each kind, so
// that none makes room on the stack for another.
template <class Kind>
[[gnu::noinline]] std::int32_t run(Slot& slot, Point& point, tenon_scope& scope, const void* request,
                                   void* reply) noexcept {
    Hold hold(slot, point, scope);
    return run_held<Kind>(hold, slot, point, scope, request, reply);
}

std::int32_t run_kind(Slot& slot, Point& point, tenon_scope& scope, const void* request, void* reply) noexcept {
    switch (point.kind) {
        case TENON_NOTIFY:
            return run<Notify>(slot, point, scope, request, nullptr);
        case TENON_FILTER:
            return run<Filter>(slot, point, scope, request, reply);
        case TENON_FIRST:
            return run<First>(slot, point, scope, request, reply);
        case TENON_VETO:
            return run<Veto>(slot, point, scope, request, nullptr);
        case TENON_COLLECT:
            return run<Collect>(slot, point, scope, request, reply);
        case TENON_AROUND:
            return dispatch_around(point, scope, request, reply, {});
        default:
            return run<Method>(slot, point, scope, request, reply);
    }
}

}  // namespace

bool usable(const Point& point, const void* request, const void* reply) noexcept {
    if (point.needs_request && request == nullptr) return false;
    if (point.kind == TENON_COLLECT) return Sink::usable(reply);
    if (point.reply.size == 0) return true;
    if (reply == nullptr) return false;
    std::uint32_t size = 0;
    if (point.reply.appendable) std::memcpy(&size, reply, sizeof size);
    return !point.reply.appendable || size >= point.reply.size;
}

std::int32_t without_handlers(const Point& point, void* reply) noexcept {
    if (point.kind == TENON_COLLECT) {
        if (!Sink::usable(reply)) return TENON_E_INVALID;
        static_cast<tenon_collection*>(reply)->items = {nullptr, 0, static_cast<std::uint32_t>(point.reply.full), 0};
    }
    switch (point.kind) {
        case kind_method:
            return TENON_E_GONE;
        case TENON_FIRST:
        case TENON_AROUND:
            return TENON_DECLINED;
        case TENON_VETO:
            return (point.attributes & TENON_DENY_BY_DEFAULT) != 0 ? std::int32_t{TENON_DENY}
                                                                   : std::int32_t{TENON_CONTINUE};
        default:
            return TENON_CONTINUE;
    }
}

std::int32_t dispatch(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept {
    if (__builtin_expect(point.special.load(std::memory_order_relaxed) != 0, 0))
        return dispatch_special(point, scope, request, reply);
    return dispatch_plain(point, scope, request, reply);
}

std::int32_t notify_held(Hold& hold, Slot& slot, Point& point, tenon_scope& scope, const void* request) noexcept {
    return run_held<Notify>(hold, slot, point, scope, request, nullptr);
}

std::int32_t notify_rest(Slot& slot, const void* request, const Progress& progress) noexcept {
    Level& level = slot.levels[0];
    Point& point = *progress.entry->registration->point;
    const Snapshot* const held = level.held.load(std::memory_order_relaxed);
    Hold hold(slot, point, held);
    Walk walk{
        slot, level, point, *level.scope, request, nullptr, level.began.load(std::memory_order_relaxed) & ~struck};
    const Entry* entry = progress.entry;
    if (progress.called) {
        settle(walk, *entry->registration, {progress.word, 0, progress.status, false, 0});
        ++entry;
        if (progress.status < 0 && point.fails_closed) {
            if (has_observers(*held)) run_observers(walk, hold, progress.run, entry);
            return closed(point, progress.status);
        }
    }
    Notify kind(walk);
    return walk_from<Notify, false>(hold, walk, slot.cells.counts(held->index_limit), kind, progress.run, entry);
}

std::int32_t dispatch_plain(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept {
    if (point.snapshot.load(std::memory_order_relaxed) == nullptr) return without_handlers(point, reply);
    if (__builtin_expect(!usable(point, request, reply), 0)) return TENON_E_INVALID;
    Slot* const slot = slot_of_this_thread();
    if (__builtin_expect(slot == nullptr, 0)) return TENON_E_NO_MEMORY;
    if (__builtin_expect(slot->depth >= TENON_MAX_DEPTH, 0)) return TENON_E_TOO_DEEP;
    return run_kind(*slot, point, scope, request, reply);
}

}  // namespace tenon::host
