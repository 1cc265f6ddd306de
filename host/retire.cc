#include "host/retire.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "host/deputy.h"
#include "host/host.h"
#include "host/lifecycle.h"
#include "host/slots.h"
#include "host/worker.h"
#include "loader/mapping.h"

namespace tenon::host {

namespace {

std::string calls_in(const std::vector<Straggler>& stragglers) {
    std::string calls;
    for (const Straggler& call : stragglers)
        calls += fmt::format("{}thread {} in {}", calls.empty() ? "" : ", ", call.thread, call.point);
    return calls;
}

base::Problem still_running(const Plugin& plugin, const std::vector<Straggler>& stragglers) {
    return {"unload.busy",
            fmt::format("{} is out of service but stays mapped: {}", plugin.name(), calls_in(stragglers)),
            "It is unloaded by tenon_host_collect once these calls have returned."};
}

// Out of service, but its code is still in use; the first cause of it all comes first.
bool held_up(Plugin& plugin, base::Problem why) {
    plugin.problems.clear();
    if (plugin.cause) plugin.problems.push_back(*plugin.cause);
    plugin.problems.push_back(std::move(why));
    plugin.state = TENON_STATE_RETIRED;
    return false;
}

// What becomes of a worker whose calls outlast the wait for them.
enum class Worker { is_left, is_killed };
// So much of the patience is left then, and at least so long calls have to come back.
constexpr std::uint64_t share_for_coming_back = 8;
constexpr std::uint64_t coming_back_ns = 1'000'000'000;

// False where there is no worker that could be killed.
bool dismiss(Plugin& plugin, const std::string& because) {
    if (plugin.ward == nullptr || plugin.ward->client == nullptr) return false;
    if (plugin.ward->client->has_ended()) return true;
    const base::Problem why{"worker.unloaded",
                            fmt::format("{}: its worker was ended to unload it, because of {}", plugin.name(), because),
                            "Mend the plugin, or have unloading wait longer (tenon_host_options.drain_timeout_ns)."};
    plugin.host.log().write(TENON_LOG_ERROR, plugin.id(), why.text);
    plugin.ward->dismiss(why);
    plugin.ward->stop_requests();
    return true;
}

// Calls that wait for an answer to a request come back without one; false where there are none.
bool gives_up_requests(Plugin& plugin) {
    if (plugin.deputy == nullptr || !plugin.deputy->is_asked()) return false;
    plugin.deputy->stop();
    return true;
}

// Waits for the plugin's withdrawn handlers; false, with the plugin retired, when they go on.
bool drained(Host& host, Plugin& plugin, std::uint64_t timeout_ns, Worker worker) {
    plugin.gate.close();
    const auto its_own = [&](const tenon_registration& registration) { return registration.plugin == &plugin; };
    const bool may_kill = worker == Worker::is_killed && plugin.ward != nullptr;
    const std::uint64_t rest = may_kill ? timeout_ns / share_for_coming_back : 0;
    if (host.table().wait(its_own, timeout_ns - rest)) return true;
    if (may_kill && dismiss(plugin, "calls that went on: " + calls_in(host.table().stragglers(its_own))) &&
        host.table().wait(its_own, std::max(rest, coming_back_ns)))
        return true;
    if (!may_kill && gives_up_requests(plugin) && host.table().wait(its_own, timeout_ns != 0 ? coming_back_ns : 0))
        return true;
    return held_up(plugin, still_running(plugin, host.table().stragglers(its_own)));
}

bool no_body_runs(const Plugin& plugin, std::uint64_t timeout_ns) {
    const std::uint64_t begun = now_ns();
    while (plugin.bodies.load(std::memory_order_seq_cst) != 0) {
        if (now_ns() - begun >= timeout_ns) return false;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    return true;
}

// A body that the plugin's own thread runs (tenon_plugin_ops.run, .request) outlives stop only against the rules.
bool bodies_ended(Plugin& plugin, Worker worker) {
    if (no_body_runs(plugin, 0)) return true;
    if (worker == Worker::is_killed && dismiss(plugin, "a thread of its own in tenon_plugin run or request") &&
        no_body_runs(plugin, coming_back_ns))
        return true;
    return held_up(plugin, {"unload.thread-left",
                            fmt::format("{} is out of service but stays mapped: a thread of its own is in tenon_plugin "
                                        "run or request",
                                        plugin.name()),
                            "A plugin's stop must end its threads before it returns."});
}

// dlclose's word is not taken for it: an image that is still mapped makes the plugin retired, with the reason.
void close(Plugin& plugin) {
    plugin.state = plugin.cause ? TENON_STATE_FAILED : TENON_STATE_UNLOADED;
    plugin.problems.clear();
    if (plugin.cause) plugin.problems.push_back(*plugin.cause);
    if (plugin.module) {
        const bool by_wish = plugin.manifest->unload == manifest::Unload::retire;
        const bool keep = by_wish || plugin.host.settings().reload.never_unmap;
        const loader::Module::Unmapped verdict =
            by_wish ? plugin.module->retire()
            : keep  ? plugin.module->retire("the host never unmaps (TENON_RELOAD_NEVER_UNMAP)")
                    : plugin.module->close();
        plugin.module.reset();
        if (!verdict.gone) {
            plugin.state = TENON_STATE_RETIRED;
            plugin.left_mapped = keep ? std::string() : verdict.path;
            plugin.problems.push_back({verdict.reason_id, fmt::format("{}: {}", plugin.name(), verdict.why),
                                       keep
                                           ? "Nothing needs to be done."
                                           : "Build the plugin with tenon_add_plugin(), and end its threads in stop."});
        }
    }
    if (plugin.ward != nullptr) plugin.ward->prepared.reset();
    if (plugin.staged) loader::unstage(*plugin.staged);
    plugin.staged.reset();
    if (plugin.previous) loader::unstage(*plugin.previous);  // nobody will go back from here
    plugin.previous.reset();
    plugin.image = {};
    plugin.contracts.clear();
}

// From "out of service" to "out of memory"; begins again where it was held up before.
bool finish(Host& host, Plugin& plugin, std::uint64_t timeout_ns, Worker worker = Worker::is_left) {
    plugin.state.store(TENON_STATE_QUIESCING, std::memory_order_release);
    if (!drained(host, plugin, timeout_ns, worker)) return false;
    if (plugin.deputy != nullptr) plugin.deputy->stop();  // its stop may wait for threads that wait for an answer
    stop(plugin);
    plugin.usable.store(false, std::memory_order_seq_cst);  // then the bodies are counted (plugin_ops.cc)
    plugin.state.store(TENON_STATE_STOPPED, std::memory_order_release);
    if (plugin.ward != nullptr && plugin.ward->client != nullptr) plugin.ward->client->give_up_answers();
    plugin.owed.give_up();
    unpublish(host, plugin);  // what it added meanwhile
    if (!drained(host, plugin, timeout_ns, worker) || !bodies_ended(plugin, worker)) return false;
    destroy(plugin);
    withdraw_contracts(host, plugin);
    host.table().forget_handles(plugin);
    host.table().reclaim();
    close(plugin);
    if (plugin.reload != 0) host.reloads().note_retired(plugin);
    return true;
}

bool needs(const Plugin& dependant, const Plugin& plugin) {
    const manifest::Manifest& manifest = *dependant.manifest;
    for (const manifest::Dependency& dependency : manifest.dependencies)
        if (dependency.id == plugin.id() || meets(plugin, dependency)) return true;
    return std::any_of(manifest.contracts.begin(), manifest.contracts.end(), [&](const auto& use) {
        const loader::Contract* const offered = contract_of(plugin, use.id);
        return offered != nullptr && offered->offered;
    });
}

base::Check may_unload(Host& host, const Plugin& plugin) {
    for (const std::unique_ptr<Plugin>& other : host.plugins())
        if (other->is_active() && other.get() != &plugin && needs(*other, plugin))
            return base::Problem{"unload.depended-on", fmt::format("{} is needed by {}", plugin.name(), other->name()),
                                 fmt::format("Unload {} first.", other->id())};
    const std::string inside = where_inside(host, plugin);
    if (inside.empty()) return {};
    return base::Problem{"unload.from-inside",
                         fmt::format("{} cannot be unloaded from inside its own {}", plugin.name(), inside),
                         "Unload it after the call has returned, or on another thread."};
}

}  // namespace

void give_back(Host& host, Plugin& plugin, base::Problem why) {
    plugin.state = TENON_STATE_QUIESCING;
    unpublish(host, plugin);
    plugin.cause = std::move(why);
    finish(host, plugin, host.settings().drain_timeout_ns, Worker::is_killed);
}

bool retire(Host& host, Plugin& plugin, std::uint64_t timeout_ns) {
    plugin.state.store(TENON_STATE_QUIESCING, std::memory_order_release);
    return finish(host, plugin, timeout_ns) && plugin.state == TENON_STATE_UNLOADED;
}

std::string where_inside(Host& host, const Plugin& plugin) {
    return runs_body_here(&plugin) ? "thread" : host.table().inside(&plugin);
}

base::Result<Row> unload(Host& host, std::string_view id) {
    if (std::optional<Probation> probation = host.reloads().take_probation(id)) trust(host, *probation);
    Plugin* const plugin = host.active(id);
    if (plugin == nullptr)
        return base::Problem{"unload.unknown", fmt::format("no plugin {} is active", id),
                             "tenon_host_plugins lists those that are."};
    if (base::Check problem = may_unload(host, *plugin)) return *problem;
    plugin->state.store(TENON_STATE_QUIESCING, std::memory_order_release);
    unpublish(host, *plugin);
    finish(host, *plugin, host.settings().drain_timeout_ns, Worker::is_killed);
    return plugin->row();
}

void look_again(Host& host) {
    for (const std::unique_ptr<Plugin>& plugin : host.plugins()) {
        if (plugin->left_mapped.empty() || loader::find_mapping(plugin->left_mapped)) continue;
        plugin->left_mapped.clear();
        plugin->state = plugin->cause ? TENON_STATE_FAILED : TENON_STATE_UNLOADED;
        plugin->problems.clear();
        if (plugin->cause) plugin->problems.push_back(*plugin->cause);
        if (plugin->reload != 0) host.reloads().note_retired(*plugin);
    }
}

std::int32_t collect(Host& host) {
    look_again(host);
    std::int32_t left = 0;
    for (const std::unique_ptr<Plugin>& plugin : host.plugins())
        if (plugin->module && !plugin->is_active() && plugin->state != TENON_STATE_STARTED)  // that one stands by
            left += !where_inside(host, *plugin).empty() || !finish(host, *plugin, 0) ? 1 : 0;
    return left;
}

bool retire_all(Host& host) noexcept {
    bool all = true;
    std::vector<std::unique_ptr<Plugin>>& plugins = host.plugins();
    for (auto at = plugins.rbegin(); at != plugins.rend(); ++at) {
        Plugin& plugin = **at;
        if (!plugin.module) continue;
        plugin.state.store(TENON_STATE_QUIESCING, std::memory_order_release);
        unpublish(host, plugin);
        if (finish(host, plugin, host.settings().drain_timeout_ns, Worker::is_killed)) continue;
        host.log().write(TENON_LOG_ERROR, plugin.id(), plugin.row().joined().text);
        all = false;
    }
    return all;
}

}  // namespace tenon::host
