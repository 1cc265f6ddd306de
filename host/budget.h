// Which budget and breaker a handler begins with: the hook's default, then the manifest or the application's options,
// then the operator; each value keeps where it came from.
#pragma once

#include "host/monitor.h"
#include "host/point.h"
#include "manifest/contributions.h"

namespace tenon::host {

// What a contract says of a hook.
tenon_budget budget_of(const loader::Hook& hook) noexcept;

// Puts what is stated over what was there.
void apply(tenon_budget& budget, std::uint64_t soft_ns, std::uint64_t hard_ns, std::uint32_t share,
           std::uint32_t from) noexcept;

// Of a handler of the application.
MonitorSettings settings_for(const Host& host, const Point& point, const std::string& owner,
                             const manifest::HookUse& use);
// Of a plugin's. A plugin that is not trusted may ask for less time than the contract gives, not for more; the
// manifest's `call_time` is a hard budget wherever none is shorter.
MonitorSettings settings_for(const Plugin& plugin, const Point& point, const manifest::HookUse& use);

// How a plugin's entry names the handlers of a hook, and what its manifest says of it.
Place place_of(const std::string& owner, std::string name, const manifest::HookUse& use);

}  // namespace tenon::host
