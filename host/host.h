// The host object: settings, log, hook table, catalogue of contracts, plugins.
#pragma once

#include <tenon/host.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/catalogue.h"
#include "host/log.h"
#include "host/plugin.h"
#include "host/table.h"
#include "loader/system.h"
#include "manifest/plan.h"

namespace tenon::host {

struct Settings {
    bool check = false;
    std::string private_folder;  // of this host alone
    std::string data_folder;
    std::uint64_t drain_timeout_ns = 0;
    std::uint64_t arena_limit = 0;
    std::string cache_file;
    manifest::System system;  // who the host is; the rest is known when a plan is made
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

    // Copies the options and makes the folders. Problem: "file.unwritable", "host.bad-options".
    static base::Result<std::unique_ptr<tenon_host>> create(const tenon_host_options* options);

    const Settings& settings() const { return settings_; }
    const Log& log() const { return log_; }
    Table& table() { return table_; }
    Catalogue& catalogue() { return catalogue_; }
    // In load order; records of plugins that are gone stay (plugin.h says why). Loader's turn.
    std::vector<std::unique_ptr<Plugin>>& plugins() { return plugins_; }
    // nullptr if no plugin of that id is active. Loader's turn.
    Plugin* active(std::string_view id);
    // The active plugin that has this id, or provides it, in a version that is admitted; nullptr if none does. Loader's
    // turn.
    Plugin* meets(const manifest::Dependency& dependency);
    // What runs here; asked at first use. Loader's turn.
    const loader::System& system();
    std::uint32_t next_generation() { return ++generations_; }

    // A plugin did what the ABI forbids. Counted and logged.
    void violation(std::string_view plugin, std::string_view text) noexcept;
    std::uint64_t violations() const { return violations_.load(std::memory_order_relaxed); }

    // Loading, unloading and offering, one at a time: not a lock, because foreign code runs meanwhile. taken() is false
    // when another thread, or a plugin's start-up further up on this one, has it.
    class Turn {
    public:
        explicit Turn(Host& host) : host_(host), taken_(!host.busy_.exchange(true, std::memory_order_acquire)) {}
        ~Turn() {
            if (taken_) host_.busy_.store(false, std::memory_order_release);
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        bool taken() const { return taken_; }

    private:
        Host& host_;
        const bool taken_;
    };

private:
    const Settings settings_;
    const Log log_;
    std::atomic<bool> busy_{false};
    std::atomic<std::uint64_t> violations_{0};
    std::uint32_t generations_ = 0;
    std::unique_ptr<loader::System> system_;
    Table table_;
    Catalogue catalogue_;
    std::vector<std::unique_ptr<Plugin>> plugins_;
};

}  // namespace tenon::host

struct tenon_host : tenon::host::Host {
    using Host::Host;
};
