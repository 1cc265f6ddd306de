// What a plugin may ask of its host: at start-up (tenon_init) and while it runs (tenon_plugin).
#include <fmt/format.h>

#include <cstdio>

#include "host/attach.h"
#include "host/barrier.h"
#include "host/budget.h"
#include "host/deputy.h"
#include "host/dispatch.h"
#include "host/fit.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/text.h"
#include "loader/compare.h"

namespace tenon::host {

namespace {

InitHandle& of(tenon_init* init) noexcept {
    return *static_cast<InitHandle*>(init);
}
Plugin& of(tenon_plugin* plugin) noexcept {
    return *static_cast<PluginHandle*>(plugin)->plugin;
}

// Without allocating, so that nothing can be thrown.
void report(const Plugin& plugin, const char* what, const char* function) noexcept {
    char text[96];
    std::snprintf(text, sizeof text, "%s%s", what, function);
    plugin.host.violation(plugin.id(), text);
}

// tenon_init is for create and start; a plugin that kept it gets an error, and the checking host says so.
bool is_open(const InitHandle& init, const char* function) noexcept {
    if (init.thread.load(std::memory_order_acquire) == thread_id()) return true;
    report(*init.plugin, "tenon_init was used outside of start-up: ", function);
    return false;
}

// The same for tenon_plugin, from create until stop has returned.
bool is_running(const Plugin& plugin, const char* function) noexcept {
    if (plugin.usable.load(std::memory_order_acquire)) return true;
    report(plugin, "tenon_plugin was used after stop: ", function);
    return false;
}

// Keeps the reason for the report, should the plugin give up because of it.
std::int32_t refuse(InitHandle& init, std::int32_t status, base::Problem problem) {
    init.said = std::move(problem);
    return status;
}

tenon_plugin* init_plugin(tenon_init* raw) noexcept {
    return is_open(of(raw), "plugin") ? &of(raw).plugin->handle : nullptr;
}

const loader::Contract* user_contract_with(const Plugin& plugin, std::string_view service) {
    for (const loader::Contract& contract : plugin.contracts)
        if (contract.service(service) != nullptr) return &contract;
    return nullptr;
}

loader::CompareOptions options_of(const Plugin& plugin, const loader::Contract& own) {
    loader::CompareOptions options;
    options.optional_tail = tail_is_optional(plugin, own.id);
    return options;
}

std::int32_t init_service(tenon_init* raw, tenon_str id, tenon_service** out) noexcept {
    InitHandle& init = of(raw);
    if (out == nullptr || !is_open(init, "service")) return out == nullptr ? TENON_E_INVALID : TENON_E_STATE;
    return barrier([&] {
        const std::string_view name = view_of(id);
        Host& host = init.plugin->host;
        const loader::Contract* const own = user_contract_with(*init.plugin, name);
        if (own == nullptr)
            return refuse(init, TENON_E_NOT_FOUND,
                          {"", fmt::format("service {} is in no contract of this plugin's note", name), ""});
        const Offered* const offered = host.catalogue().with_service(name);
        if (offered == nullptr)
            return refuse(init, TENON_E_NOT_FOUND, {"", fmt::format("nobody offers service {}", name), ""});
        if (const base::Check denied = init.plugin->deputy->may_call(name))
            return refuse(init, TENON_E_REFUSED, *denied);
        const base::Problems problems =
            loader::compare_service(*own, *own->service(name), *offered->contract, options_of(*init.plugin, *own));
        if (!problems.empty()) return refuse(init, TENON_E_MISMATCH, {"", base::to_text(problems), ""});
        *out = &host.catalogue().stub(*own->service(name), *offered);
        return std::int32_t{TENON_OK};
    });
}

std::int32_t init_hook(tenon_init* raw, tenon_str contract, tenon_str name, tenon_hook** out) noexcept {
    InitHandle& init = of(raw);
    if (out == nullptr || !is_open(init, "hook")) return out == nullptr ? TENON_E_INVALID : TENON_E_STATE;
    return barrier([&] {
        const loader::Contract* const own = contract_of(*init.plugin, view_of(contract));
        const loader::Hook* const hook = own == nullptr ? nullptr : own->hook(view_of(name));
        const Offered* const offered = init.plugin->host.catalogue().find(view_of(contract));
        if (hook == nullptr || offered == nullptr)
            return refuse(init, TENON_E_NOT_FOUND,
                          {"",
                           fmt::format("hook {}/{} is {}", view_of(contract), view_of(name),
                                       hook == nullptr ? "in no contract of this plugin's note" : "not offered"),
                           ""});
        const base::Problems problems =
            loader::compare_hook(*own, *hook, *offered->contract, options_of(*init.plugin, *own));
        if (!problems.empty()) return refuse(init, TENON_E_MISMATCH, {"", base::to_text(problems), ""});
        *out = init.plugin->host.table().find(hook_name(view_of(contract), view_of(name)));
        return std::int32_t{TENON_OK};
    });
}

tenon_str init_resource_folder(tenon_init* raw) noexcept {
    return is_open(of(raw), "resource_folder") ? borrow(of(raw).plugin->resource_folder) : tenon_str{nullptr, 0};
}
tenon_str init_data_folder(tenon_init* raw) noexcept {
    return is_open(of(raw), "data_folder") ? borrow(of(raw).plugin->data_folder) : tenon_str{nullptr, 0};
}

std::int32_t init_fail(tenon_init* raw, std::int32_t code, tenon_str text) noexcept {
    const std::int32_t status = code < 0 ? code : TENON_E_FAILED;
    if (!is_open(of(raw), "fail")) return status;
    return barrier([&] { return refuse(of(raw), status, {"", std::string(view_of(text)), ""}); });
}

void plugin_log(tenon_plugin* raw, std::uint32_t level, tenon_str text) noexcept {
    const Plugin& plugin = of(raw);
    if (is_running(plugin, "log")) plugin.host.log().write(level, plugin.id(), view_of(text));
}

// A handler that is refused: the plugin has no place for words, the log has.
std::int32_t refuse_handler(const Plugin& plugin, std::int32_t status, const base::Problem& problem) {
    plugin.host.log().write(TENON_LOG_ERROR, plugin.id(), fmt::format("a handler is refused: {}", problem.text));
    return status;
}

base::Problems misfits_of(const Plugin& plugin, const tenon_handler& handler, const tenon_hook* hook) {
    const loader::Contract* const own = contract_of(plugin, view_of(handler.contract));
    const loader::Hook* const described = own == nullptr ? nullptr : own->hook(view_of(handler.hook));
    if (described == nullptr || hook == nullptr || !hook->contract)
        return {{"contract.no-hook",
                 fmt::format("hook {}/{} is {}", view_of(handler.contract), view_of(handler.hook),
                             described == nullptr ? "in no contract of this plugin's note" : "not offered"),
                 ""}};
    return loader::compare_hook(*own, *described, *hook->contract, options_of(plugin, *own));
}

std::int32_t plugin_add_handler(tenon_plugin* raw, const tenon_handler* handler, void* self,
                                const tenon_handler_options* options, tenon_registration** out) noexcept {
    Plugin& plugin = of(raw);
    if (handler == nullptr || handler->fn == nullptr || out == nullptr) return TENON_E_INVALID;
    if (!is_running(plugin, "add_handler")) return TENON_E_STATE;
    return barrier([&] {
        const base::Result<tenon_handler_options> known = read_options(options);
        if (!known) return refuse_handler(plugin, TENON_E_INVALID, known.problem());
        tenon_hook* const hook =
            plugin.host.table().find(hook_name(view_of(handler->contract), view_of(handler->hook)));
        if (const base::Problems problems = misfits_of(plugin, *handler, hook); !problems.empty())
            return refuse_handler(plugin,
                                  problems.front().id == "contract.no-hook" ? TENON_E_NOT_FOUND : TENON_E_MISMATCH,
                                  host::joined(problems));
        const manifest::HookUse use = use_of(known.value());
        base::Result<tenon_registration*> added = add_handler(
            *hook, {handler->fn, self, &plugin, place_of(plugin.id(), std::string(view_of(known.value().name)), use),
                    settings_for(plugin, *hook, use)});
        if (!added) return refuse_handler(plugin, TENON_E_INVALID, added.problem());
        if (added.value() == nullptr) return std::int32_t{TENON_E_STATE};
        *out = added.value();
        return std::int32_t{TENON_OK};
    });
}

std::int32_t plugin_remove_handler(tenon_plugin* raw, tenon_registration* registration, std::uint32_t wait) noexcept {
    Plugin& plugin = of(raw);
    if (!is_running(plugin, "remove_handler")) return TENON_E_STATE;
    return barrier([&] { return plugin.host.table().remove(registration, &plugin, nullptr, wait != 0); });
}

// One call of run or request: counted in the plugin, and known to the thread as long as it lasts.
class BodyHold {
public:
    BodyHold(Plugin& plugin, Slot& slot) noexcept : plugin_(plugin), slot_(slot), node_{&plugin, slot.bodies} {
        slot_.bodies = &node_;
        plugin_.bodies.fetch_add(1, std::memory_order_seq_cst);  // before the question whether it may run
    }
    ~BodyHold() {
        plugin_.bodies.fetch_sub(1, std::memory_order_release);
        slot_.bodies = node_.outer;
    }
    BodyHold(const BodyHold&) = delete;
    BodyHold& operator=(const BodyHold&) = delete;

private:
    Plugin& plugin_;
    Slot& slot_;
    Body node_;
};

std::int32_t plugin_run(tenon_plugin* raw, std::int32_t (*body)(void*, tenon_call*), void* data) noexcept {
    Plugin& plugin = of(raw);
    if (body == nullptr) return TENON_E_INVALID;
    Slot* const slot = slot_of_this_thread();
    if (slot == nullptr) return TENON_E_NO_MEMORY;
    const BodyHold hold(plugin, *slot);
    if (!is_running(plugin, "run")) return TENON_E_STATE;
    return barrier([&] {
        Shared shared(plugin.host.settings().arena_limit);
        tenon_scope scope(&shared);
        Level call;
        call.ops = &call_operations;
        call.scope = &scope;
        return body(data, &call);
    });
}

std::int32_t plugin_journal(tenon_plugin* raw, tenon_bytes entry) noexcept {
    Plugin& plugin = of(raw);
    if (entry.size != 0 && entry.data == nullptr) return TENON_E_INVALID;
    if (!is_running(plugin, "journal")) return TENON_E_STATE;
    return barrier([&] { return plugin.journal.add({static_cast<const char*>(entry.data), entry.size}); });
}

constexpr tenon_init_ops all_init_ops = {
    sizeof(tenon_init_ops), 0, init_plugin, init_service, init_hook, init_resource_folder, init_data_folder, init_fail};
// Of the innermost of the plugin's calls that this thread is in.
sandbox::broker::Deadline deadline_here(const Plugin& plugin) noexcept {
    const Slot* const slot = current_slot;
    for (std::uint32_t i = slot != nullptr ? slot->depth : 0; i > 0; --i) {
        const Level& level = slot->levels[i - 1];
        if (level.runs() && level.handler().plugin == &plugin)
            return level.scope->shared->deadline_ns.load(std::memory_order_relaxed);
    }
    return sandbox::broker::no_deadline;
}

std::int32_t plugin_request(tenon_plugin* raw, const tenon_request* request, tenon_take_fn take, void* data) noexcept {
    if (request == nullptr || request->struct_size < sizeof(tenon_request)) return TENON_E_INVALID;
    return request_until(raw, *request, take, data, deadline_here(of(raw)));
}

constexpr tenon_plugin_ops all_plugin_ops = {sizeof(tenon_plugin_ops), 0,          plugin_log,     plugin_add_handler,
                                             plugin_remove_handler,    plugin_run, plugin_journal, plugin_request};

}  // namespace

std::int32_t request_until(tenon_plugin* raw, const tenon_request& request, tenon_take_fn take, void* data,
                           std::uint64_t until_ns) noexcept {
    Plugin& plugin = of(raw);
    Slot* const slot = slot_of_this_thread();
    if (slot == nullptr) return TENON_E_NO_MEMORY;
    const BodyHold hold(plugin, *slot);  // the code that takes the answer must not go meanwhile
    if (!is_running(plugin, "request")) return TENON_E_STATE;
    return barrier([&] { return plugin.deputy->act(request, {take, data}, until_ns); });
}

const tenon_init_ops* init_ops() noexcept {
    return &all_init_ops;
}
const tenon_plugin_ops* plugin_ops() noexcept {
    return &all_plugin_ops;
}

}  // namespace tenon::host
