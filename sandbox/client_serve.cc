// What a worker asks for, asked of the host in the plugin's place.
#include <fmt/format.h>
#include <tenon/host.h>

#include <cstring>
#include <deque>

#include "base/clock.h"
#include "sandbox/packing.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

constexpr std::size_t longest_wish = 32 * 1024;  // of all names that a handler comes with
constexpr std::size_t longest_text = 64 * 1024;  // of a log line, an error, a name

void* pending_alloc(void* self, std::uint64_t size, std::uint64_t alignment) noexcept {
    auto* const pending = static_cast<tenon_pending*>(self);
    return pending->ops->alloc(pending, size, alignment);
}

// As what it prints: text, and harmless to a terminal.
std::string text_of(const Letter& letter, std::size_t part) {
    return escaped_lines(std::string(letter.text(part).substr(0, longest_text)));
}
std::string line_of(const Letter& letter, std::size_t part) {
    return escaped(std::string(letter.text(part).substr(0, longest_text)));
}

tenon_str str(const std::string& text) noexcept {
    return {text.data(), text.size()};
}

Head head_of(Kind kind, std::uint64_t call, std::int32_t status) noexcept {
    Head head;
    head.kind = kind;
    head.call = call;
    head.status = status;
    return head;
}

// A value that has come in; a status below 0 says why there is none.
struct Value {
    void* value = nullptr;
    std::int32_t status = 0;
    const char* violation = nullptr;
};

Value value_in(const Letter& letter, std::size_t part, const Types& types, std::uint32_t type,
               const Allocator& allocator) noexcept {
    if (!letter.has(part)) return {};
    if (types.wire == nullptr || type == loader::no_type) return {nullptr, TENON_E_INVALID, "a value has no type"};
    const Decoded decoded = types.wire->decode(type, letter.parts[part], allocator, Strictness::host_side);
    return {decoded.value, decoded.status, decoded.violation};
}

}  // namespace

void Talk::answer(std::int32_t status, std::uint64_t target) noexcept {
    Head head = head_of(Kind::answer, number_, status);
    head.target = target;
    lane_.post(head, [](Composer&) {});
}

bool Talk::serve(const Letter& letter) {
    switch (letter.head.kind) {
        case Kind::fail:
        case Kind::next:
        case Kind::emit:
        case Kind::hook:
        case Kind::service:
        case Kind::defer:
            if (call_ != nullptr) return serve_in_call(letter);
            wrong_ = "it asks outside of a call for what belongs to one";
            return false;
        case Kind::init_service:
        case Kind::init_hook:
        case Kind::init_folder:
        case Kind::init_fail:
            return serve_at_start(letter);
        default:
            return serve_anywhere(letter);
    }
}

bool Talk::serve_in_call(const Letter& letter) {
    switch (letter.head.kind) {
        case Kind::fail: {
            const std::string text = text_of(letter, 0);
            answer(call_->ops->fail(call_, letter.head.status, str(text)));
            return true;
        }
        case Kind::next:
            return serve_next(letter);
        case Kind::emit: {
            const Types types = thunk_ != nullptr ? thunk_->types : Types{};
            const Value element = value_in(letter, 0, types, types.reply, memory_of(call_));
            wrong_ = element.violation;
            if (wrong_ != nullptr) return false;
            answer(element.status < 0 ? element.status : call_->ops->emit(call_, element.value));
            return true;
        }
        case Kind::hook:
            return serve_hook(letter);
        case Kind::service:
            return serve_service(letter);
        default: {
            tenon_pending* pending = nullptr;
            {
                const std::lock_guard guard(client_.lock_);
                if (client_.promises_.size() >= most_handlers) return answer(TENON_E_NO_MEMORY), true;
            }
            const std::int32_t status = call_->ops->defer(call_, letter.head.detail == 0 ? nullptr : &pending);
            const std::uint64_t target = status < 0 ? 0 : keep_promise(pending);
            if (target == 0 && status >= 0) {
                constexpr std::string_view why = "there is no memory for it";
                static_cast<void>(
                    pending->ops->complete(pending, TENON_E_NO_MEMORY, nullptr, {why.data(), why.size()}));
            }
            answer(target == 0 && status >= 0 ? TENON_E_NO_MEMORY : status, target);
            return true;
        }
    }
}

// The number that the worker has for it; 0: no memory.
std::uint64_t Talk::keep_promise(tenon_pending* pending) noexcept {
    try {
        const std::lock_guard guard(client_.lock_);
        const std::uint64_t target = ++client_.last_number_;
        client_.promises_.emplace(target, Promise{pending, thunk_ != nullptr ? thunk_->types : Types{}});
        return target;
    } catch (const std::bad_alloc&) {
        return 0;
    }
}

