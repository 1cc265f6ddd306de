#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

thread_local Talk* innermost = nullptr;

std::string budget_had_passed(std::uint64_t hard_ns) {
    const std::uint64_t us = hard_ns / 1000;
    return us % 1000 == 0 ? fmt::format("the call's hard budget had passed ({} ms)", us / 1000)
                          : fmt::format("the call's hard budget had passed ({} us)", us);
}

// What others do because the worker asks for it; of requests, serve_request says which. All else that it asks for is
// part of its own time, or has limits itself.
bool is_for_others(Kind kind) noexcept {
    switch (kind) {
        case Kind::next:
        case Kind::emit:
        case Kind::hook:
        case Kind::service:
            return true;
        default:
            return false;
    }
}

}  // namespace

Talk::Talk(Client& client, ClientLane& lane, tenon_call* call, const Thunk* thunk, void* reply) noexcept
    : client_(client),
      lane_(lane),
      call_(call),
      thunk_(thunk),
      reply_(reply),
      outer_(innermost),
      depth_(innermost != nullptr ? innermost->depth_ + 1 : 0),
      of_handler_(thunk != nullptr) {
    innermost = this;
}

Talk::~Talk() {
    innermost = outer_;
}

ClientLane* Talk::lane_of(const Client& client) noexcept {
    for (const Talk* talk = innermost; talk != nullptr; talk = talk->outer_)
        if (&talk->client_ == &client) return &talk->lane_;
    return nullptr;
}

bool Talk::is_inside(const Thunk& thunk) noexcept {
    for (const Talk* talk = innermost; talk != nullptr; talk = talk->outer_)
        if (talk->thunk_ == &thunk) return true;
    return false;
}

// On the waiting thread, about every millisecond: the worker is told that it should end.
bool Talk::still_waiting(void* self) noexcept {
    const Talk& talk = *static_cast<Talk*>(self);
    if (talk.call_ != nullptr && talk.call_->ops->cancelled(talk.call_) != 0) talk.lane_.end().control(1);
    return true;
}

Heard Talk::hear() noexcept {
    const std::uint64_t until = std::min(until_ns_, deadline_ns_);
    if (call_ == nullptr) return lane_.end().wait(until);
    return lane_.end().wait(until, {still_waiting, this});
}

base::Problem Talk::cannot_cross(std::int32_t status) const {
    const char* const why = status == TENON_E_NO_MEMORY  ? "is larger than what may cross, or there is no memory for it"
                            : status == TENON_E_TOO_DEEP ? "is nested too deeply"
                                                         : "has a list or text that points nowhere";
    return {"worker.cannot-cross", fmt::format("{}: what it is called with {}", client_.options_.name, why),
            "docs/workers.md says what crosses."};
}

Talk::End Talk::too_slow() {
    if (!of_handler_) {
        base::Problem why{"worker.too-slow",
                          fmt::format("{}: its worker was ended, because it did not come back within {} s",
                                      client_.options_.name, client_.options_.start_timeout_ns / 1'000'000'000),
                          "Find what the plugin waits for while it is loaded, started or stopped."};
        client_.condemn(why);
        return {TENON_E_DEADLINE, false, std::move(why)};
    }
    const bool by_deadline = deadline_ns_ <= until_ns_;
    base::Problem why{"worker.overrun",
                      fmt::format("{}: its worker did not answer before {}, and was ended", client_.options_.name,
                                  by_deadline ? "the caller's deadline" : budget_had_passed(hard_ns_)),
                      "Mend the handler, or give the hook a larger budget."};
    client_.condemn(why, Client::Kill::soon);
    return {TENON_E_DEADLINE, false, std::move(why)};
}

Talk::End Talk::broke(const char* what) {
    base::Problem why{
        "worker.broke-protocol",
        fmt::format("{}: its worker was ended, because it broke the protocol: {}", client_.options_.name, what),
        "The plugin overwrites memory that is not its own, or is hostile."};
    client_.condemn(why);
    return {TENON_E_GONE, false, std::move(why)};
}

// The next letter of this call. False: `end` says why there is none.
bool Talk::listen(Letter& letter, End& end) {
    switch (hear()) {
        case Heard::frame:
            break;
        case Heard::timeout:
            end = too_slow();
            return false;
        case Heard::gone:
            end = {TENON_E_GONE, false, client_.why_ended()};
            return false;
        case Heard::violation:
            end = broke("it speaks out of turn, or writes over the lane");
            return false;
    }
    const char* wrong = lane_.read(letter);
    if (wrong == nullptr && letter.head.call != number_) wrong = "it answers another call";
    if (wrong != nullptr) end = broke(wrong);
    return wrong == nullptr;
}

// A worker that cannot be answered cannot go on.
bool Talk::serve_all(const Letter& letter) noexcept {
    try {
        return serve(letter);
    } catch (...) {
        wrong_ = "it asks for more than there is memory for";
        return false;
    }
}

void Talk::lend_limits(Talk& inner) const noexcept {
    inner.until_ns_ = until_ns_;
    inner.deadline_ns_ = deadline_ns_;
    inner.hard_ns_ = hard_ns_;
    inner.of_handler_ = of_handler_;
}

// Their time is not the worker's. Where the caller's deadline passed meanwhile, it still has to hear of that; what it
// asks for afterwards gives it no more time.
void Talk::allow_for_others(std::uint64_t begun, std::uint64_t ended) noexcept {
    if (until_ns_ != for_ever) until_ns_ += ended - begun;
    const std::uint64_t before = begun + deadline_slack_ns, after = ended + deadline_slack_ns;
    if (before < deadline_ns_ && after > deadline_ns_) deadline_ns_ = after;
}

Talk::End Talk::converse(Letter& letter) {
    for (;;) {
        End end;
        if (!listen(letter, end)) return end;
        if (letter.head.kind == Kind::returned || letter.head.kind == Kind::threw)
            return {letter.head.status, true, {}};
        // Who asks without a pause is never waited for, and would never be late.
        if (is_limited() && base::monotonic_ns() >= std::min(until_ns_, deadline_ns_)) return too_slow();
        const bool limited = is_limited() && is_for_others(letter.head.kind);
        const std::uint64_t begun = limited ? base::monotonic_ns() : 0;
        if (!serve_all(letter)) return broke(wrong_ != nullptr ? wrong_ : "it asks for what there is not");
        if (cut_short_) return std::move(*cut_short_);
        if (limited) allow_for_others(begun, base::monotonic_ns());
    }
}

void Talk::attend() {
    for (;;) {
        Letter letter;
        End end;
        number_ = 0;
        if (!listen(letter, end)) return;
        if (serve_all(letter) && !cut_short_) continue;
        if (cut_short_) return;
        broke(wrong_ != nullptr ? wrong_ : "it asks for what there is not");
        return;
    }
}

}  // namespace tenon::sandbox
