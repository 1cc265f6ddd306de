// Handlers that a plugin adds and removes while it runs.
#include <tenon/host.h>

#include <algorithm>
#include <deque>

#include "base/clock.h"
#include "sandbox/letters_in.h"
#include "sandbox/packing.h"

namespace tenon::sandbox {

namespace {

constexpr std::size_t longest_wish = 32 * 1024;  // of all names that a handler comes with

}  // namespace

bool Talk::serve_add(const Letter& letter) {
    if (letter.parts[0].size() > longest_wish) return answer(TENON_E_NO_MEMORY), true;
    const std::string packed(letter.text(0));
    Unpacker in(packed);
    const std::string contract = escaped(in.text()), hook = escaped(in.text());
    const bool has_options = in.u32() != 0;
    tenon_handler_options options = TENON_HANDLER_OPTIONS_INIT;
    options.struct_size = std::min<std::uint32_t>(in.u32(), sizeof options);
    options.priority = static_cast<std::int32_t>(in.u32());
    options.phase = in.u32();
    options.share = in.u32();
    const std::string name = escaped(in.text());
    std::deque<std::string> names;
    std::vector<tenon_str> lists[2];
    for (std::vector<tenon_str>& list : lists)
        for (std::uint64_t left = in.count(8); left != 0 && in.ok(); --left)
            list.push_back(str(names.emplace_back(escaped(in.text()))));
    options.soft_ns = in.u64();
    options.hard_ns = in.u64();
    options.name = str(name);
    if (!in.done()) {
        wrong_ = "it adds a handler with options that are none";
        return false;
    }
    options.before = {lists[0].data(), lists[0].size(), sizeof(tenon_str), 0};
    options.after = {lists[1].data(), lists[1].size(), sizeof(tenon_str), 0};
    Thunk* const thunk = client_.new_thunk();
    if (thunk == nullptr) return answer(TENON_E_NO_MEMORY), true;
    tenon_plugin* plugin = nullptr;
    {
        const std::lock_guard guard(client_.lock_);
        plugin = client_.plugin_;
        const Contracts::Hook crossing = client_.contracts_->hook(contract, hook);
        thunk->become(&client_, letter.head.target, crossing.types, crossing.kind, client_.incarnation_);
    }
    const tenon_handler handler{str(contract), str(hook), call_thunk};
    tenon_registration* registration = nullptr;
    const std::int32_t status =
        plugin->ops->add_handler(plugin, &handler, thunk, has_options ? &options : nullptr, &registration);
    if (status < 0) {
        client_.leave(*thunk);
        return answer(status), true;
    }
    std::uint64_t number = 0;
    {
        const std::lock_guard guard(client_.lock_);
        client_.added_.emplace(number = ++client_.last_number_, Added{registration, thunk});
    }
    answer(status, number);
    return true;
}

// It is taken out of the list first, so that it is removed once.
bool Talk::serve_remove(tenon_plugin* plugin, const Letter& letter) {
    const bool waits = letter.head.detail != 0;
    Added added;
    {
        const std::lock_guard guard(client_.lock_);
        const auto found = client_.added_.find(letter.head.target);
        if (found == client_.added_.end()) return answer(TENON_E_NOT_FOUND), true;
        added = found->second;
        if (waits && is_inside(*added.thunk)) return answer(TENON_E_STATE), true;
        client_.added_.erase(found);
    }
    const std::int32_t status = plugin->ops->remove_handler(plugin, added.registration, 0);
    if (status == TENON_OK && waits) wait_for_calls(*added.thunk);
    client_.leave(*added.thunk);
    if (!cut_short_) answer(status);
    return true;
}

// This thread waits for the worker, and now for others in its place: no longer than its call may take, nor than it
// lives.
void Talk::wait_for_calls(const Thunk& thunk) {
    constexpr std::uint64_t look_every_ns = 1'000'000;
    const std::uint64_t until = std::min(until_ns_, deadline_ns_);
    for (;;) {
        const std::uint64_t now = base::monotonic_ns(), left = until > now ? until - now : 0;
        if (client_.superior_.is_unused(&thunk, std::min(left, look_every_ns))) return;
        if (client_.has_ended()) cut_short_ = End{TENON_E_GONE, false, client_.why_ended()};
        if (!cut_short_ && left == 0) cut_short_ = too_slow();
        if (cut_short_) return;
        if (call_ != nullptr) still_waiting(this);
    }
}

// The body runs in the worker, in a call that the host makes for it.
bool Talk::serve_run(const Letter& letter) {
    if (depth_ > TENON_MAX_DEPTH) return answer(TENON_E_TOO_DEEP), true;
    tenon_plugin* plugin = nullptr;
    {
        const std::lock_guard guard(client_.lock_);
        plugin = client_.plugin_;
    }
    struct Body {
        Talk& outer;
        const std::uint64_t target;
    } body{*this, letter.head.target};
    const std::int32_t status = plugin->ops->run(
        plugin,
        [](void* data, tenon_call* call) {
            Body& self = *static_cast<Body*>(data);
            Talk talk(self.outer.client_, self.outer.lane_, call, nullptr, nullptr);
            self.outer.lend_limits(talk);
            Head head;
            head.kind = Kind::run_body;
            head.target = self.target;
            head.deadline_ns = for_ever;
            Letter last;
            const Talk::End end = talk.run(head, [](Composer&) {}, last);
            self.outer.take_limits(talk);
            if (!end.arrived) self.outer.cut_short_ = end;
            if (end.arrived && last.head.kind == Kind::threw) return std::int32_t{TENON_E_EXCEPTION};
            return end.status;
        },
        &body);
    if (!cut_short_) answer(status);
    return true;
}

}  // namespace tenon::sandbox