// The value goes to what comes next as the worker has it, and comes back as that left it.
bool Talk::serve_next(const Letter& letter) {
    const Types types = thunk_ != nullptr ? thunk_->types : Types{};
    if (reply_ != nullptr) {
        const Value value = value_in(letter, 0, types, types.reply, memory_of(call_));
        wrong_ = value.violation;
        if (wrong_ != nullptr) return false;
        if (value.status < 0) return answer(value.status), true;
        if (value.value != nullptr) types.wire->commit(types.reply, value.value, reply_);
    }
    const std::int32_t status = call_->ops->next(call_);
    if (lane_.post(head_of(Kind::answer, number_, status),
                   [&](Composer& out) { out.value(types.wire, types.reply, reply_); }) < 0)
        answer(TENON_E_NO_MEMORY);
    return true;
}

namespace {

// The first error of what was dispatched just now.
struct NestedError {
    explicit NestedError(tenon_call* call) noexcept { there = call->ops->nested_error(call, &error) == TENON_OK; }
    void put(Composer& out) const noexcept {
        if (there) out.bytes(&error, sizeof error);
    }
    tenon_error error = TENON_ERROR_INIT;
    bool there = false;
};

}  // namespace

bool Talk::serve_hook(const Letter& letter) {
    Hooked hook;
    {
        const std::lock_guard guard(client_.lock_);
        const std::uint64_t index = letter.head.target - 1;
        if (index >= client_.hooks_.size()) {
            wrong_ = "it dispatches a hook that it was not given";
            return false;
        }
        hook = client_.hooks_[index];
    }
    const Types& types = hook.crossing.types;
    const Value request = value_in(letter, 0, types, types.request, memory_of(call_));
    const bool collects = hook.crossing.kind == TENON_COLLECT;
    const Value value = collects ? Value{} : value_in(letter, 1, types, types.reply, memory_of(call_));
    wrong_ = request.violation != nullptr ? request.violation : value.violation;
    if (wrong_ != nullptr) return false;
    if (request.status < 0 || value.status < 0) return answer(request.status < 0 ? request.status : value.status), true;
    tenon_collection items{sizeof items, 0, letter.head.detail, {nullptr, 0, 0, 0}};
    void* const reply = collects && letter.has(1) ? &items : value.value;
    const std::int32_t status = call_->ops->hook(call_, hook.hook, request.value, reply);
    const NestedError error(call_);
    const std::int32_t posted = lane_.post(head_of(Kind::answer, number_, status), [&](Composer& out) {
        if (!collects)
            out.value(types.wire, types.reply, value.value);
        else if (reply != nullptr)
            out.values(types.wire, types.reply, items.items);
        else
            out.nothing();
        error.put(out);
    });
    if (posted < 0) answer(posted);
    return true;
}

bool Talk::serve_service(const Letter& letter) {
    Serviced service;
    {
        const std::lock_guard guard(client_.lock_);
        const std::uint64_t index = letter.head.target - 1;
        if (index >= client_.services_.size()) {
            wrong_ = "it calls a service that it was not given";
            return false;
        }
        service = client_.services_[index];
    }
    const auto method = static_cast<std::uint32_t>(letter.head.detail);
    const Types types = method < service.methods.size() ? service.methods[method] : Types{};
    const Value request = value_in(letter, 0, types, types.request, memory_of(call_));
    const Value reply = value_in(letter, 1, types, types.reply, memory_of(call_));
    wrong_ = request.violation != nullptr ? request.violation : reply.violation;
    if (wrong_ != nullptr) return false;
    if (request.status < 0 || reply.status < 0) return answer(request.status < 0 ? request.status : reply.status), true;
    const std::int32_t status = call_->ops->service(call_, service.service, method, request.value, reply.value);
    const NestedError error(call_);
    const std::int32_t posted = lane_.post(head_of(Kind::answer, number_, status), [&](Composer& out) {
        out.value(types.wire, types.reply, reply.value);
        error.put(out);
    });
    if (posted < 0) answer(posted);
    return true;
}

