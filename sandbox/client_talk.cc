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
    if (charged_ != nullptr) charged_->inside_ns_ += base::monotonic_ns() - begun_ns_ - given_ns_;
    if (outer_ != nullptr && &outer_->lane_ == &lane_) outer_->tell_cancelled();
}

// To the worker's thread, which has one word for all calls that it is in.
void Talk::tell_cancelled() noexcept {
    if (call_ != nullptr) lane_.end().control(call_->ops->cancelled(call_) != 0 ? 1 : 0);
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

void Talk::stay_within_outer() noexcept {
    Talk* outer = outer_;
    while (outer != nullptr && (&outer->client_ != &client_ || !outer->charges_)) outer = outer->outer_;
    if (outer == nullptr || outer->until_ns_ == for_ever) return;
    charged_ = outer;
    begun_ns_ = base::monotonic_ns();
    const std::uint64_t used = outer->others_since_ns_ + outer->inside_ns_;
    const std::uint64_t until = begun_ns_ + (outer->until_ns_ > used ? outer->until_ns_ - used : 0);
    if (until >= until_ns_) return;
    until_ns_ = until;
    hard_ns_ = outer->hard_ns_;
    of_handler_ = outer->of_handler_;
}

void Talk::wait_for_others(bool charged) noexcept {
    inside_ns_ = 0;
    charges_ = charged;
    others_since_ns_ = base::monotonic_ns();
}

// Where the caller's deadline passed meanwhile, the worker still has to hear of that; what it asks for afterwards gives
// it no more time.
void Talk::allow_for_others() noexcept {
    charges_ = false;
    const std::uint64_t now = base::monotonic_ns(), took = now - others_since_ns_;
    const std::uint64_t given = took - std::min(took, inside_ns_);
    given_ns_ += given;
    if (until_ns_ != for_ever) until_ns_ += given;
    const std::uint64_t before = others_since_ns_ + deadline_slack_ns, after = now + deadline_slack_ns;
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
        if (!serve_all(letter)) return broke(wrong_ != nullptr ? wrong_ : "it asks for what there is not");
        if (cut_short_) return std::move(*cut_short_);
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
