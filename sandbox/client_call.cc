// Calls from the host to the plugin.
#include <fmt/format.h>

#include <cstring>
#include <stdexcept>

#include "base/clock.h"
#include "sandbox/packing.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

std::int32_t fail(tenon_call* call, std::int32_t code, std::string_view text) {
    return call->ops->fail(call, code, {text.data(), text.size()});
}

// What the plugin has thrown goes on here as if it had been thrown in this process.
[[noreturn]] void throw_again(const Letter& letter) {
    if (letter.has(0)) throw std::runtime_error(escaped_lines(std::string(letter.text(0).substr(0, 4096))));
    throw letter.head.status;
}

std::uint64_t kill_at(const Limits& limits) noexcept {
    if (limits.hard_ns == 0) return for_ever;
    const std::uint64_t now = base::monotonic_ns();
    return limits.hard_ns > for_ever - now ? for_ever : now + limits.hard_ns;
}

}  // namespace

// The lane that the thread is on, or one of its own for this call.
class Client::Passage {
public:
    Passage(Client& client, const std::atomic<bool>& admits, std::uint64_t until_ns)
        : client_(client), admits_(admits), lane(Talk::lane_of(client)) {
        if (lane != nullptr || !admits_.load(std::memory_order_acquire)) return;
        seat_ = client.lanes_.claim(client.options_.most_lanes, until_ns);
        if (seat_ == nullptr) return;
        if (seat_->lane == nullptr && admits_.load(std::memory_order_acquire))
            seat_->lane = client.make_lane(seat_->number, Control::What::lane);
        // The seats of a worker that has ended are taken from it one by one: what is on this one may be another's.
        if (admits_.load(std::memory_order_acquire)) lane = seat_->lane.get();
    }
    ~Passage() {
        if (seat_ != nullptr) client_.lanes_.release(*seat_);
    }
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;
    bool waited_in_vain() const noexcept { return seat_ == nullptr && admits_.load(); }
    bool has_no_lane() const noexcept { return seat_ != nullptr && seat_->lane == nullptr && admits_.load(); }

private:
    Client& client_;
    const std::atomic<bool>& admits_;
    Seat* seat_ = nullptr;

public:
    ClientLane* lane;
};

std::int32_t Client::invoke(const Thunk& thunk, tenon_call* call, const void* request, void* reply) {
    const Limits limits = superior_.limits(call);
    const bool added = thunk.added_in != 0;
    const Passage passage(*this, added ? loaded_ : admits_, limits.deadline_ns);
    if (passage.lane == nullptr || (added && thunk.added_in != incarnation_)) {
        if (passage.has_no_lane()) return superior_.fail(call, TENON_E_NO_MEMORY, no_memory("a lane"));
        if (!passage.waited_in_vain()) return superior_.fail(call, TENON_E_GONE, why_ended());
        return superior_.fail(call, TENON_E_DEADLINE,
                              {"worker.busy", fmt::format("{}: all lanes of its worker were busy", options_.name),
                               "Call it from fewer threads at once, or give calls more time."});
    }
    Talk talk(*this, *passage.lane, call, &thunk, reply);
    talk.limit(kill_at(limits));
    talk.say_budget(limits.hard_ns);
    talk.stay_within_outer();
    talk.tell_cancelled();
    passage.lane->end().hurry(limits.hard_ns != 0 && limits.hard_ns < time_slice_ns);
    if (limits.deadline_ns < for_ever - deadline_slack_ns)
        talk.limit_by_deadline(limits.deadline_ns + deadline_slack_ns);
    Head head;
    head.kind = Kind::invoke;
    head.target = thunk.target.load(std::memory_order_relaxed);
    head.detail = thunk.kind;
    head.deadline_ns = limits.deadline_ns;
    Letter letter;
    const Types& types = thunk.types;
    const Talk::End end = talk.run(
        head,
        [&](Composer& out) {
            out.value(types.wire, types.request, request);
            if (thunk.kind != TENON_COLLECT) out.value(types.wire, types.reply, reply);
        },
        letter);
    if (!end.arrived) {
        if (end.status == TENON_E_GONE) superior_.lost(call);
        return superior_.fail(call, end.status, end.why);
    }
    if (letter.head.kind == Kind::threw) throw_again(letter);
    if (reply == nullptr || end.status < 0 || !letter.has(0)) return end.status;
    const char* const fix = "Mend the plugin: what it answers is not what the contract describes.";
    if (types.wire == nullptr)
        return superior_.fail(
            call, TENON_E_INVALID,
            {"worker.bad-reply", fmt::format("{}: it answers with a value where there is none", options_.name), fix});
    const Decoded decoded = types.wire->decode(types.reply, letter.parts[0], memory_of(call), Strictness::host_side);
    if (decoded.status == TENON_OK) {
        types.wire->commit(types.reply, decoded.value, reply);
        return end.status;
    }
    const std::string wrong = what_is_wrong(decoded);
    if (decoded.violation != nullptr) {
        const base::Problem why{
            "worker.broke-protocol",
            fmt::format("{}: its worker was ended, because it broke the protocol: {}", options_.name, wrong),
            "The plugin overwrites memory that is not its own, or is hostile."};
        condemn(why);
        superior_.lost(call);
        return superior_.fail(call, TENON_E_GONE, why);
    }
    return superior_.fail(
        call, decoded.status,
        {"worker.bad-reply",
         fmt::format("{}: {}", options_.name, wrong.empty() ? "there is no memory for what it answers" : wrong), fix});
}

