// The host's side of a worker's lanes: which thread has which, and the memory for large letters.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "sandbox/line.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

class Client;

class ClientLane final : public Line {
public:
    ClientLane(std::uint32_t number, LaneEnd end, const Client& client, Traffic& traffic) noexcept;
    ~ClientLane() override;

    std::uint32_t number() const noexcept { return number_; }
    std::uint64_t next_call() noexcept {
        Traffic::add(traffic_.calls, 1);
        return ++calls_;
    }
    // Of a lane upwards: nobody serves it any more.
    std::atomic<bool> left{false};
    // The worker wants to write a large letter. False: there is no memory for it, or it may not be so large.
    bool make_room(std::uint64_t size) noexcept;

private:
    std::span<std::byte> annex(std::uint64_t size) noexcept override;
    std::span<const std::byte> heard_annex(std::uint64_t size) noexcept override;
    bool replace(std::optional<Region>& region, std::uint64_t size, Writer writer) noexcept;
    std::optional<Region> annex_of(std::uint64_t size, Writer writer) noexcept;

    const std::uint32_t number_;
    const Client& client_;
    Traffic& traffic_;
    std::uint64_t calls_ = 0;
    std::optional<Region> mine_, theirs_;  // annexes; they only grow
    std::uint64_t annexes_ = 0;            // bytes of them
};

// A lane downwards, or the place of one that has not been made yet. Its lane is its owner's.
struct alignas(64) Seat {
    std::atomic<const void*> owner{nullptr};  // the thread, by an address of its own
    std::uint32_t number = 0;
    std::unique_ptr<ClientLane> lane;
    Traffic traffic;  // of all lanes that were here
};

// Seat 0 is for the life cycle, the others are for calls. Who finds none free waits in a queue. Any thread.
class LaneTable {
public:
    LaneTable() noexcept;

    // A seat among the first `most`; the one that the thread had last, if it is free. nullptr when the time has come.
    // Nobody claims a seat that waits for one of the same table.
    Seat* claim(std::uint32_t most, std::uint64_t until_ns) noexcept;
    // Seat number `number`, at once or never.
    Seat* claim_this(std::uint32_t number) noexcept;
    void release(Seat& seat) noexcept;
    // Takes each seat as soon as it is free, ends its lane, and gives it back. False when the time has come before
    // that: then it may be tried again.
    bool end_all(std::uint64_t until_ns) noexcept;
    Traffic& traffic(std::uint32_t number) noexcept { return seats_[number].traffic; }
    template <class Visit>
    void each_traffic(Visit&& visit) const {
        for (const Seat& seat : seats_) visit(seat.traffic);
    }

private:
    struct Waiter {
        const void* thread;
        Seat* seat = nullptr;
        Waiter* next = nullptr;
        std::condition_variable woken;
    };
    Seat* try_claim(std::uint32_t most, const void* thread) noexcept;
    void serve_waiters() noexcept;

    std::array<Seat, most_lanes + 1> seats_;
    std::atomic<std::uint32_t> waiting_{0};
    void enqueue(Waiter& waiter) noexcept;
    void dequeue(Waiter& waiter) noexcept;

    std::mutex lock_;          // guards the queue
    Waiter* first_ = nullptr;  // on the stacks of those who wait: it needs no memory
    std::uint32_t most_ = most_lanes;
};

// A seat for as long as this lives; perhaps none.
class HeldSeat {
public:
    HeldSeat(LaneTable& table, Seat* seat) noexcept : table_(table), seat_(seat) {}
    ~HeldSeat() {
        if (seat_ != nullptr) table_.release(*seat_);
    }
    HeldSeat(const HeldSeat&) = delete;
    HeldSeat& operator=(const HeldSeat&) = delete;
    explicit operator bool() const noexcept { return seat_ != nullptr; }
    Seat* operator->() const noexcept { return seat_; }

private:
    LaneTable& table_;
    Seat* const seat_;
};

}  // namespace tenon::sandbox
