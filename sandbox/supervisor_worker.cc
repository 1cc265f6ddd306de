#include "sandbox/supervisor_worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tenon::sandbox {

namespace {

constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t largest_rest = 1u << 20;  // of what was printed before the end and is not read yet
constexpr std::uint64_t retry_ns = 10'000'000;
constexpr std::uint64_t most_kept_ns = 1'000'000'000;

}  // namespace

int Supervisor::Worker::descriptor(Event event) const noexcept {
    return event == Event::ended ? process.pidfd() : event == Event::printed ? output_fd.get() : bell;
}

// A bell is not read here, so only what is new is said of it.
bool Supervisor::Worker::watch(int epoll, Event event) noexcept {
    if (descriptor(event) < 0) return true;
    epoll_event wish{};
    wish.events = event == Event::rang ? EPOLLIN | EPOLLRDHUP | EPOLLET : EPOLLIN;
    wish.data.u64 = id << 2 | static_cast<std::uint32_t>(event);
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor(event), &wish) == 0;
}

void Supervisor::Worker::unwatch(int epoll, Event event) noexcept {
    epoll_event unused{};
    if (descriptor(event) >= 0) ::epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor(event), &unused);
}

bool Supervisor::Worker::watch_all(int epoll) noexcept {
    return watch(epoll, Event::ended) && watch(epoll, Event::printed) && watch(epoll, Event::rang);
}

void Supervisor::Worker::unwatch_all(int epoll) noexcept {
    for (const Event event : {Event::ended, Event::printed, Event::rang}) unwatch(epoll, event);
    hear_again_ = ring_again_ = collect_again_ = never;
}

std::uint64_t Supervisor::Worker::due() const noexcept {
    return ending ? never : std::min({output.due(), hear_again_, ring_again_, collect_again_});
}

void Supervisor::Worker::pause(int epoll, Event event, std::uint64_t& again, std::uint64_t until) noexcept {
    unwatch(epoll, event);
    again = until;
}

void Supervisor::Worker::resume(int epoll, Event event, std::uint64_t& again, std::uint64_t now) noexcept {
    if (now < again) return;
    again = watch(epoll, event) ? never : now + retry_ns;
}

Supervisor::News Supervisor::Worker::handle(int epoll, Event event, std::uint64_t now) {
    News news;
    if (ending) return news;
    if (event == Event::printed) hear(epoll, now, news);
    if (event == Event::rang) hear_bell(epoll, now, news);
    if (event == Event::due) {
        news.lines = output.tick(now);
        resume(epoll, Event::printed, hear_again_, now);
        resume(epoll, Event::rang, ring_again_, now);
    }
    if (event == Event::ended || (event == Event::due && now >= collect_again_)) collect(epoll, now, news);
    return news;
}

// How much was read; 0 at the end, for now or for good.
std::size_t Supervisor::Worker::read_piece(std::uint64_t now, News& news) {
    std::array<char, piece_size> piece;
    ssize_t got = 0;
    do got = ::read(output_fd.get(), piece.data(), piece.size());
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) {
        output_fd.close();
        return 0;
    }
    const auto size = static_cast<std::size_t>(got);
    for (std::string& line : output.add({piece.data(), size}, now)) news.lines.push_back(std::move(line));
    return size;
}

// One piece, so that the others get their turn.
void Supervisor::Worker::hear(int epoll, std::uint64_t now, News& news) {
    if (!output_fd) return;
    bytes_.use(read_piece(now, news), now);
    if (output_fd && bytes_.spent(now)) pause(epoll, Event::printed, hear_again_, bytes_.until());
}

void Supervisor::Worker::hear_bell(int epoll, std::uint64_t now, News& news) noexcept {
    news.rang = true;
    rings_.use(1, now);
    if (rings_.spent(now)) pause(epoll, Event::rang, ring_again_, rings_.until());
}

void Supervisor::Worker::hear_rest(std::uint64_t now, News& news) {
    for (std::size_t sum = 0, size = 1; output_fd && size != 0 && sum < largest_rest; sum += size)
        size = read_piece(now, news);
    output_fd.close();
    for (std::string& line : output.end(now)) news.lines.push_back(std::move(line));
}

// A tracer may keep an ended process for itself. If it is of the worker's own group, it goes now; for others' sake
// nobody waits long.
void Supervisor::Worker::collect(int epoll, std::uint64_t now, News& news) {
    unwatch(epoll, Event::ended);
    collect_again_ = now + retry_ns;
    ending = process.try_collect();
    if (!ending) {
        process.kill();
        give_up_at_ = std::min(give_up_at_, now + most_kept_ns);
        if (now < give_up_at_) return;
        ending = Ending{Ending::How::kept, 0, 0, false, {}};
    }
    unwatch_all(epoll);
    news.ended = true;
    hear_rest(now, news);
}

}  // namespace tenon::sandbox
