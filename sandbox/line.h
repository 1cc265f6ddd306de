// A lane with letters on it. What does not fit into a frame goes through an annex: memory of the lane's own, made by
// the host whoever writes it.
#pragma once

#include <tenon/status.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "sandbox/lane.h"
#include "sandbox/letter.h"

namespace tenon::sandbox {

// What went over lines, for reports. Written by the thread that has the line, read by any.
struct Traffic {
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> bytes_out{0}, bytes_in{0};  // of letters

    static void add(std::atomic<std::uint64_t>& sum, std::uint64_t more) noexcept {
        sum.store(sum.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
};

// One side of a line; the other members are the two sides' business. Used by one thread at a time.
class Line {
public:
    // `traffic` is counted up if there is one, and outlives the line.
    explicit Line(LaneEnd end, Traffic* traffic = nullptr) noexcept : end_(std::move(end)), traffic_(traffic) {}
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    virtual ~Line() = default;

    LaneEnd& end() noexcept { return end_; }

    // Writes the letter that `compose(Composer&)` puts together (perhaps twice), and hands over the turn. TENON_OK, or,
    // with nothing posted: TENON_E_NO_MEMORY when it is too large, or why a value cannot cross.
    template <class Compose>
    std::int32_t post(Head head, Compose&& compose) noexcept {
        Composer small(end_.frame().subspan(sizeof head));
        compose(small);
        std::uint64_t inside = std::min<std::uint64_t>(small.need(), end_.frame().size() - sizeof head);
        std::int32_t status = small.status();
        if (status == TENON_OK) {
            small.sign(head);
        } else if (status == TENON_E_FULL) {
            status = in_annex(head, small.need(), compose);
            inside = 0;
        }
        if (status != TENON_OK) return status;
        send(head, inside);
        return TENON_OK;
    }
    void post(const Head& head) noexcept { send(head, 0); }

    // What has been heard as a letter; a sentence when it is none, else null.
    const char* read(Letter& letter) noexcept {
        letter.parts = {};  // those of the letter before are gone
        const std::span<const std::byte> frame = end_.heard();
        if (const char* wrong = read_head(frame, letter.head)) return wrong;
        count_in(frame.size());
        if (letter.head.annex == 0) return find_parts(frame.subspan(sizeof(Head)), letter);
        const std::span<const std::byte> annex = heard_annex(letter.head.annex);
        count_in(annex.size());
        return annex.empty() ? "a letter is in an annex that is not there" : find_parts(annex, letter);
    }

protected:
    // Memory for so many bytes that the other side will read; empty when there is none.
    virtual std::span<std::byte> annex(std::uint64_t size) noexcept = 0;
    // The first `size` bytes of what the other side wrote; empty when there is no such memory.
    virtual std::span<const std::byte> heard_annex(std::uint64_t size) noexcept = 0;

private:
    void send(const Head& head, std::uint64_t inside) noexcept {
        std::memcpy(end_.frame().data(), &head, sizeof head);
        end_.post(static_cast<std::uint32_t>(sizeof head + inside));
        if (traffic_ != nullptr) Traffic::add(traffic_->bytes_out, sizeof head + inside + head.annex);
    }
    void count_in(std::uint64_t bytes) noexcept {
        if (traffic_ != nullptr) Traffic::add(traffic_->bytes_in, bytes);
    }

    template <class Compose>
    std::int32_t in_annex(Head& head, std::uint64_t size, Compose&& compose) noexcept {
        if (size > most_bytes) return TENON_E_NO_MEMORY;
        const std::span<std::byte> memory = annex(size);
        if (memory.size() < size) return TENON_E_NO_MEMORY;
        Composer large(memory.first(size));
        compose(large);
        large.sign(head);
        head.annex = size;
        return large.status() == TENON_E_FULL ? std::int32_t{TENON_E_INVALID} : large.status();
    }

    LaneEnd end_;
    Traffic* const traffic_;
};

}  // namespace tenon::sandbox
