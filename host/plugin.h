// One loaded build of a plugin: its facts, its code, its state.
#pragma once

#include <tenon/plugin.h>
#include <tenon/request.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "host/answers.h"
#include "host/gate.h"
#include "host/handover.h"
#include "host/health.h"
#include "host/inheritance.h"
#include "host/report.h"
#include "host/table.h"
#include "loader/contract.h"
#include "loader/file_identity.h"
#include "loader/image.h"
#include "loader/module.h"
#include "loader/stage.h"
#include "manifest/manifest.h"

namespace tenon::host {

class Deputy;
class Host;
class Plugin;
class Ward;

// What plugins hold as tenon_plugin. Stays valid until the host is destroyed, so that a late thread of a plugin gets an
// error and not a fault.
struct PluginHandle : tenon_plugin {
    Plugin* plugin = nullptr;
};

// What plugins hold as tenon_init; open only while create or start runs, for the thread that runs it.
struct InitHandle : tenon_init {
    Plugin* plugin = nullptr;
    std::atomic<std::int32_t> thread{0};  // kernel id, 0: closed
    std::optional<base::Problem> said;    // by tenon_init_ops.fail
};

const tenon_plugin_ops* plugin_ops() noexcept;
const tenon_init_ops* init_ops() noexcept;
// tenon_plugin_ops.request, which ends by then (CLOCK_MONOTONIC).
std::int32_t request_until(tenon_plugin* plugin, const tenon_request& request, tenon_take_fn take, void* data,
                           std::uint64_t until_ns) noexcept;

// Changed on the loader's turn only; `state`, id(), contains() and locate() may be read on any thread while a handler
// of the plugin runs.
class Plugin {
public:
    Plugin(Host& host, std::string path);
    ~Plugin();
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    const std::string& id() const noexcept { return manifest ? manifest->id : no_id_; }
    std::string version() const { return manifest ? to_string(manifest->version) : std::string(); }
    std::string name() const;  // "id version", or the path
    std::vector<loader::Contract> contracts_offered() const;
    bool is_active() const noexcept { return state.load(std::memory_order_acquire) == TENON_STATE_ACTIVE; }
    // It runs in a worker, of which there is none at present.
    bool is_down() const noexcept;
    bool contains(const void* address) const noexcept { return module && module->contains(address); }
    // Version and path of this plugin into an error about it.
    void locate(tenon_error& error) const noexcept;
    Row row() const;

    // Refused or failed, with the reasons; what it had is given back by the caller.
    void fail(base::Problem problem);

    Host& host;
    const std::string path;
    std::atomic<std::uint32_t> state{TENON_STATE_DISCOVERED};
    base::Problems problems;
    std::uint64_t microseconds = 0;
    std::vector<After> after;   // of its plan
    loader::FileIdentity file;  // all zeros: not known
    bool cached = false;        // its image came from the cache of discovery

    // In the order in which they come to be (load.cc), and die the other way round (retire.cc).
    loader::Image image;
    std::optional<manifest::Manifest> manifest;
    std::vector<loader::Contract> contracts;  // as compiled into the plugin
    std::optional<loader::Staged> staged;
    std::unique_ptr<Deputy> deputy;  // before create; outlives the worker, whose requests it serves
    std::unique_ptr<Ward> ward;      // of a plugin that runs in a worker
    std::optional<loader::Module> module;
    std::string resource_folder;
    std::string data_folder;
    void* self = nullptr;
    bool created = false;
    bool started = false;

    // Under the table's lock.
    tenon_registration* newest = nullptr;  // of its handlers, with the withdrawn ones
    bool held_back = false;                // what it adds waits until it serves
    Handover* handover = nullptr;          // that its handlers ask

    bool withdrawn = false;                // it may register no handlers any more; under the table's lock
    std::atomic<bool> usable{false};       // tenon_plugin may be used: from create until stop has returned
    std::optional<base::Problem> cause;    // why it did not come up, while it is being given back
    std::atomic<std::uint32_t> bodies{0};  // calls of tenon_plugin_ops.run that are running
    HealthCounters health;
    Gate gate;  // for the calls of a plugin whose manifest says serialized
    Owed owed;  // answers that it has promised
    Journal journal;
    PluginHandle handle;
    InitHandle init;

    // Hot reload (reload.cc).
    std::string origin;                                // the file that it was built into; `path` may be a copy of it
    std::uint32_t generation = 0;                      // in the name of its private copy
    std::vector<std::unique_ptr<Handover>> handovers;  // one an attempt; its handlers point at them
    std::unique_ptr<Inheritance> inherited;            // the state that it was given, as long as it may look at it
    std::string left_mapped;                           // its image, while that stays in memory though it was closed
    std::optional<loader::Staged> previous;            // the copy of the build before, for a rollback
    std::vector<PlacedHandler> stood_by;               // its handlers when another generation took over
    std::uint64_t reload = 0;                          // the number of the reload that ended its service; 0: none

private:
    std::string no_id_;
};

// Whether the plugin has the id that is wanted, or provides it, in a version that is admitted.
bool meets(const Plugin& plugin, const manifest::Dependency& dependency);

// The plugin's copy of a contract; nullptr if its note has none of that id.
const loader::Contract* contract_of(const Plugin& plugin, std::string_view id);

}  // namespace tenon::host