// create, start, stop and destroy; open and close.
std::int32_t Client::run_slot(Kind kind, tenon_init* init) {
    const HeldSeat seat(lanes_, lanes_.claim_this(0));
    if (!seat || seat->lane == nullptr || gone_.load()) {
        const bool ends = kind == Kind::stop || kind == Kind::destroy || kind == Kind::close;
        return ends ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_GONE};
    }
    if (init != nullptr) {
        const std::lock_guard guard(lock_);
        init_ = init;
        plugin_ = init->ops->plugin(init);
    }
    Letter letter;
    Talk talk(*this, *seat->lane, nullptr, nullptr, nullptr);
    talk.limit(base::monotonic_ns() + options_.start_timeout_ns);
    Head head;
    head.kind = kind;
    head.deadline_ns = for_ever;
    const Talk::End end = talk.run(head, [](Composer&) {}, letter);
    if (end.arrived && letter.head.kind == Kind::threw) throw_again(letter);
    if (end.arrived || init == nullptr) return end.status;
    return init->ops->fail(init, end.status, {end.why.text.data(), end.why.text.size()});
}

namespace {

// A slot that the host calls with a call, on lane 0.
template <class Compose, class Take>
std::int32_t with_call(Client& client, LaneTable& lanes, std::uint64_t timeout_ns, Head head, tenon_call* call,
                       Compose&& compose, Take&& take) {
    const HeldSeat seat(lanes, lanes.claim_this(0));
    if (!seat || seat->lane == nullptr) return TENON_E_GONE;
    Letter letter;
    Talk talk(client, *seat->lane, call, nullptr, nullptr);
    talk.limit(base::monotonic_ns() + timeout_ns);
    talk.tell_cancelled();
    head.deadline_ns = for_ever;
    const Talk::End end = talk.run(head, compose, letter);
    if (!end.arrived) return fail(call, end.status, end.why.text);
    if (letter.head.kind == Kind::threw) throw_again(letter);
    return end.status < 0 ? end.status : take(letter);
}

}  // namespace

// Of the id of a state; it is looked at letter by letter.
constexpr std::size_t longest_schema = 4096;

std::int32_t Client::save_state(tenon_call* call, tenon_state* out) {
    Head head;
    head.kind = Kind::save_state;
    return with_call(
        *this, lanes_, options_.start_timeout_ns, head, call, [](Composer&) {},
        [&](const Letter& letter) {
            const std::string packed(letter.text(0));  // copied, then looked at
            Unpacker in(packed);
            const std::uint32_t version = in.u32();
            const std::uint64_t of_nothing = in.u64();  // bytes that it says are at NULL
            const std::string_view schema = in.text();
            const std::uint64_t size = letter.parts[1].size();
            auto* const kept = static_cast<char*>(call->ops->alloc(call, schema.size() + size, 16));
            if (!in.done() || schema.size() > longest_schema || escaped(schema) != schema)
                return fail(call, TENON_E_INVALID, "its worker says what is no state");
            if (kept == nullptr) return std::int32_t{TENON_E_NO_MEMORY};
            if (size != 0) std::memcpy(kept, letter.parts[1].data(), size);
            if (!schema.empty()) std::memcpy(kept + size, schema.data(), schema.size());
            out->schema_version = version;
            out->schema = {kept + size, schema.size()};
            out->data = {kept, size};
            if (of_nothing != 0) out->data = {nullptr, of_nothing};
            return letter.head.status;
        });
}

std::int32_t Client::restore_state(tenon_call* call, const tenon_state& state) {
    Head head;
    head.kind = Kind::restore_state;
    head.detail = state.schema_version;
    return with_call(
        *this, lanes_, options_.start_timeout_ns, head, call,
        [&](Composer& out) {
            out.bytes(state.schema.data, state.schema.size);
            out.bytes(state.data.data, state.data.size);
        },
        [](const Letter& letter) { return letter.head.status; });
}

std::int32_t Client::apply_journal(tenon_call* call, tenon_bytes entry) {
    Head head;
    head.kind = Kind::apply_journal;
    return with_call(
        *this, lanes_, options_.start_timeout_ns, head, call, [&](Composer& out) { out.bytes(entry.data, entry.size); },
        [](const Letter& letter) { return letter.head.status; });
}

}  // namespace tenon::sandbox
