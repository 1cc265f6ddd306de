#include "sandbox/client_lane.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <thread>

#include "base/clock.h"
#include "sandbox/client.h"

namespace tenon::sandbox {

namespace {

thread_local const char thread_mark = 0;
thread_local std::uint32_t last_seat = 1;

std::chrono::steady_clock::time_point as_time(std::uint64_t ns) noexcept {
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(static_cast<std::int64_t>(ns)));
}

}  // namespace

ClientLane::ClientLane(std::uint32_t number, LaneEnd end, const Client& client, Traffic& traffic) noexcept
    : Line(std::move(end), &traffic), number_(number), client_(client), traffic_(traffic) {
    client_.open_lanes_.fetch_add(1, std::memory_order_relaxed);
}

ClientLane::~ClientLane() {
    client_.give_annex(annexes_);
    client_.open_lanes_.fetch_sub(1, std::memory_order_relaxed);
}

bool ClientLane::replace(std::optional<Region>& region, std::uint64_t size, Writer writer) noexcept {
    if (region && region->bytes().size() >= size) return true;
    const std::uint64_t rounded = std::bit_ceil(size), more = rounded - (region ? region->bytes().size() : 0);
    if (!client_.take_annex(rounded, more)) return false;
    std::optional<Region> made = annex_of(rounded, writer);
    if (!made) return client_.give_annex(more), false;
    annexes_ += more;
    region = std::move(made);
    return true;
}

std::optional<Region> ClientLane::annex_of(std::uint64_t size, Writer writer) noexcept {
    base::Result<Region> made = Region::make(size, writer);
    if (!made) return std::nullopt;
    const auto what = writer == Writer::host ? Control::What::annex_of_host : Control::What::annex_of_worker;
    if (client_.send({what, number_, made.value().bytes().size()}, {made.value().fd()})) return std::nullopt;
    made.value().close_fd();
    return made.take();
}

bool ClientLane::make_room(std::uint64_t size) noexcept {
    return size <= most_bytes && replace(theirs_, size, Writer::worker);
}

std::span<std::byte> ClientLane::annex(std::uint64_t size) noexcept {
    return replace(mine_, size, Writer::host) ? mine_->writable() : std::span<std::byte>();
}

std::span<const std::byte> ClientLane::heard_annex(std::uint64_t size) noexcept {
    if (!theirs_ || theirs_->bytes().size() < size) return {};
    return theirs_->bytes().first(size);
}

LaneTable::LaneTable() noexcept {
    for (std::uint32_t i = 0; i < seats_.size(); ++i) seats_[i].number = i;
}

Seat* LaneTable::claim_this(std::uint32_t number) noexcept {
    const void* nobody = nullptr;
    Seat& seat = seats_[number];
    return seat.owner.compare_exchange_strong(nobody, &thread_mark) ? &seat : nullptr;
}

Seat* LaneTable::try_claim(std::uint32_t most, const void* thread) noexcept {
    const std::uint32_t begin = last_seat <= most ? last_seat - 1 : 0;
    for (std::uint32_t i = 0; i < most; ++i) {
        Seat& seat = seats_[(begin + i) % most + 1];
        const void* nobody = nullptr;
        if (seat.owner.load(std::memory_order_relaxed) == nullptr &&
            seat.owner.compare_exchange_strong(nobody, thread)) {
            if (thread == &thread_mark) last_seat = seat.number;
            return &seat;
        }
    }
    return nullptr;
}

// Who comes later does not overtake those that wait.
Seat* LaneTable::claim(std::uint32_t most, std::uint64_t until_ns) noexcept {
    if (waiting_.load() == 0)
        if (Seat* const seat = try_claim(most, &thread_mark)) return seat;
    Waiter waiter{&thread_mark, nullptr, nullptr, {}};
    std::unique_lock guard(lock_);
    most_ = most;
    enqueue(waiter);
    serve_waiters();  // one may have come free before anybody was seen waiting
    const auto served = [&] { return waiter.seat != nullptr; };
    if (until_ns > INT64_MAX)
        waiter.woken.wait(guard, served);
    else
        waiter.woken.wait_until(guard, as_time(until_ns), served);
    if (!served()) dequeue(waiter);
    return waiter.seat;
}

void LaneTable::enqueue(Waiter& waiter) noexcept {
    Waiter** end = &first_;
    while (*end != nullptr) end = &(*end)->next;
    *end = &waiter;
    waiting_.fetch_add(1);
}

void LaneTable::dequeue(Waiter& waiter) noexcept {
    Waiter** at = &first_;
    while (*at != &waiter) at = &(*at)->next;
    *at = waiter.next;
    waiting_.fetch_sub(1);
}

// Under the lock.
void LaneTable::serve_waiters() noexcept {
    while (first_ != nullptr) {
        Waiter& first = *first_;
        Seat* const seat = try_claim(most_, first.thread);
        if (seat == nullptr) return;
        dequeue(first);
        first.seat = seat;
        first.woken.notify_one();
    }
}

void LaneTable::release(Seat& seat) noexcept {
    seat.owner.store(nullptr);
    if (waiting_.load() == 0) return;
    const std::lock_guard guard(lock_);
    serve_waiters();
}

bool LaneTable::end_all(std::uint64_t until_ns) noexcept {
    for (Seat& seat : seats_) {
        while (claim_this(seat.number) == nullptr) {
            if (base::monotonic_ns() >= until_ns) return false;
            std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
        seat.lane.reset();
        release(seat);
    }
    return true;
}

}  // namespace tenon::sandbox
