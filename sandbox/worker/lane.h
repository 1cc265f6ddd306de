// The worker's side of a lane: one thread that runs what the host calls, and asks it for things meanwhile.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/fd.h"
#include "sandbox/line.h"

namespace tenon::sandbox::worker {

class PluginSide;
class Lane;

// What the host answered; copied out of the lane.
struct Answer {
    std::int32_t status = 0;
    std::uint64_t target = 0;
    std::uint64_t detail = 0;
};

class Lane final : public Line {
public:
    Lane(std::uint32_t number, LaneEnd end, PluginSide& plugin) noexcept
        : Line(std::move(end)), number_(number), plugin_(plugin) {}

    // The lane that the calling thread is on; null for a thread of the plugin's own that asks for nothing just now.
    static Lane* current() noexcept;
    // For as long as this lives the calling thread is on the lane.
    class On {
    public:
        explicit On(Lane& lane) noexcept;
        ~On();
        On(const On&) = delete;
        On& operator=(const On&) = delete;

    private:
        Lane* const before_;
    };

    // Runs calls until the host says close; for lanes downwards. False: it was told to close.
    void serve() noexcept;

    // Asks for something, and runs what the host calls meanwhile. `take` sees the letter of the answer before anything
    // else uses the lane. A letter that cannot be written is answered by its error, and take is not called.
    template <class Compose, class Take>
    Answer ask(Head head, Compose&& compose, Take&& take) noexcept {
        head.call = call_;
        if (const std::int32_t status = post(head, compose); status < 0) return {status, 0, 0};
        const Letter letter = answer();
        take(letter);
        return {letter.head.status, letter.head.target, letter.head.detail};
    }
    template <class Compose>
    Answer ask(Head head, Compose&& compose) noexcept {
        return ask(head, compose, [](const Letter&) {});
    }

    // The number of the innermost call that runs on the lane; 0: none.
    std::uint64_t call() const noexcept { return call_; }
    // Memory for the innermost call, until that ends.
    base::Arena& arena() noexcept { return *arenas_[depth_ - 1]; }
    // The host has made an annex. On the control thread.
    void give(Control::What what, Region region);
    void give(base::Fd file);
    // The file that the host has sent with the last answer; waits for it.
    base::Fd file() noexcept;
    std::uint32_t number() const noexcept { return number_; }

private:
    friend class PluginSide;
    Letter hear() noexcept;
    Letter answer() noexcept;
    void run(const Letter& letter) noexcept;
    std::span<std::byte> annex(std::uint64_t size) noexcept override;
    std::span<const std::byte> heard_annex(std::uint64_t size) noexcept override;
    // Waits until a region of so many bytes has come.
    Region& wait_for(std::optional<Region>& where, std::uint64_t size) noexcept;

    const std::uint32_t number_;
    PluginSide& plugin_;
    std::uint64_t call_ = 0;
    std::size_t depth_ = 0;
    std::vector<std::unique_ptr<base::Arena>> arenas_;  // one for each call that runs inside another

    std::mutex lock_;
    std::condition_variable given_;
    std::optional<Region> annex_of_host_, annex_of_worker_;
    std::deque<base::Fd> files_;
    std::optional<Region> next_of_host_, next_of_worker_;  // given, not taken yet
};

// The host has broken its word, or there is no memory left to go on with: ends the process with a line of explanation.
[[noreturn]] void give_up(const char* why) noexcept;

}  // namespace tenon::sandbox::worker
