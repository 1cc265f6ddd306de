#include "sandbox/worker/lane.h"

#include <unistd.h>

#include <cstdio>

#include "sandbox/worker/plugin_side.h"

namespace tenon::sandbox::worker {

namespace {

thread_local Lane* current_lane = nullptr;

constexpr std::uint64_t memory_of_a_call = std::uint64_t{1} << 32;

}  // namespace

void give_up(const char* why) noexcept {
    std::fprintf(stderr, "tenon-worker: %s\n", why);
    ::_exit(3);
}

Lane* Lane::current() noexcept {
    return current_lane;
}

Lane::On::On(Lane& lane) noexcept : before_(current_lane) {
    current_lane = &lane;
}
Lane::On::~On() {
    current_lane = before_;
}

void Lane::serve() noexcept {
    const On on(*this);
    while (!plugin_.is_closed()) run(hear());
}

Letter Lane::hear() noexcept {
    Letter letter;
    if (end().wait(for_ever) != Heard::frame) give_up("the host's memory is not as it should be");
    if (const char* const wrong = read(letter)) give_up(wrong);
    return letter;
}

// Calls that the host makes before it answers run on top of this one.
Letter Lane::answer() noexcept {
    for (;;) {
        const Letter letter = hear();
        if (letter.head.kind == Kind::answer) return letter;
        run(letter);
    }
}

void Lane::run(const Letter& letter) noexcept {
    const std::uint64_t outer = std::exchange(call_, letter.head.call);
    if (depth_ == arenas_.size()) arenas_.push_back(std::make_unique<base::Arena>(memory_of_a_call));
    ++depth_;
    plugin_.run(*this, letter);
    arenas_[--depth_]->reset();
    call_ = outer;
}

void Lane::give(Control::What what, Region region) {
    const std::lock_guard guard(lock_);
    (what == Control::What::annex_of_host ? next_of_host_ : next_of_worker_).emplace(std::move(region));
    given_.notify_all();
}

void Lane::give(base::Fd file) {
    const std::lock_guard guard(lock_);
    files_.push_back(std::move(file));
    given_.notify_all();
}

base::Fd Lane::file() noexcept {
    std::unique_lock guard(lock_);
    given_.wait(guard, [&] { return !files_.empty(); });
    base::Fd file = std::move(files_.front());
    files_.pop_front();
    return file;
}

// The host makes a new one only where the old one is too small; its descriptor may come later than its letter.
Region& Lane::wait_for(std::optional<Region>& where, std::uint64_t size) noexcept {
    std::optional<Region>& next = &where == &annex_of_host_ ? next_of_host_ : next_of_worker_;
    std::unique_lock guard(lock_);
    given_.wait(guard, [&] { return (where && where->bytes().size() >= size) || next; });
    if (next) {
        where.reset();
        where.emplace(std::move(*next));
        next.reset();
    }
    return *where;
}

std::span<std::byte> Lane::annex(std::uint64_t size) noexcept {
    if (!annex_of_worker_ || annex_of_worker_->bytes().size() < size) {
        Head head;
        head.kind = Kind::room;
        head.detail = size;
        head.call = call_;
        Line::post(head);
        if (answer().head.status < 0) return {};
    }
    return wait_for(annex_of_worker_, size).writable();
}

std::span<const std::byte> Lane::heard_annex(std::uint64_t size) noexcept {
    const Region& region = wait_for(annex_of_host_, size);
    return region.bytes().size() < size ? std::span<const std::byte>() : region.bytes().first(size);
}

}  // namespace tenon::sandbox::worker
