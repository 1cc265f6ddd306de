// Handlers that cannot simply be called: their breaker is to be asked, they take turns, they only observe, they are
// timed, or somebody listens.
#include "base/clock.h"
#include "host/answers.h"
#include "host/check.h"
#include "host/collect.h"
#include "host/hold.h"
#include "host/host.h"
#include "host/interceptors.h"
#include "host/plugin.h"

namespace tenon::host {

namespace {

// What this one call goes through, on the stack of it.
struct Passage {
    Walk& walk;
    const Entry& entry;
    tenon_registration& handler;
    Called called;
    std::uint64_t self_ns = 0;
};

// The plugin's gate, for as long as the call lasts.
class Turn {
public:
    Turn(const Passage& passage) noexcept {
        if ((passage.called.word & word_serialized) == 0) return;
        passage.walk.level.charge.store(Charge::none, std::memory_order_seq_cst);  // waiting is not its time
        Plugin& plugin = *passage.handler.plugin;
        const Shared& shared = *passage.walk.scope.shared;
        status_ = plugin.gate.enter(thread_id(), shared.deadline_ns.load(std::memory_order_relaxed));
        if (status_ != TENON_OK) return;
        gate_ = &plugin.gate;
        slot_ = &passage.walk.slot;
        ++slot_->gates;
    }
    ~Turn() {
        if (gate_ == nullptr) return;
        --slot_->gates;
        gate_->leave();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    std::int32_t status() const noexcept { return status_; }

private:
    Gate* gate_ = nullptr;
    Slot* slot_ = nullptr;
    std::int32_t status_ = TENON_OK;
};

// A slow handler is timed at each call, a quick one when its turn comes.
[[gnu::always_inline]] inline void note_time(Walk& walk, tenon_registration& handler, std::uint32_t word,
                                             std::uint64_t self_ns, std::uint64_t total_ns) noexcept {
    const bool always = (word & word_timed) != 0;
    // A call that took as long as a tick stands for itself alone: there are few of them, and 64 would be a lot of time.
    const bool alone = always || !walk.timed || total_ns >= walk.point.ticks->period_ns;
    const std::uint64_t weight = alone ? 1 : Slot::picked_from;
    const std::uint32_t found = walk.slot.cells.time(handler.number, self_ns, total_ns, weight);
    if (__builtin_expect(found == (always ? Cells::timed_slow : 0), 1)) return;
    if ((found & Cells::timed_first) != 0) walk.reading = 0;
    const bool slow = (found & Cells::timed_slow) != 0;
    if (slow == always) return;
    if (slow)
        handler.word.fetch_or(word_timed, std::memory_order_relaxed);
    else
        handler.word.fetch_and(~std::uint32_t{word_timed}, std::memory_order_relaxed);
}

[[gnu::noinline]] std::int32_t call_timed(Passage& passage) noexcept {
    const base::Clock& clock = base::machine_clock();
    Level& level = passage.walk.level;
    level.timed = true;
    level.nested_ns.store(0, std::memory_order_relaxed);
    const std::uint64_t begun = clock.ticks();
    const std::int32_t status = call_handler(passage.entry, level, passage.walk.request, passage.walk.reply);
    const std::uint64_t total = clock.ns_between(begun, clock.ticks());
    level.timed = false;
    const std::uint64_t nested = level.nested_ns.load(std::memory_order_relaxed);
    passage.self_ns = total > nested ? total - nested : 0;
    note_time(passage.walk, passage.handler, passage.called.word, passage.self_ns, total);
    return status;
}

// Who observes may look at the value; what it does to it is undone, and its word counts for nothing.
std::int32_t call_observer(Passage& passage) noexcept {
    Walk& walk = passage.walk;
    if (walk.reply == nullptr) {
        const std::int32_t status = call_timed(passage);
        if (walk.level.sink != nullptr) walk.level.sink->settle(TENON_E_FAILED);
        return status;
    }
    Saved saved(walk.point, walk.scope.shared->arena, walk.reply);
    if (!saved.ok()) return TENON_E_NO_MEMORY;
    const std::int32_t status = call_timed(passage);
    if (saved.changed()) {
        saved.put_back();
        walk.point.host->violation(passage.handler.place.owner, "changed a value in phase observe");
    }
    return status;
}

std::int32_t call(Passage& passage) noexcept {
    Walk& walk = passage.walk;
    Cells::add(walk.slot.cells.counts(static_cast<std::uint32_t>(passage.entry.index) + 1)[passage.entry.index], 1);
    walk.level.charge.store(passage.called.exempt ? Charge::first_call : Charge::full, std::memory_order_seq_cst);
    const bool observes = (passage.called.word & word_observes) != 0;
    ListenedCall listened(walk, passage.handler);
    Deferred may_defer;
    const bool may_wait = (walk.point.attributes & TENON_ASYNC) != 0 && !observes;
    if (may_wait) walk.level.deferred = &may_defer;
    std::int32_t status = observes ? call_observer(passage) : call_timed(passage);
    if (walk.point.checked) status = check_reply(walk.level, walk.point, status, walk.reply);
    walk.level.deferred = nullptr;
    if (may_wait && (status == TENON_PENDING || may_defer.token)) status = deferred(walk, may_defer, status);
    listened.ended(status);
    walk.level.charge.store(Charge::none, std::memory_order_seq_cst);  // until it is settled
    return observes && status > 0 ? std::int32_t{TENON_CONTINUE} : status;
}

// Is to be timed, and that is all.
bool only_timed(const Walk& walk, std::uint32_t word) noexcept {
    return (word & word_attention & ~std::uint32_t{word_timed}) == 0 && walk.listeners == nullptr &&
           (walk.point.attributes & TENON_ASYNC) == 0 && !walk.point.checked;
}

// The usual one of the timed calls, for as little as it takes: the reading of the clock at the end of one call is that
// at the beginning of the next, which is charged with the few nanoseconds of bookkeeping in between.
inline std::int32_t call_only_timed(Walk& walk, const Entry& entry, std::uint32_t word) noexcept {
    tenon_registration& handler = *entry.registration;
    if (walk.clock == nullptr) walk.clock = &base::machine_clock();
    const base::Clock& clock = *walk.clock;
    Level& level = walk.level;
    Cells& cells = walk.slot.cells;
    Cells::add(cells.counts_at_hand()[entry.index], 1);
    level.timed = true;
    level.nested_ns.store(0, std::memory_order_relaxed);
    const std::uint64_t begun = walk.reading != 0 ? walk.reading : clock.ticks();
    const std::int32_t status = call_handler(entry, level, walk.request, walk.reply);
    walk.reading = clock.ticks();
    level.timed = false;
    const std::uint64_t total = clock.ns_between(begun, walk.reading);
    const std::uint64_t nested = level.nested_ns.load(std::memory_order_relaxed);
    const std::uint64_t self_ns = total > nested ? total - nested : 0;
    note_time(walk, handler, word, self_ns, total);
    if (__builtin_expect(status < 0 || walk.point.ticks->load() != walk.tick || handler.monitor.over(self_ns), 0)) {
        settle(walk, handler, {word, 0, status, false, self_ns});
        walk.reading = 0;
    }
    return status;
}

// Nothing hangs on who observes, also where the hook fails closed.
SlowCall skipped(Walk& walk, tenon_registration& handler, std::uint32_t word) noexcept {
    handler.monitor.skipped.fetch_add(1, std::memory_order_relaxed);
    if (!walk.point.fails_closed || (word & word_observes) != 0) return {false, TENON_CONTINUE};
    note_skip(walk.level);
    return {true, TENON_E_SKIPPED};
}

// Apart from the usual one, so that it does not make room on the stack for this one.
[[gnu::noinline]] SlowCall call_specially(Walk& walk, const Entry& entry, std::uint32_t word) noexcept {
    walk.reading = 0;
    tenon_registration& handler = *entry.registration;
    if ((word & word_new) != 0) acknowledge(walk.slot);
    if ((word & word_moved) != 0) return call_moved(walk, entry);
    if ((word & word_gone) != 0) return {false, TENON_CONTINUE};
    if ((word & word_skipped) != 0) return skipped(walk, handler, word);
    Passage passage{walk, entry, handler, {word}};
    if ((word & word_probed) != 0) {
        const Admission admission = handler.monitor.admit(handler);
        if (!admission.allowed) return skipped(walk, handler, word);
        passage.called.lease = admission.lease;
        passage.called.word = handler.word.load(std::memory_order_relaxed);  // its generation may have begun just now
    }
    if ((word & word_first) != 0)
        passage.called.exempt = (handler.word.fetch_and(~std::uint32_t{word_first}) & word_first) != 0;
    const Turn turn(passage);
    if ((word & word_serialized) != 0) begin_anew(walk);
    if (turn.status() < 0) {
        if (passage.called.lease != 0) handler.monitor.release(handler, passage.called.word, passage.called.lease);
        walk.level.charge.store(Charge::full, std::memory_order_seq_cst);
        if (turn.status() == TENON_E_GONE) {  // another generation may serve meanwhile
            const bool moved = (handler.word.load(std::memory_order_seq_cst) & word_moved) != 0;
            return moved ? call_moved(walk, entry) : SlowCall{false, TENON_CONTINUE};
        }
        note_failure(walk.level, walk.point, turn.status(), false);
        return {true, turn.status()};
    }
    passage.called.status = call(passage);
    passage.called.exact_ns = passage.self_ns;
    settle(walk, handler, passage.called);
    const bool ignored = passage.called.status < 0 && (passage.called.word & word_observes) != 0;
    return {true, ignored ? std::int32_t{TENON_CONTINUE} : passage.called.status};
}

}  // namespace

SlowCall call_slowly(Walk& walk, const Entry& entry, std::uint32_t word) noexcept {
    if (__builtin_expect(only_timed(walk, word), 1)) return {true, call_only_timed(walk, entry, word)};
    return call_specially(walk, entry, word);
}

}  // namespace tenon::host