// The host itself judges whether its tenon_init may still be used, and on this thread.
bool Talk::serve_at_start(const Letter& letter) {
    tenon_init* init = nullptr;
    bool full = false;
    {
        const std::lock_guard guard(client_.lock_);
        init = client_.init_;
        full = client_.hooks_.size() >= most_handlers || client_.services_.size() >= most_handlers;
    }
    if (init == nullptr) return answer(TENON_E_STATE), true;
    if (full) return answer(TENON_E_NO_MEMORY), true;
    const std::string first = text_of(letter, 0), second = text_of(letter, 1);
    const bool has_out = letter.head.detail != 0;
    switch (letter.head.kind) {
        case Kind::init_service: {
            tenon_service* service = nullptr;
            const std::int32_t status = init->ops->service(init, str(first), has_out ? &service : nullptr);
            if (status < 0) return answer(status), true;
            const loader::Service* const own = service_in(client_.own_, first);
            const std::lock_guard guard(client_.lock_);
            client_.services_.push_back(
                {service, own != nullptr ? client_.contracts_->methods(*own) : std::vector<Types>()});
            answer(status, client_.services_.size());
            return true;
        }
        case Kind::init_hook: {
            tenon_hook* hook = nullptr;
            const std::int32_t status = init->ops->hook(init, str(first), str(second), has_out ? &hook : nullptr);
            if (status < 0) return answer(status), true;
            const std::lock_guard guard(client_.lock_);
            client_.hooks_.push_back({hook, client_.contracts_->hook(first, second)});
            answer(status, client_.hooks_.size());
            return true;
        }
        case Kind::init_folder: {
            if (letter.head.detail == 2)
                return answer(init->ops->plugin(init) != nullptr ? std::int32_t{TENON_OK}
                                                                 : std::int32_t{TENON_E_STATE}),
                       true;
            const tenon_str folder =
                letter.head.detail == 0 ? init->ops->resource_folder(init) : init->ops->data_folder(init);
            lane_.post(head_of(Kind::answer, number_, TENON_OK),
                       [&](Composer& out) { out.bytes(folder.data, folder.size); });
            return true;
        }
        default:
            answer(init->ops->fail(init, letter.head.status, str(first)));
            return true;
    }
}

bool Talk::serve_anywhere(const Letter& letter) {
    tenon_plugin* plugin = nullptr;
    {
        const std::lock_guard guard(client_.lock_);
        plugin = client_.plugin_;
    }
    if (letter.head.kind == Kind::room) {
        const bool made = lane_.make_room(letter.head.detail);
        answer(made ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_NO_MEMORY});
        return true;
    }
    if (plugin == nullptr) return answer(TENON_E_STATE), true;
    switch (letter.head.kind) {
        case Kind::log:
            return serve_log(plugin, letter);
        case Kind::add_handler:
            return serve_add(letter);
        case Kind::remove_handler:
            return serve_remove(plugin, letter);
        case Kind::run:
            return serve_run(letter);
        case Kind::journal: {
            const std::string entry(letter.text(0).substr(0, most_bytes));
            answer(plugin->ops->journal(plugin, {entry.data(), entry.size()}));
            return true;
        }
        case Kind::complete:
            return serve_complete(letter);
        case Kind::request:
            return serve_request(plugin, letter);
        case Kind::is_cancelled: {
            tenon_pending* pending = nullptr;
            const std::lock_guard guard(client_.lock_);
            const auto found = client_.promises_.find(letter.head.target);
            if (found != client_.promises_.end()) pending = found->second.pending;
            answer(pending == nullptr || pending->ops->cancelled(pending) != 0 ? 1 : 0);
            return true;
        }
        default:
            wrong_ = "it says what is no word of the protocol";
            return false;
    }
}

// What is too much is dropped, and counted, as of what it prints.
bool Talk::serve_log(tenon_plugin* plugin, const Letter& letter) {
    if (const std::optional<std::uint64_t> dropped = client_.admit_line()) {
        const std::string notice = *dropped == 0 ? "" : fmt::format("{} lines of its log were dropped", *dropped);
        if (*dropped != 0) plugin->ops->log(plugin, TENON_LOG_WARNING, str(notice));
        const std::string line = line_of(letter, 0);
        plugin->ops->log(plugin, static_cast<std::uint32_t>(letter.head.detail), str(line));
    }
    answer(TENON_OK);
    return true;
}

// Nobody else can complete it meanwhile: it is taken out of the list first.
bool Talk::serve_complete(const Letter& letter) {
    const std::string text = text_of(letter, 1);  // without memory the promise stays where it is
    Promise promise;
    {
        const std::lock_guard guard(client_.lock_);
        const auto found = client_.promises_.find(letter.head.target);
        if (found == client_.promises_.end()) return answer(TENON_E_NOT_FOUND), true;
        promise = found->second;
        client_.promises_.erase(found);
        client_.completing_.fetch_add(1);
    }
    const std::unique_ptr<std::atomic<int>, void (*)(std::atomic<int>*)> done(
        &client_.completing_, [](std::atomic<int>* completing) { completing->fetch_sub(1); });
    tenon_pending* const pending = promise.pending;
    const Value reply = value_in(letter, 0, promise.types, promise.types.reply, {pending, pending_alloc});
    if (reply.status < 0) {
        constexpr std::string_view why = "its worker answers with a value that the host must not see";
        static_cast<void>(pending->ops->complete(pending, reply.status, nullptr, {why.data(), why.size()}));
        wrong_ = reply.violation;
        if (wrong_ == nullptr) answer(reply.status);
        return wrong_ == nullptr;
    }
    answer(pending->ops->complete(pending, letter.head.status, reply.value, str(text)));
    return true;
}

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
