// Why no wake is lost: the waiter sets its parked word and then looks at the turn; the other side sets the turn and
// then looks at the parked word. All four are sequentially consistent, so at least one of the two sees what the other
// wrote. If it is the waiter, it does not sleep; if it is the other, it wakes; and FUTEX_WAIT itself does not sleep if
// the turn has changed. Only the waiter clears its parked word. A wake too many costs one look.
//
// The host waits on a word of memory that it has mapped for reading only, and what it heeds beside that word, such as
// the end of the process, does not change it; that is why a wait with something else to heed sleeps a millisecond at a
// time.
#include "sandbox/lane.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/clock.h"
#include "base/sanitizer.h"

#if TENON_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void* where);
void __tsan_release(void* where);
}
#endif

namespace tenon::sandbox {

namespace {

// Threads of a worker follow each other by way of the host: what one did before it spoke is done for the one that hears
// next. ThreadSanitizer sees one process only, and is told.
#if TENON_THREAD_SANITIZER
char by_way_of_the_host = 0;
void has_spoken() noexcept {
    __tsan_release(&by_way_of_the_host);
}
void has_heard() noexcept {
    __tsan_acquire(&by_way_of_the_host);
}
#else
void has_spoken() noexcept {}
void has_heard() noexcept {}
#endif

constexpr std::uint64_t heed_every_ns = 1'000'000;
// Where nothing but the end of the other side is to be heeded: who sees that end, nudges.
constexpr std::uint64_t heed_idle_ns = 250'000'000;
// Waking a processor that sleeps takes that long: the rest of the time until a deadline is not slept, if there is a
// processor to spare.
constexpr std::uint64_t late_ns = 100'000;
// An honest side wakes once a frame. After so many wakes without one, this side sleeps where it cannot be woken.
constexpr int wakes_heeded = 16;

timespec as_timespec(std::uint64_t ns) noexcept {
    return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

// Sleeps while the word has this value, until woken or `until_ns`. False: neither a wake nor a changed word ended it.
bool sleep_on(const Word& word, std::uint32_t value, std::uint64_t until_ns) noexcept {
    const timespec until = as_timespec(until_ns);
    const long answer = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, value, until_ns == for_ever ? nullptr : &until,
                                  nullptr, FUTEX_BITSET_MATCH_ANY);
    return answer == 0 || errno == EAGAIN;
}

void wake(const Word& word) noexcept {
    ::syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

// The kernel lets the sleeps of a thread end up to 50 us late, to wake fewer times. Not where somebody has a deadline.
class ExactSleeps {
public:
    explicit ExactSleeps(bool wanted) noexcept : before_(wanted ? ::prctl(PR_GET_TIMERSLACK) : -1) {
        if (before_ > 0) ::prctl(PR_SET_TIMERSLACK, 1UL);
    }
    ~ExactSleeps() {
        if (before_ > 0) ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(before_));
    }
    ExactSleeps(const ExactSleeps&) = delete;
    ExactSleeps& operator=(const ExactSleeps&) = delete;

private:
    const int before_;
};

// The lines of a small frame come from the other processor one after the other, as they are looked at, unless all are
// asked for at once.
constexpr std::size_t line = 64, lines_of_small_frames = 4;

void fetch_lines(const std::byte* frame, std::size_t size) noexcept {
    for (std::size_t at = 0; at < std::min(size, lines_of_small_frames * line); at += line)
        __builtin_prefetch(frame + at, 0);
}

// The next frame will be written there: the lines are had for writing while this one is still looked at.
void claim_lines(std::byte* frame) noexcept {
    for (std::size_t i = 0; i < lines_of_small_frames - 1; ++i) {
#if defined(__x86_64__)
        asm volatile("prefetchw %0" : : "m"(frame[i * line]));  // compilers know it for newer processors only
#else
        __builtin_prefetch(frame + i * line, 1);
#endif
    }
}

void nap(std::uint64_t until_ns) noexcept {
    const timespec until = as_timespec(until_ns);
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace

LaneEnd::LaneEnd(Region mine, Region theirs, const HostSide* host) noexcept
    : my_region_(std::move(mine)),
      their_region_(std::move(theirs)),
      mine_(reinterpret_cast<Outbox*>(my_region_.writable().data())),
      theirs_(reinterpret_cast<const Outbox*>(their_region_.bytes().data())),
      is_host_(host != nullptr),
      host_(host ? *host : HostSide{}) {
    mine_->version.store(Outbox::current_version);
}

LaneEnd LaneEnd::of_host(Region mine, Region theirs, const HostSide& host) noexcept {
    return {std::move(mine), std::move(theirs), &host};
}

LaneEnd LaneEnd::of_worker(Region mine, Region theirs) noexcept {
    return {std::move(mine), std::move(theirs), nullptr};
}

void LaneEnd::close_fds() noexcept {
    my_region_.close_fd();
    their_region_.close_fd();
}

std::span<std::byte> LaneEnd::frame() noexcept {
    return my_region_.writable().subspan(frame_offset);
}

std::span<const std::byte> LaneEnd::heard() const noexcept {
    return their_region_.bytes().subspan(frame_offset, heard_size_);
}

void LaneEnd::post(std::uint32_t size) noexcept {
    // Whoever has spoken already did so out of turn.
    if (theirs_->turn.load() != heard_) violated_ = true;
    mine_->size.store(size, std::memory_order_relaxed);
    if (!is_host_) has_spoken();
    mine_->turn.store(++posted_);
    if (theirs_->parked.load() != 0) wake(mine_->turn);
}

Heard LaneEnd::wait(std::uint64_t until_ns, Look look) noexcept {
    if (violated_) return Heard::violation;
    publish_cpu();
    Heard heard = peek();
    if (heard == Heard::timeout && may_spin()) heard = spin(until_ns);
    if (heard == Heard::timeout) {
        heard = park(until_ns, look);
        if (!is_host_) step_aside();
    }
    violated_ = heard == Heard::violation;
    return heard;
}

// FUTEX_WAKE, unlike a store, is allowed on memory that is mapped for reading.
void LaneEnd::nudge() const noexcept {
    wake(theirs_->turn);
}

// One look at the other side's outbox; timeout: nothing yet.
Heard LaneEnd::peek() noexcept {
    const std::uint32_t turn = theirs_->turn.load();
    if (turn == heard_) return Heard::timeout;
    const std::uint32_t size = theirs_->size.load(std::memory_order_relaxed);
    const bool right =
        turn == heard_ + 1 && theirs_->version.load(std::memory_order_relaxed) == Outbox::current_version;
    if (!right || size > their_region_.bytes().size() - frame_offset) return Heard::violation;
    fetch_lines(their_region_.bytes().data() + frame_offset, size);
    claim_lines(my_region_.writable().data() + frame_offset);
    heard_ = turn;
    heard_size_ = size;
    if (!is_host_) has_heard();
    return Heard::frame;
}

Heard LaneEnd::spin(std::uint64_t until_ns) noexcept {
    for (std::uint64_t end = 0, last_end = 0;;) {
        for (int i = 0; i < 32; ++i) {
            relax();
            if (const Heard heard = peek(); heard != Heard::timeout) {
                habit_.won();
                return heard;
            }
        }
        const std::uint64_t now = base::monotonic_ns();
        if (end == 0) last_end = std::min(now + waking_ns + spin_ns, until_ns);
        if (end == 0 || theirs_->parked.load(std::memory_order_relaxed) != 0) end = std::min(now + spin_ns, last_end);
        if (now >= end) break;
    }
    habit_.lost();
    return Heard::timeout;
}

Heard LaneEnd::park(std::uint64_t until_ns, Look look) noexcept {
    const bool heeds = host_.gone != nullptr || look.still_waiting != nullptr;
    const bool idles = until_ns == for_ever && look.still_waiting == nullptr;
    const std::uint64_t heed_every = idles ? heed_idle_ns : heed_every_ns;
    const ExactSleeps exact(until_ns != for_ever);
    if (!hurries_) allow_spinning(false);
    mine_->parked.store(1);
    Heard heard = Heard::timeout;
    for (int wakes = 0;;) {
        const bool gone = host_.gone != nullptr && host_.gone->load();
        heard = peek();  // after `gone`: the last words of a process are heard
        if (heard == Heard::timeout && gone) heard = Heard::gone;
        if (heard != Heard::timeout) break;
        const std::uint64_t now = base::monotonic_ns();
        if (now >= until_ns || (look.still_waiting != nullptr && !look.still_waiting(look.self))) break;
        if (until_ns - now <= late_ns && has_processor(now)) {
            relax();
            continue;
        }
        const bool flooded = wakes >= wakes_heeded;
        const std::uint64_t last = until_ns - now > late_ns ? until_ns - late_ns : until_ns;
        const std::uint64_t end = heeds || flooded ? std::min(last, now + heed_every) : last;
        if (flooded)
            nap(end);
        else
            wakes += sleep_on(theirs_->turn, heard_, end) ? 1 : 0;
    }
    mine_->parked.store(0);
    return heard;
}

// Whether the other side runs on another CPU, and one is to spare. The host decides for both sides.
bool LaneEnd::may_spin() noexcept {
    const bool elsewhere = is_elsewhere();
    if (!is_host_) return elsewhere && theirs_->may_spin.load(std::memory_order_relaxed) != 0 && habit_.willing();
    const bool may =
        (elsewhere || hurries_) && host_.spins && habit_.willing() && host_.spins->renew(lease_, base::monotonic_ns());
    allow_spinning(may);
    return may && elsewhere;
}

bool LaneEnd::is_elsewhere() const noexcept {
    const std::uint32_t their_cpu = theirs_->cpu.load(std::memory_order_relaxed);
    return cpu_ != 0 && their_cpu != 0 && their_cpu != cpu_;
}

// A host whose deadline comes while the worker runs on its CPU waits there for the end of the worker's time slice,
// which is milliseconds. Where it has not so much time, the worker moves, which takes some 30 us. Afterwards it may
// spin: if it slept, the kernel would wake it on the host's CPU again.
void LaneEnd::step_aside() noexcept {
    if (theirs_->hurry.load(std::memory_order_relaxed) == 0) return;
    publish_cpu();
    if (cpu_ == 0 || is_elsewhere()) return;
    leave_cpu(cpu_ - 1);
    publish_cpu();
}

bool LaneEnd::has_processor(std::uint64_t now_ns) noexcept {
    return host_.spins != nullptr && is_elsewhere() && host_.spins->renew(lease_, now_ns);
}

void LaneEnd::publish_cpu() noexcept {
    const auto cpu = static_cast<std::uint32_t>(::sched_getcpu() + 1);
    if (cpu != cpu_) mine_->cpu.store(cpu_ = cpu, std::memory_order_relaxed);
}

void LaneEnd::hurry(bool in_a_hurry) noexcept {
    if (in_a_hurry != hurries_) mine_->hurry.store((hurries_ = in_a_hurry) ? 1 : 0, std::memory_order_relaxed);
}

void LaneEnd::allow_spinning(bool allowed) noexcept {
    if (allowed != allowed_) mine_->may_spin.store((allowed_ = allowed) ? 1 : 0, std::memory_order_relaxed);
}

}  // namespace tenon::sandbox
