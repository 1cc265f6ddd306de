// One thread of the host on a lane: it makes a call, and serves what the worker asks until the call has ended.
#pragma once

#include <string>

#include "sandbox/client.h"

namespace tenon::sandbox {

// The memory of a call, for values that come in.
inline Allocator memory_of(tenon_call* call) noexcept {
    return {call, [](void* self, std::uint64_t size, std::uint64_t alignment) noexcept {
                auto* const its = static_cast<tenon_call*>(self);
                return its->ops->alloc(its, size, alignment);
            }};
}

// A scheduler lets a thread run for about as long, though another one waits.
inline constexpr std::uint64_t time_slice_ns = 5'000'000;
// A handler that keeps an eye on the time can still say so itself, also when its thread had to wait for a processor.
inline constexpr std::uint64_t deadline_slack_ns = time_slice_ns;

// On the stack of the thread whose call it is.
class Talk {
public:
    Talk(Client& client, ClientLane& lane, tenon_call* call, const Thunk* thunk, void* reply) noexcept;
    ~Talk();
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;

    // The lane of that client that the thread is on already, by an outer talk; null: none.
    static ClientLane* lane_of(const Client& client) noexcept;

    // How the call ended. `letter` has what came with it, and must be looked at before anything else is said.
    struct End {
        std::int32_t status = 0;
        bool arrived = false;  // the worker has ended it; otherwise the worker has ended, and `why` says so
        base::Problem why{};
    };
    // Makes the call with the parts that `compose` writes, and returns when it has ended.
    template <class Compose>
    End run(Head head, Compose&& compose, Letter& letter) {
        head.call = number_ = lane_.next_call();
        if (const std::int32_t status = lane_.post(head, compose); status < 0) {
            return {status, false, cannot_cross(status)};
        }
        return converse(letter);
    }
    // The worker's thread has the word: serves it until it falls silent for good. For lanes upwards.
    void attend();
    // Until then the call must have ended; time that the host takes in between does not count.
    void limit(std::uint64_t until_ns) noexcept { until_ns_ = until_ns; }
    // What a limit is called in words: the hard budget behind it.
    void say_budget(std::uint64_t hard_ns) noexcept { hard_ns_ = hard_ns; }
    // What of it belongs to the deadline of the caller, which does not move.
    void limit_by_deadline(std::uint64_t deadline_ns) noexcept { deadline_ns_ = deadline_ns; }
    // A plugin that calls itself, straight or by way of others, has no more time for that than the outer call has left.
    void stay_within_outer() noexcept;
    // The worker's thread: whether the call is cancelled by now.
    void tell_cancelled() noexcept;
    bool is_limited() const noexcept { return until_ns_ != for_ever || deadline_ns_ != for_ever; }

    // A talk inside of this one, for a body that the plugin runs: it has no more time than this one.
    void lend_limits(Talk& inner) const noexcept;
    void take_limits(const Talk& inner) noexcept {
        until_ns_ = inner.until_ns_;
        deadline_ns_ = inner.deadline_ns_;
        given_ns_ += inner.given_ns_;
    }

private:
    End converse(Letter& letter);
    // Others work because the worker asked for it. Their time is not the worker's, except what of it a call into the
    // same worker takes, if that is `charged`.
    template <class Work>
    std::int32_t for_others(Work&& work, bool charged = true) {
        const bool limited = is_limited();
        if (limited) wait_for_others(charged);
        const std::int32_t status = work();
        if (limited) allow_for_others();
        return status;
    }
    void wait_for_others(bool charged) noexcept;
    void allow_for_others() noexcept;
    Heard hear() noexcept;
    bool listen(Letter& letter, End& end);
    base::Problem cannot_cross(std::int32_t status) const;
    End too_slow();
    End broke(const char* what);

    // client_serve.cc: what the worker asks for. False: it may not ask that, or not so.
    bool serve_all(const Letter& letter) noexcept;
    bool serve(const Letter& letter);
    bool serve_in_call(const Letter& letter);
    bool serve_at_start(const Letter& letter);
    bool serve_anywhere(const Letter& letter);
    bool serve_hook(const Letter& letter);
    bool serve_service(const Letter& letter);
    bool serve_next(const Letter& letter);
    bool serve_add(const Letter& letter);
    bool serve_log(tenon_plugin* plugin, const Letter& letter);
    std::uint64_t keep_promise(tenon_pending* pending) noexcept;
    bool serve_remove(tenon_plugin* plugin, const Letter& letter);
    void wait_for_calls(const Thunk& thunk);
    bool serve_complete(const Letter& letter);
    bool serve_run(const Letter& letter);
    bool serve_request(tenon_plugin* plugin, const Letter& letter);
    void answer(std::int32_t status, std::uint64_t target = 0) noexcept;

    static bool still_waiting(void* self) noexcept;
    // Whether a call of it runs on this thread.
    static bool is_inside(const Thunk& thunk) noexcept;

    Client& client_;
    ClientLane& lane_;
    tenon_call* const call_;
    const Thunk* const thunk_;
    void* const reply_;
    std::uint64_t number_ = 0;
    std::uint64_t until_ns_ = for_ever;
    std::uint64_t deadline_ns_ = for_ever;
    std::uint64_t hard_ns_ = 0;
    std::uint64_t begun_ns_ = 0;         // if it is charged to `charged_`
    std::uint64_t given_ns_ = 0;         // to others, in all
    std::uint64_t others_since_ns_ = 0;  // while others work
    std::uint64_t inside_ns_ = 0;        // of that, what talks took that are charged to this one
    bool charges_ = false;               // while others work: what they call in the same worker is charged to this one
    Talk* charged_ = nullptr;            // an outer one of the same worker
    Talk* const outer_;
    const unsigned depth_;          // talks of this thread around this one
    std::optional<End> cut_short_;  // by the end of a talk inside of this one, on this lane
    bool of_handler_ = false;       // its limits are those of a call, not of the life cycle
    const char* wrong_ = nullptr;   // what the worker has done, once it has broken the protocol
};

}  // namespace tenon::sandbox
