// One worker as the supervisor's thread sees it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "sandbox/output.h"
#include "sandbox/supervisor.h"

namespace tenon::sandbox {

// What epoll says of a worker, and what the clock says.
enum class Event : std::uint32_t { ended, printed, rang, due };

// What a Watched is told.
struct Supervisor::News {
    std::vector<std::string> lines;
    bool rang = false;
    bool ended = false;
};

// All under the supervisor's lock, except `removed`.
struct Supervisor::Worker {
    static constexpr std::uint64_t never = UINT64_MAX;

    Worker(WorkerId its_id, Process its_process, base::Fd its_output, int its_bell, Watched& its_watched)
        : id(its_id),
          process(std::move(its_process)),
          output_fd(std::move(its_output)),
          bell(its_bell),
          watched(its_watched) {}

    // False with errno.
    bool watch_all(int epoll) noexcept;
    void unwatch_all(int epoll) noexcept;
    News handle(int epoll, Event event, std::uint64_t now);
    std::uint64_t due() const noexcept;

    const WorkerId id;
    Process process;
    base::Fd output_fd;
    const int bell;
    Watched& watched;
    Output output;
    std::optional<Ending> ending;
    std::atomic<bool> removed{false};

private:
    bool watch(int epoll, Event event) noexcept;
    void unwatch(int epoll, Event event) noexcept;
    int descriptor(Event event) const noexcept;
    void pause(int epoll, Event event, std::uint64_t& again, std::uint64_t until) noexcept;
    void resume(int epoll, Event event, std::uint64_t& again, std::uint64_t now) noexcept;
    void hear(int epoll, std::uint64_t now, News& news);
    void hear_bell(int epoll, std::uint64_t now, News& news) noexcept;
    void hear_rest(std::uint64_t now, News& news);
    void collect(int epoll, std::uint64_t now, News& news);
    std::size_t read_piece(std::uint64_t now, News& news);

    // Whoever prints more is not read for the rest of the second, and waits in write(): it takes no more of this
    // thread.
    Allowance bytes_{4u << 20, 1'000'000'000};
    Allowance rings_{100, 100'000'000};
    std::uint64_t hear_again_ = never;  // when what was paused goes on
    std::uint64_t ring_again_ = never;
    std::uint64_t collect_again_ = never;
    std::uint64_t give_up_at_ = never;
};

}  // namespace tenon::sandbox
