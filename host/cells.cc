#include "host/cells.h"

#include <algorithm>
#include <mutex>

#include "host/slots.h"

namespace tenon::host {

namespace {

// Process-wide as the slots are (slots.h), and like them never taken down.
struct Indices {
    std::mutex lock;
    std::vector<std::uint32_t> free;
    std::uint32_t next = 0;
    std::uint64_t tags = 0;
};

Indices& indices() {
    static Indices& all = *new Indices;
    return all;
}

}  // namespace

std::atomic<std::uint64_t>* Cells::grow(std::uint32_t limit) noexcept {
    try {
        auto block = std::make_unique<Block>(std::max({limit, capacity_ * 2, std::uint32_t{64}}));
        if (const Block* const old = block_.load(std::memory_order_relaxed))
            for (std::uint32_t i = 0; i < old->size; ++i) {
                block->calls[i].store(old->calls[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
                block->timings[i].store(old->timings[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
            }
        blocks_.reserve(blocks_.size() + 1);
        capacity_ = block->size;
        calls_ = block->calls.data();
        timings_at_hand_ = block->timings.data();
        block_.store(block.get(), std::memory_order_release);
        blocks_.push_back(std::move(block));
        return calls_;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

// A reader that comes in between finds a tag that is not its own, before or after.
std::uint32_t Cells::time_first(const Number& handler, std::uint64_t self_ns, std::uint64_t total_ns,
                                std::uint64_t weight) noexcept {
    std::atomic<Timing*>& place = timings_at_hand_[handler.index];
    Timing* timing = place.load(std::memory_order_relaxed);
    if (timing == nullptr) {
        try {
            timings_.push_back(std::make_unique<Timing>());
        } catch (const std::bad_alloc&) {
            return 0;
        }
        timing = timings_.back().get();
        place.store(timing, std::memory_order_release);
    }
    timing->tag.store(0, std::memory_order_seq_cst);
    timing->timed.store(0, std::memory_order_relaxed);
    timing->total_ns.store(0, std::memory_order_relaxed);
    timing->recent_ns = 0;
    timing->self.clear();
    timing->tag.store(handler.tag, std::memory_order_release);
    return record(*timing, self_ns, total_ns, weight) | timed_first;
}

std::uint64_t Cells::calls(std::uint32_t index) const noexcept {
    const Block* const block = block_.load(std::memory_order_acquire);
    return block == nullptr || index >= block->size ? 0 : block->calls[index].load(std::memory_order_relaxed);
}

const Timing* Cells::timing(const Number& handler) const noexcept {
    const Block* const block = block_.load(std::memory_order_acquire);
    if (block == nullptr || handler.index >= block->size) return nullptr;
    const Timing* const timing = block->timings[handler.index].load(std::memory_order_acquire);
    return timing != nullptr && timing->tag.load(std::memory_order_acquire) == handler.tag ? timing : nullptr;
}

Number take_number() {
    Indices& all = indices();
    const std::lock_guard guard(all.lock);
    if (!all.free.empty()) {
        const std::uint32_t index = all.free.back();
        all.free.pop_back();
        return {index, ++all.tags};
    }
    if (all.free.capacity() <= all.next) all.free.reserve(all.next * 2u + 64u);  // so that giving back needs no memory
    return {all.next++, ++all.tags};
}

void give_back(const Number& number) noexcept {
    Indices& all = indices();
    const std::lock_guard guard(all.lock);
    all.free.push_back(number.index);
}

std::uint64_t calls_of(std::uint32_t index) noexcept {
    std::uint64_t calls = 0;
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next) calls += slot->cells.calls(index);
    return calls;
}

}  // namespace tenon::host
