// The host object: settings, log, hook table, catalogue of contracts, plugins.
#pragma once

#include <tenon/host.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "host/catalogue.h"
#include "host/listeners.h"
#include "host/log.h"
#include "host/parallel.h"
#include "host/plugin.h"
#include "host/providers.h"
#include "host/reloads.h"
#include "host/store.h"
#include "host/table.h"
#include "host/tokens.h"
#include "host/wards.h"
#include "host/watchdog.h"
#include "loader/system.h"
#include "manifest/operator.h"
#include "manifest/plan.h"
#include "sandbox/client.h"

namespace tenon::host {

struct ReloadSettings {
    bool canary_first = false;
    bool never_unmap = false;
    bool watch = false;  // from loading on
    std::string canary;  // the helper's path; empty: there is none
    std::uint64_t probation_ns = 0;
    std::uint64_t most_retired = 16;  // generations that are out of service and still mapped
};

struct WorkerSettings {
    std::uint32_t mode = TENON_WORKERS_AS_MANIFEST;
    std::vector<std::string> ids;                     // of plugins that run in workers, whatever the mode
    std::string helper;                               // the program; empty: there is none
    sandbox::Level level = sandbox::Level::standard;  // of plugins that the operator says nothing of
};

struct Settings {
    bool check = false;
    std::string private_folder;  // of this host alone
    base::Fd private_lock;       // on it, for as long as it is used
    std::string data_folder;
    std::uint64_t drain_timeout_ns = 0;
    std::uint64_t arena_limit = 0;
    std::string cache_file;
    std::string store_file;
    std::uint32_t breakers = TENON_BREAKER_CLOSED;  // what they begin with
    std::uint32_t stack_signal = 0;
    std::uint64_t watchdog_period_ns = 0;  // 0: there is none
    tenon_executor executor{};
    ReloadSettings reload;
    WorkerSettings workers;
    manifest::Operator words;  // the operator's
    manifest::System system;   // who the host is; the rest is known when a plan is made
    manifest::Policy policy;
};

// The parts of a host and nothing more: what is done with them is in load.cc and retire.cc. Parts that say "loader's
// turn" are used by whoever has the Turn; the others by any thread.
class Host {
public:
    Host(Settings settings, Log log);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    // Copies the options, makes the folders, opens the store and starts the watchdog. Problems: "file.unwritable",
    // "host.bad-options", "operator.*", "store.*".
    static base::Result<std::unique_ptr<tenon_host>> create(const tenon_host_options* options);

    // The store and the watchdog; once, before anything else. Throws std::system_error when there can be no thread.
    base::Check open();
    // Ends the watchdog, and tells the store the rest. Nothing is judged from then on.
    void close() noexcept;

    const Settings& settings() const { return settings_; }
    const Log& log() const { return log_; }
    Table& table() { return table_; }
    Catalogue& catalogue() { return catalogue_; }
    Listeners& listeners() { return listeners_; }
    Gates& gates() { return gates_; }
    // The records of the contracts that the application offers, in that order, for a canary's host. Loader's turn.
    std::vector<tenon_record>& offered_records() { return offered_records_; }
    // In load order; records of plugins that are gone stay (plugin.h says why). Loader's turn.
    std::vector<std::unique_ptr<Plugin>>& plugins() { return plugins_; }
    // Drops the records of generations that reloads have ended, once nothing of them is left. Loader's turn.
    void forget_gone();
    Reloads& reloads() { return reloads_; }
    Wards& wards() { return wards_; }
    // What all workers have in common; made at first use. Loader's turn.
    sandbox::Workshop& workshop();
    // nullptr if no plugin of that id is active. Loader's turn.
    Plugin* active(std::string_view id);
    // The active plugin that has this id, or provides it, in a version that is admitted; nullptr if none does. Loader's
    // turn.
    Plugin* meets(const manifest::Dependency& dependency);
    // What runs here; asked at first use. Loader's turn.
    const loader::System& system();
    std::uint32_t next_generation() { return ++generations_; }
    const Ticks& ticks() const { return ticks_; }
    // nullptr: nothing is kept. Any thread.
    Store* store() { return store_ ? &*store_ : nullptr; }
    // What the application provides, and what plugins may use of it. Any thread.
    Providers& providers() { return providers_; }
    Tokens& tokens() { return tokens_; }
    // Runs tasks on the application's executor, or on the host's. Any thread.
    void execute(void (*task)(void*, std::uint64_t), void* context, std::uint64_t count) noexcept;
    // The watchdog keeps an eye on the plugin from now on. `each_watched` may be called on any thread.
    void watch(Plugin& plugin);
    void each_watched(const std::function<void(Plugin&)>& visit);
    // A breaker has opened: somebody must let its probes through. Any thread.
    void note_open() noexcept { any_open_.store(true, std::memory_order_relaxed); }
    // A plugin has failed once too often. Any thread.
    void note_failed() noexcept { any_failed_.store(true, std::memory_order_relaxed); }
    bool take_failed() noexcept { return any_failed_.exchange(false, std::memory_order_relaxed); }
    bool take_open() noexcept { return any_open_.exchange(false, std::memory_order_relaxed); }

    // A plugin did what the ABI forbids. Counted and logged.
    void violation(std::string_view plugin, std::string_view text) noexcept;
    std::uint64_t violations() const { return violations_.load(std::memory_order_relaxed); }

    // Loading, unloading and offering, one at a time: not a lock, because foreign code runs meanwhile. taken() is false
    // when another thread, or a plugin's start-up further up on this one, has it.
    // The host's own thread that reloads is waited for; it does not wait itself.
    class Turn {
    public:
        enum class For : std::int32_t { caller = 1, reloads = 2 };
        explicit Turn(Host& host, For whom = For::caller) : host_(host), taken_(take(host, whom)) {}
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        bool taken() const { return taken_; }

    private:
        static bool take(Host& host, For whom);

        Host& host_;
        const bool taken_;
    };

private:
    const Settings settings_;
    const Log log_;
    std::atomic<std::int32_t> busy_{0};         // Turn::For, 0: nobody's turn
    std::atomic<std::int32_t> busy_thread_{0};  // kernel id
    std::atomic<std::uint64_t> violations_{0};
    std::uint32_t generations_ = 0;
    std::unique_ptr<loader::System> system_;
    Ticks ticks_;
    Gates gates_;
    Table table_;
    Catalogue catalogue_;
    Listeners listeners_;
    std::vector<tenon_record> offered_records_;
    std::unique_ptr<sandbox::Workshop> workshop_;
    Wards wards_;
    std::vector<std::unique_ptr<Plugin>> plugins_;
    std::mutex watched_lock_;
    std::vector<Plugin*> watched_;
    std::atomic<bool> any_open_{false};
    std::atomic<bool> any_failed_{false};
    std::optional<Store> store_;
    Providers providers_;
    Tokens tokens_;
    Executor executor_;
    Reloads reloads_;
    Watchdog watchdog_;  // last, so that its thread ends first
};

}  // namespace tenon::host

struct tenon_host : tenon::host::Host {
    using Host::Host;
};
