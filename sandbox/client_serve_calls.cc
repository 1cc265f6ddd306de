// Calls that a plugin makes, and answers that it gives later.
#include <tenon/host.h>

#include <memory>
#include <new>

#include "sandbox/letters_in.h"

namespace tenon::sandbox {

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
    // What comes next has budgets of its own, and comes once.
    const std::int32_t status = for_others([&] { return call_->ops->next(call_); }, false);
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
    const std::int32_t status = for_others([&] { return call_->ops->hook(call_, hook.hook, request.value, reply); });
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
    const std::int32_t status =
        for_others([&] { return call_->ops->service(call_, service.service, method, request.value, reply.value); });
    const NestedError error(call_);
    const std::int32_t posted = lane_.post(head_of(Kind::answer, number_, status), [&](Composer& out) {
        out.value(types.wire, types.reply, reply.value);
        error.put(out);
    });
    if (posted < 0) answer(posted);
    return true;
}

// Nobody else can complete it meanwhile: it is taken out of the list first.
bool Talk::serve_complete(const Letter& letter) {
    {  // who has promised nothing makes the host copy nothing
        const std::lock_guard guard(client_.lock_);
        if (!client_.promises_.contains(letter.head.target)) return answer(TENON_E_NOT_FOUND), true;
    }
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

}  // namespace tenon::sandbox
