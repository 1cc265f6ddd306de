// What the plugin asks for outside of a call of its own: tenon_init, tenon_plugin, tenon_pending.
#include <tenon/plugin.h>

#include <algorithm>
#include <memory>

#include "sandbox/request_packing.h"
#include "sandbox/worker/call.h"
#include "sandbox/worker/plugin_side.h"

namespace tenon::sandbox::worker {

namespace {

PluginSide& of(tenon_init* init) noexcept {
    return *static_cast<InitHandle*>(init)->side;
}
PluginSide& of(tenon_plugin* plugin) noexcept {
    return *static_cast<PluginHandle*>(plugin)->side;
}
PendingHandle& of(tenon_pending* pending) noexcept {
    return *static_cast<PendingHandle*>(pending);
}

template <class Compose, class Take>
Answer ask(PluginSide& side, const Head& head, Compose&& compose, Take&& take) noexcept {
    return side.with_lane([&](Lane& lane) { return lane.ask(head, compose, take); });
}
template <class Compose>
Answer ask(PluginSide& side, const Head& head, Compose&& compose) noexcept {
    return side.with_lane([&](Lane& lane) { return lane.ask(head, compose); });
}

Head head_of(Kind kind, std::uint64_t target = 0, std::uint64_t detail = 0) noexcept {
    Head head;
    head.kind = kind;
    head.target = target;
    head.detail = detail;
    return head;
}

tenon_plugin* init_plugin(tenon_init* init) noexcept {
    return ask(of(init), head_of(Kind::init_folder, 0, 2), no_parts).status < 0 ? nullptr : &of(init).handle();
}

tenon_str folder(tenon_init* init, std::uint64_t which) noexcept {
    tenon_str out{nullptr, 0};
    ask(of(init), head_of(Kind::init_folder, 0, which), no_parts,
        [&](const Letter& letter) { out = of(init).keep(std::string(letter.text(0))); });
    return out;
}
tenon_str init_resource_folder(tenon_init* init) noexcept {
    return folder(init, 0);
}
tenon_str init_data_folder(tenon_init* init) noexcept {
    return folder(init, 1);
}

std::int32_t init_service(tenon_init* init, tenon_str id, tenon_service** out) noexcept {
    PluginSide& side = of(init);
    const Answer answer = ask(side, head_of(Kind::init_service, 0, out == nullptr ? 0 : 1),
                              [&](Composer& to) { to.bytes(id.data, id.size); });
    if (answer.status < 0) return answer.status;
    ServiceHandle handle{answer.target, {}};
    if (const loader::Service* const own = service_in(side.own_contracts(), view(id)))
        handle.methods = side.contracts().methods(*own);
    *out = reinterpret_cast<tenon_service*>(&side.keep(std::move(handle)));
    return answer.status;
}

std::int32_t init_hook(tenon_init* init, tenon_str contract, tenon_str name, tenon_hook** out) noexcept {
    PluginSide& side = of(init);
    const Answer answer = ask(side, head_of(Kind::init_hook, 0, out == nullptr ? 0 : 1), [&](Composer& to) {
        to.bytes(contract.data, contract.size);
        to.bytes(name.data, name.size);
    });
    if (answer.status < 0) return answer.status;
    const Contracts::Hook hook = side.contracts().hook(view(contract), view(name));
    *out = reinterpret_cast<tenon_hook*>(&side.keep(HookHandle{answer.target, hook.kind, hook.types}));
    return answer.status;
}

std::int32_t init_fail(tenon_init* init, std::int32_t code, tenon_str text) noexcept {
    Head head = head_of(Kind::init_fail);
    head.status = code;
    return ask(of(init), head, [&](Composer& to) { to.bytes(text.data, text.size); }).status;
}

void plugin_log(tenon_plugin* plugin, std::uint32_t level, tenon_str text) noexcept {
    ask(of(plugin), head_of(Kind::log, 0, level), [&](Composer& to) { to.bytes(text.data, text.size); });
}

void pack(Packer& out, const tenon_span& names) {
    out.u64(names.count);
    for (std::uint64_t i = 0; i < names.count; ++i) {
        tenon_str name{};
        tenon_span_get(&names, i, &name, sizeof name);
        out.text(view(name));
    }
}

std::string packed(const tenon_handler& handler, const tenon_handler_options* options) {
    Packer out;
    out.text(view(handler.contract));
    out.text(view(handler.hook));
    out.u32(options != nullptr ? 1 : 0);
    tenon_handler_options known = TENON_HANDLER_OPTIONS_INIT;
    if (options != nullptr)
        std::memcpy(&known, options, std::min<std::size_t>(options->struct_size / 8 * 8, sizeof known));
    out.u32(options != nullptr ? std::min<std::uint32_t>(options->struct_size, sizeof known) : 0);
    out.u32(static_cast<std::uint32_t>(known.priority));
    out.u32(known.phase);
    out.u32(known.share);
    out.text(view(known.name));
    pack(out, known.before);
    pack(out, known.after);
    out.u64(known.soft_ns);
    out.u64(known.hard_ns);
    return out.bytes();
}

std::int32_t plugin_add_handler(tenon_plugin* plugin, const tenon_handler* handler, void* self,
                                const tenon_handler_options* options, tenon_registration** out) noexcept {
    if (handler == nullptr || handler->fn == nullptr || out == nullptr) return TENON_E_INVALID;
    PluginSide& side = of(plugin);
    const Contracts::Hook hook = side.contracts().hook(view(handler->contract), view(handler->hook));
    auto function = std::make_unique<Function>(Function{handler->fn, self, true, hook.types});
    auto handle = std::make_unique<RegistrationHandle>();
    const std::string wishes = packed(*handler, options);
    const Answer answer = ask(side, head_of(Kind::add_handler, reinterpret_cast<std::uint64_t>(function.get())),
                              [&](Composer& to) { to.text(wishes); });
    if (answer.status < 0) return answer.status;
    static_cast<void>(function.release());  // calls of it may come until the process ends
    handle->target = answer.target;
    *out = reinterpret_cast<tenon_registration*>(handle.release());
    return answer.status;
}

std::int32_t plugin_remove_handler(tenon_plugin* plugin, tenon_registration* registration,
                                   std::uint32_t wait) noexcept {
    if (registration == nullptr) return TENON_E_INVALID;
    const auto* const handle = reinterpret_cast<RegistrationHandle*>(registration);
    return ask(of(plugin), head_of(Kind::remove_handler, handle->target, wait), no_parts).status;
}

std::int32_t plugin_run(tenon_plugin* plugin, std::int32_t (*body)(void* data, tenon_call* call), void* data) noexcept {
    if (body == nullptr) return TENON_E_INVALID;
    const Body meant{body, data};
    return ask(of(plugin), head_of(Kind::run, reinterpret_cast<std::uint64_t>(&meant)), no_parts).status;
}

std::int32_t plugin_journal(tenon_plugin* plugin, tenon_bytes entry) noexcept {
    if (entry.size != 0 && entry.data == nullptr) return TENON_E_INVALID;
    return ask(of(plugin), head_of(Kind::journal), [&](Composer& to) { to.bytes(entry.data, entry.size); }).status;
}

std::string packed(const tenon_request& request) {
    Packer out;
    out.u32(request.kind);
    out.u32(request.flags);
    out.text(view(request.subject));
    out.text(view(request.detail));
    pack_named(out, request.named);
    return out.bytes();
}

// What the host answers. The plugin sees it while it takes it.
void take_answer(Lane& lane, const Letter& letter, tenon_take_fn take, void* data) {
    base::Fd file = letter.head.target != 0 ? lane.file() : base::Fd();
    const std::string described(letter.text(0)), output(letter.text(1));
    Unpacker in(described);
    tenon_answer answer{};
    answer.struct_size = sizeof answer;
    answer.number = static_cast<std::int32_t>(in.u32());
    const std::vector<tenon_named> named = unpack_named(in);
    answer.error = borrow(in.text());
    if (take == nullptr || !in.done()) return;
    answer.descriptor = file.release();
    answer.output = {output.data(), output.size()};
    answer.named = span_of(named);
    take(data, &answer);
}

std::int32_t plugin_request(tenon_plugin* plugin, const tenon_request* request, tenon_take_fn take,
                            void* data) noexcept {
    if (request == nullptr || request->struct_size < sizeof(tenon_request)) return TENON_E_INVALID;
    if (request->named.count > most_named) return TENON_E_INVALID;  // as the host says in process
    const std::string wishes = packed(*request);
    return of(plugin).with_lane([&](Lane& lane) {
        return lane
            .ask(
                head_of(Kind::request),
                [&](Composer& to) {
                    to.text(wishes);
                    to.bytes(request->input.data, request->input.size);
                },
                [&](const Letter& letter) { take_answer(lane, letter, take, data); })
            .status;
    });
}

void* pending_alloc(tenon_pending* pending, std::uint64_t size, std::uint64_t alignment) noexcept {
    return of(pending).arena.alloc(size, alignment);
}

std::uint32_t pending_cancelled(const tenon_pending* raw) noexcept {
    const auto& pending = *static_cast<const PendingHandle*>(raw);
    return ask(*pending.side, head_of(Kind::is_cancelled, pending.target), no_parts).status != 0 ? 1 : 0;
}

std::int32_t pending_complete(tenon_pending* raw, std::int32_t status, const void* reply, tenon_str text) noexcept {
    const std::unique_ptr<PendingHandle> pending(&of(raw));
    Head head = head_of(Kind::complete, pending->target);
    head.status = status;
    return ask(*pending->side, head,
               [&](Composer& to) {
                   to.value(pending->types.wire, pending->types.reply, reply);
                   to.bytes(text.data, text.size);
               })
        .status;
}

constexpr tenon_init_ops all_init_ops = {
    sizeof(tenon_init_ops), 0, init_plugin, init_service, init_hook, init_resource_folder, init_data_folder, init_fail};
constexpr tenon_plugin_ops all_plugin_ops = {sizeof(tenon_plugin_ops), 0,          plugin_log,     plugin_add_handler,
                                             plugin_remove_handler,    plugin_run, plugin_journal, plugin_request};
constexpr tenon_pending_ops all_pending_ops = {sizeof(tenon_pending_ops), 0, pending_alloc, pending_cancelled,
                                               pending_complete};

}  // namespace

const tenon_init_ops* init_ops() noexcept {
    return &all_init_ops;
}
const tenon_plugin_ops* plugin_ops() noexcept {
    return &all_plugin_ops;
}
const tenon_pending_ops* pending_ops() noexcept {
    return &all_pending_ops;
}

}  // namespace tenon::sandbox::worker
