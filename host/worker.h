// A plugin's worker, as the host has it: whether there is one, what its calls may take, and what becomes of the plugin
// when it ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "loader/module.h"
#include "sandbox/client.h"

namespace tenon::host {

class Host;
class Plugin;

// Workers end and are started again: after a while that doubles, from 50 ms, +-20 %, three times in a minute; then the
// plugin stays down.
inline constexpr std::uint64_t first_pause_ns = 50'000'000;
inline constexpr std::uint64_t clearing_ns = 5'000'000;  // for calls that are ending
inline constexpr std::size_t most_restarts = 3;
inline constexpr std::uint64_t restarts_within_ns = 60'000'000'000;

// Of one plugin. Lives longer than its module.
class Ward final : public sandbox::Superior {
public:
    explicit Ward(Plugin& plugin);
    ~Ward() override;
    Ward(const Ward&) = delete;
    Ward& operator=(const Ward&) = delete;

    sandbox::Limits limits(const tenon_call* call) noexcept override;
    void lost(const tenon_call* call) noexcept override;
    std::int32_t fail(tenon_call* call, std::int32_t code, const base::Problem& why) noexcept override;
    void printed(std::string_view line) noexcept override;
    void last_words(std::string_view text) noexcept override;
    void ending() noexcept override { set_down(true); }
    void ended(const base::Problem& why) noexcept override;
    std::int32_t request(tenon_plugin* plugin, const tenon_request& request, tenon_take_fn take, void* data,
                         std::uint64_t until_ns) noexcept override;
    bool is_of_application(std::uint32_t kind) const noexcept override;
    void stop_requests() noexcept override;
    void closed() noexcept override { attend(nullptr); }
    bool is_unused(const void* self, std::uint64_t timeout_ns) noexcept override;

    // The plugin has started: from here on calls go through, and workers that end are started again.
    void begin_service() noexcept;
    // There is no worker at present, so its handlers are skipped.
    bool is_down() const noexcept { return down_.load(std::memory_order_acquire); }
    // Loader's turn. The worker has ended, and the time has come; or when it will: 0 is never.
    bool is_due(std::uint64_t now) const;
    std::uint64_t due() const;
    // Starts it again, with create and start.
    void revive();
    // Why it stays down; nothing if it does not.
    std::optional<base::Problem> quarantine() const;

    // What its workers did and used; nothing while the plugin is not loaded. Any thread.
    struct View {
        std::uint32_t state = 0;  // TENON_WORKER_...
        sandbox::ClientUsage usage;
        std::string last_end;  // why the last one ended; may be empty
    };
    std::optional<View> view() const;
    const Plugin& plugin() const noexcept { return plugin_; }

    // Loader's turn. The worker ends, for this reason, and no other follows.
    void dismiss(base::Problem why) noexcept;

    // Loader's turn. The plugin's module; nullptr: it has gone.
    void attend(sandbox::Client* its_client) noexcept;
    sandbox::Client* client = nullptr;  // changed under the lock

private:
    void set_down(bool down) noexcept;
    base::Check start_again();

    Plugin& plugin_;
    mutable std::mutex lock_;         // guards what follows
    std::deque<std::uint64_t> ends_;  // when its workers ended, the last few
    std::uint64_t due_ = 0;
    std::optional<base::Problem> quarantine_;
    std::string last_end_;
    std::optional<base::Problem> ended_early_;  // before it served
    std::atomic<bool> serves_{false};
    std::atomic<bool> down_{false};   // its handlers are skipped
    std::atomic<bool> dying_{false};  // it speaks its last words

public:
    std::unique_ptr<sandbox::Client> prepared;  // a process that has no plugin yet; goes first, for it asks this
};

// Whether the plugin is to run in a worker: the operator's word first, then the host's options, then the manifest.
bool wants_worker(const Host& host, const Plugin& plugin);
// Starts a process for the plugin, so that it is there when the plugin has been staged. Whether that works,
// open_in_worker says.
void prepare_worker(Plugin& plugin);
// Its staged copy, loaded in a worker. Problems: those of sandbox::Client::open, "worker.no-helper".
base::Result<loader::Module> open_in_worker(Plugin& plugin);
// Starts again what is due. Loader's turn. When something will be due next; 0: nothing.
std::uint64_t revive_workers(Host& host);

// tenon-worker beside libtenon; empty: there is none.
std::string default_worker();

}  // namespace tenon::host
