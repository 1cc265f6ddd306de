// What a handler may ask of its call. All but memory and time is asked of the host.
#include "sandbox/worker/call.h"

#include <tenon/host.h>

#include <algorithm>
#include <new>

#include "base/clock.h"
#include "sandbox/worker/plugin_side.h"

namespace tenon::sandbox::worker {

namespace {

Call& of(tenon_call* call) noexcept {
    return *static_cast<Call*>(call);
}
const Call& of(const tenon_call* call) noexcept {
    return *static_cast<const Call*>(call);
}

Head wish(Kind kind, std::uint64_t target = 0, std::uint64_t detail = 0) noexcept {
    Head head;
    head.kind = kind;
    head.target = target;
    head.detail = detail;
    return head;
}

void* call_alloc(tenon_call* call, std::uint64_t size, std::uint64_t alignment) noexcept {
    return of(call).lane.arena().alloc(size, alignment);
}

std::int32_t call_fail(tenon_call* call, std::int32_t code, tenon_str text) noexcept {
    Head head = wish(Kind::fail);
    head.status = code;
    return of(call).lane.ask(head, [&](Composer& out) { out.bytes(text.data, text.size); }).status;
}

std::uint32_t call_cancelled(const tenon_call* raw) noexcept {
    const Call& call = of(raw);
    if (call.lane.end().their_control() != 0) return 1;
    return call.deadline_ns != UINT64_MAX && base::monotonic_ns() >= call.deadline_ns ? 1 : 0;
}

std::uint64_t call_time_left(const tenon_call* raw) noexcept {
    const std::uint64_t deadline = of(raw).deadline_ns;
    if (deadline == UINT64_MAX) return UINT64_MAX;
    const std::uint64_t now = base::monotonic_ns();
    return now >= deadline ? 0 : deadline - now;
}

// Part 0 of the answer, into what the caller has.
void take_reply(Call& call, const Types& types, const Letter& letter, void* reply) noexcept {
    if (reply == nullptr || !letter.has(0) || types.wire == nullptr) return;
    const Decoded decoded =
        types.wire->decode(types.reply, letter.parts[0], allocator(call.lane.arena()), Strictness::worker_side);
    if (decoded.status == TENON_OK) types.wire->commit(types.reply, decoded.value, reply);
}

// Part 1: the first error of what was dispatched.
void take_error(Call& call, const Letter& letter) noexcept {
    call.nested_error.reset();
    if (!letter.has(1) || letter.parts[1].size() != sizeof(tenon_error)) return;
    call.nested_error.emplace();
    std::memcpy(static_cast<void*>(&*call.nested_error), letter.parts[1].data(), sizeof(tenon_error));
}

// Part 0, as the elements of a COLLECT hook.
void take_items(Call& call, const Types& types, const Letter& letter, tenon_collection& out) noexcept {
    if (!letter.has(0)) return;
    const std::uint64_t stride = types.contract->types[types.reply].size;
    Elements elements(letter.parts[0]);
    base::Arena& arena = call.lane.arena();
    auto* const items = static_cast<std::byte*>(arena.alloc(elements.count() * stride, 16));
    std::uint64_t count = 0;
    for (; items != nullptr && count < elements.count(); ++count) {
        const Decoded decoded =
            types.wire->decode(types.reply, elements.next(), allocator(arena), Strictness::worker_side);
        if (decoded.status != TENON_OK) break;
        std::memcpy(items + count * stride, decoded.value, stride);
    }
    out.items = {items, count, static_cast<std::uint32_t>(stride), 0};
}

std::int32_t collect(Call& call, const HookHandle& hook, const void* request, tenon_collection* out) noexcept {
    Head head = wish(Kind::hook, hook.target, out != nullptr ? out->limit : 0);
    return call.lane
        .ask(
            head,
            [&](Composer& parts) {
                parts.value(hook.types.wire, hook.types.request, request);
                if (out != nullptr) parts.bytes(nullptr, 0);
            },
            [&](const Letter& letter) {
                if (out != nullptr) take_items(call, hook.types, letter, *out);
                take_error(call, letter);
            })
        .status;
}

std::int32_t dispatch(Call& call, const Head& head, const Types& types, const void* request, void* reply) noexcept {
    return call.lane
        .ask(
            head,
            [&](Composer& parts) {
                parts.value(types.wire, types.request, request);
                parts.value(types.wire, types.reply, reply);
            },
            [&](const Letter& letter) {
                take_reply(call, types, letter, reply);
                take_error(call, letter);
            })
        .status;
}

std::int32_t call_hook(tenon_call* raw, tenon_hook* raw_hook, const void* request, void* reply) noexcept {
    if (raw_hook == nullptr) return TENON_E_INVALID;
    const HookHandle& hook = *reinterpret_cast<const HookHandle*>(raw_hook);
    if (hook.kind == TENON_COLLECT) return collect(of(raw), hook, request, static_cast<tenon_collection*>(reply));
    return dispatch(of(raw), wish(Kind::hook, hook.target), hook.types, request, reply);
}

std::int32_t call_service(tenon_call* raw, tenon_service* raw_service, std::uint32_t method, const void* request,
                          void* reply) noexcept {
    if (raw_service == nullptr) return TENON_E_INVALID;
    const ServiceHandle& service = *reinterpret_cast<const ServiceHandle*>(raw_service);
    const Types types = method < service.methods.size() ? service.methods[method] : Types{};
    return dispatch(of(raw), wish(Kind::service, service.target, method), types, request, reply);
}

std::int32_t call_nested_error(const tenon_call* raw, tenon_error* out) noexcept {
    const Call& call = of(raw);
    if (!call.nested_error || out == nullptr) return TENON_E_NOT_FOUND;
    const std::uint32_t size = std::min<std::uint32_t>(out->struct_size, sizeof(tenon_error));
    std::memcpy(static_cast<void*>(out), &*call.nested_error, size);
    if (size >= sizeof out->struct_size) out->struct_size = size;
    return TENON_OK;
}

std::int32_t call_next(tenon_call* raw) noexcept {
    Call& call = of(raw);
    return call.lane
        .ask(
            wish(Kind::next), [&](Composer& out) { out.value(call.types.wire, call.types.reply, call.reply); },
            [&](const Letter& letter) { take_reply(call, call.types, letter, call.reply); })
        .status;
}

std::int32_t call_emit(tenon_call* raw, const void* element) noexcept {
    Call& call = of(raw);
    return call.lane
        .ask(wish(Kind::emit), [&](Composer& out) { out.value(call.types.wire, call.types.reply, element); })
        .status;
}

std::int32_t call_defer(tenon_call* raw, tenon_pending** out) noexcept {
    Call& call = of(raw);
    const Answer answer = call.lane.ask(wish(Kind::defer, 0, out == nullptr ? 0 : 1), no_parts);
    if (answer.status < 0) return answer.status;
    auto* const pending = new (std::nothrow) PendingHandle;
    if (pending == nullptr) give_up("no memory for an answer that was promised");
    pending->ops = pending_ops();
    pending->side = &call.side;
    pending->target = answer.target;
    pending->types = call.types;
    *out = pending;
    return answer.status;
}

void* arena_alloc(void* self, std::uint64_t size, std::uint64_t alignment) noexcept {
    return static_cast<base::Arena*>(self)->alloc(size, alignment);
}

}  // namespace

constinit const tenon_call_ops call_operations = {
    sizeof(tenon_call_ops), 0,         call_alloc, call_fail, call_cancelled, call_time_left, call_hook, call_service,
    call_nested_error,      call_next, call_emit,  call_defer};

Allocator allocator(base::Arena& arena) noexcept {
    return {&arena, arena_alloc};
}

// A FILTER that leaves the value alone sends none back.
void invoke(PluginSide& side, void* instance, Lane& lane, const Letter& letter) noexcept {
    const Function& function = *reinterpret_cast<const Function*>(letter.head.target);
    const Types& types = function.types;
    const std::uint64_t number = letter.head.call;
    Call call(side, lane, types, letter.head.deadline_ns);
    void* values[2] = {};
    const std::uint32_t kinds[2] = {types.request, types.reply};
    for (std::size_t part = 0; part < 2; ++part) {
        if (!letter.has(part) || types.wire == nullptr) continue;
        const Decoded decoded =
            types.wire->decode(kinds[part], letter.parts[part], allocator(lane.arena()), Strictness::worker_side);
        if (decoded.status != TENON_OK) return end_call(lane, number, {decoded.status}, no_parts);
        values[part] = decoded.value;
    }
    call.reply = values[1];
    const bool filters = letter.head.detail == TENON_FILTER;
    void* const self = function.own_self ? function.self : instance;
    const Ended ended = run_foreign([&] { return function.fn(self, &call, values[0], values[1]); });
    end_call(lane, number, ended, [&](Composer& out) {
        if (ended.status >= 0 && (!filters || ended.status == TENON_CHANGED))
            out.value(types.wire, types.reply, values[1]);
    });
}

void run_body(PluginSide& side, Lane& lane, const Letter& letter) noexcept {
    const Body& body = *reinterpret_cast<const Body*>(letter.head.target);
    Call call(side, lane, {}, letter.head.deadline_ns);
    end_call(lane, letter.head.call, run_foreign([&] { return body.function(body.data, &call); }), no_parts);
}

}  // namespace tenon::sandbox::worker
