#include "host/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "host/attach.h"
#include "host/budget.h"
#include "host/deputy.h"
#include "host/host.h"
#include "host/plugin_call.h"
#include "host/slots.h"
#include "host/text.h"
#include "host/worker.h"

namespace tenon::host {

namespace {

// The same with tenon_init open for this thread.
template <class Function>
std::int32_t with_init(Plugin& plugin, Function&& function) noexcept {
    plugin.init.thread.store(thread_id(), std::memory_order_release);
    const std::int32_t status = guarded(plugin, function);
    plugin.init.thread.store(0, std::memory_order_release);
    return status;
}

base::Check verdict(const Plugin& plugin, std::int32_t status, const char* id, const char* what) {
    if (status >= 0) return {};
    const std::string words =
        plugin.init.said ? plugin.init.said->text : fmt::format("it returned {} without a reason", status);
    return base::Problem{id, fmt::format("{}: {} failed: {}", plugin.name(), what, words),
                         "The plugin said no itself; see its documentation."};
}

}  // namespace

base::Check offer_contracts(Host& host, Plugin& plugin) {
    return host.catalogue().offer(plugin.contracts_offered(), &plugin);
}

void withdraw_contracts(Host& host, Plugin& plugin) {
    host.catalogue().withdraw(&plugin);
}

base::Check make_folders(Host& host, Plugin& plugin) {
    plugin.resource_folder = plugin.staged->resources;
    plugin.data_folder = host.settings().data_folder + "/" + plugin.id();
    plugin.deputy = std::make_unique<Deputy>(plugin);
    return base::make_folder(plugin.data_folder);
}

base::Check create(Host&, Plugin& plugin) {
    plugin.usable.store(true, std::memory_order_release);
    const auto function = slots_of(plugin).create;
    if (function != nullptr) {
        plugin.self = plugin.module->self();
        const std::int32_t status = with_init(plugin, [&] { return function(&plugin.init, &plugin.self); });
        if (base::Check problem = verdict(plugin, status, "plugin.create-failed", "create")) return problem;
    }
    plugin.created = true;
    return {};
}

void destroy(Plugin& plugin) {
    if (!plugin.created) return;
    plugin.created = false;
    if (const auto function = slots_of(plugin).destroy; function != nullptr)
        guarded(plugin, [&] { return function(plugin.self), TENON_OK; });
    plugin.self = nullptr;
}

base::Check start(Host&, Plugin& plugin) {
    const auto function = slots_of(plugin).start;
    if (function != nullptr) {
        const std::int32_t status = with_init(plugin, [&] { return function(plugin.self, &plugin.init); });
        if (base::Check problem = verdict(plugin, status, "plugin.start-failed", "start")) return problem;
    }
    plugin.started = true;
    if (plugin.ward != nullptr) plugin.ward->begin_service();
    plugin.state.store(TENON_STATE_STARTED, std::memory_order_release);
    return {};
}

void stop(Plugin& plugin) {
    if (!plugin.started) return;
    plugin.started = false;
    const auto function = slots_of(plugin).stop;
    if (function == nullptr) return;
    const std::int32_t status = guarded(plugin, [&] { return function(plugin.self); });
    if (status < 0) plugin.host.log().write(TENON_LOG_ERROR, plugin.id(), fmt::format("stop failed with {}", status));
}

namespace {

const char* at(const tenon_span& span, std::uint64_t index) {
    return static_cast<const char*>(span.data) + index * span.stride;
}

const manifest::HookUse* use_of(const Plugin& plugin, const tenon_handler& handler) {
    for (const manifest::HookUse& use : plugin.manifest->hooks)
        if (use.contract == view_of(handler.contract) && use.name == view_of(handler.hook)) return &use;
    return nullptr;
}

// Its name among the handlers of the plugin is the hook's.
PlacedHandler placed(Host& host, Plugin& plugin, const tenon_handler& handler, std::uint64_t index) {
    tenon_hook& point = host.table().point(hook_name(view_of(handler.contract), view_of(handler.hook)));
    const manifest::HookUse* const stated = use_of(plugin, handler);
    const manifest::HookUse use = stated != nullptr ? *stated : manifest::HookUse{};
    NewHandler made{handler.fn, plugin.module->self_of_handler(index, plugin.self), &plugin,
                    place_of(plugin.id(), std::string(view_of(handler.hook)), use), settings_for(plugin, point, use)};
    return {&point, std::move(made)};
}

// fit.cc has seen that there is one.
const loader::Service* described_by(const Plugin& plugin, std::string_view id) {
    for (const loader::Contract& contract : plugin.contracts)
        if (const loader::Service* const service = contract.service(id)) return service;
    return nullptr;
}

// What the methods of its service number `service` are called with.
SelfOf selves_of(Plugin& plugin, std::uint64_t service) {
    return [&plugin, service](std::uint64_t method) {
        return plugin.module->self_of_method(service, method, plugin.self);
    };
}

}  // namespace

base::Check publish(Host& host, Plugin& plugin) {
    const tenon_entry_block& entry = plugin.module->entry();
    for (std::uint64_t i = 0; i < entry.services.count; ++i) {
        const auto& functions = *reinterpret_cast<const tenon_service_table*>(at(entry.services, i));
        const loader::Service& described = *described_by(plugin, view_of(functions.id));
        if (base::Check problem =
                host.catalogue().provide(functions, described, *host.catalogue().with_service(described.id),
                                         selves_of(plugin, i), &plugin, plugin.id()))
            return problem;
    }
    for (std::uint64_t i = 0; i < entry.handlers.count; ++i) {
        const auto& handler = *reinterpret_cast<const tenon_handler*>(at(entry.handlers, i));
        PlacedHandler made = placed(host, plugin, handler, i);
        base::Result<tenon_registration*> added = add_handler(*made.point, std::move(made.handler));
        if (!added) return added.problem();
    }
    return {};
}

std::vector<PlacedHandler> placed_handlers(Host& host, Plugin& plugin) {
    const tenon_entry_block& entry = plugin.module->entry();
    std::vector<PlacedHandler> all;
    for (std::uint64_t i = 0; i < entry.services.count; ++i) {
        const auto& functions = *reinterpret_cast<const tenon_service_table*>(at(entry.services, i));
        const loader::Service& described = *described_by(plugin, view_of(functions.id));
        for (PlacedHandler& method :
             host.catalogue().methods(functions, described, *host.catalogue().with_service(described.id),
                                      selves_of(plugin, i), &plugin, plugin.id()))
            all.push_back(std::move(method));
    }
    for (std::uint64_t i = 0; i < entry.handlers.count; ++i)
        all.push_back(placed(host, plugin, *reinterpret_cast<const tenon_handler*>(at(entry.handlers, i)), i));
    return all;
}

std::vector<std::string> services_of(const Plugin& plugin) {
    std::vector<std::string> ids;
    const tenon_entry_block& entry = plugin.module->entry();
    for (std::uint64_t i = 0; i < entry.services.count; ++i)
        ids.emplace_back(view_of(reinterpret_cast<const tenon_service_table*>(at(entry.services, i))->id));
    return ids;
}

void unpublish(Host& host, Plugin& plugin) {
    // First, so that a call in between finds the service gone, and not a method missing.
    for (const auto& service : host.catalogue().provided_by(plugin)) {
        service->provided.store(false, std::memory_order_release);
        service->provider = nullptr;
    }
    host.table().withdraw_all(plugin);
}

}  // namespace tenon::host
