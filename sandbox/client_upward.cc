// Threads of the plugin's own that ask the host for something.
#include <sys/eventfd.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "base/clock.h"
#include "sandbox/client.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

// How many lanes upwards the worker has rung for. It may have changed the mode of the bell, or have emptied it; reading
// so never waits. 0: there is nothing to be read; one: kernels may not know how to read so.
std::uint64_t rings_of(int bell) noexcept {
    eventfd_t count = 0;
    const iovec bytes{&count, sizeof count};
    if (::preadv2(bell, &bytes, 1, -1, RWF_NOWAIT) == static_cast<ssize_t>(sizeof count)) return count;
    return errno == EAGAIN ? 0 : 1;
}

}  // namespace

// Threads of the plugin's own want to ask for something; each is served on a thread of ours.
void Client::on_bell() noexcept {
    add_lanes_upwards(std::min<std::uint64_t>(rings_of(bell_.get()), most_lanes_upwards));
}

// A lane is made without the lock: a worker that has closed its socket is asked about under it. Nobody else adds any.
void Client::add_lanes_upwards(std::uint64_t count) noexcept {
    for (; count != 0; --count) {
        std::uint32_t number = 0;
        {
            const std::lock_guard guard(lock_);
            if (closing_ || gone_.load() || upward_.size() >= most_lanes_upwards) return;
            number = static_cast<std::uint32_t>(upward_.size()) | upwards;
        }
        // The plugin's thread would wait for ever, and whoever waits for that thread.
        if (!add_lane_upwards(number)) return condemn(no_memory("a lane"));
    }
}

bool Client::add_lane_upwards(std::uint32_t number) noexcept {
    try {
        std::unique_ptr<ClientLane> lane = make_lane(number, Control::What::lane_up);
        if (lane == nullptr) return false;
        const std::lock_guard guard(lock_);
        ClientLane& kept = *upward_.emplace_back(std::move(lane));
        attendants_.emplace_back([this, &kept] { attend(kept); });
        return true;
    } catch (const std::exception&) {
        const std::lock_guard guard(lock_);
        if (upward_.size() > attendants_.size()) upward_.back()->left.store(true);
        return false;
    }
}

std::optional<std::uint64_t> Client::admit_line() noexcept {
    const std::lock_guard guard(lock_);
    if (log_lines_.use(1, base::monotonic_ns())) return std::exchange(dropped_lines_, 0);
    ++dropped_lines_;
    return std::nullopt;
}

void Client::attend(ClientLane& lane) noexcept {
    Talk(*this, lane, nullptr, nullptr, nullptr).attend();
    lane.left.store(true);
}

}  // namespace tenon::sandbox
