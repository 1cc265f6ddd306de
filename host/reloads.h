// What a host remembers of its reloads, and the threads that go on with them: one that ends probations and tries again
// to retire what was still in use, one that watches files.
#pragma once

#include <tenon/reload.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "host/probation.h"
#include "loader/watch.h"

namespace tenon::host {

class Host;
class Plugin;

// Functions say whose turn they need; without a word they may be called on any thread. No lock is held while foreign
// code runs.
class Reloads {
public:
    static constexpr std::size_t most_records = 256;

    explicit Reloads(Host& host) : host_(host) {}
    ~Reloads() { stop(); }
    Reloads(const Reloads&) = delete;
    Reloads& operator=(const Reloads&) = delete;

    // Ends the threads. Not to be called by them.
    void stop() noexcept;
    bool stopping() const noexcept { return stopping_.load(std::memory_order_relaxed); }

    std::uint64_t next_number() noexcept { return numbers_.fetch_add(1, std::memory_order_relaxed) + 1; }
    // Keeps the record in the place of the one with its number, and tells it to who listens.
    void keep(const ReloadRecord& record);
    void visit(std::string_view plugin, const std::function<void(const ReloadRecord&)>& visit) const;
    void listen(tenon_reload_fn fn, void* data);
    // A generation that a reload has ended has been closed, or is still held up.
    void note_retired(const Plugin& plugin);

    // So that nothing can fail for want of a thread or memory once a build serves. Throws std::system_error,
    // std::bad_alloc.
    void prepare();
    // Loader's turn. The thread ends it when its time has come.
    void put_on_probation(Probation probation);
    std::optional<Probation> take_probation(std::string_view plugin);
    // Somebody is to look again at what could not be retired.
    void try_again();
    // A worker has ended, and is to be started again when its time has come.
    void wake_for_workers();

    // Watching. TENON_E_STATE when it goes on already. Problem: "watch.unwatchable".
    base::Check watch(const tenon_watch_options& options);
    void unwatch() noexcept;
    bool watching() const noexcept { return watching_.load(std::memory_order_relaxed); }
    // The files of the active plugins, from now on. Loader's turn.
    void watch_active();

private:
    void ensure_thread();
    void run() noexcept;
    bool turn();
    void look_at_workers();
    void run_watch() noexcept;
    void reload_changed(const std::string& path);

    Host& host_;
    std::atomic<std::uint64_t> numbers_{0};
    std::atomic<bool> stopping_{false};

    mutable std::mutex lock_;  // guards what follows
    std::condition_variable wake_;
    std::deque<ReloadRecord> records_;
    tenon_reload_fn listener_ = nullptr;
    void* listener_data_ = nullptr;
    std::vector<Probation> probations_;
    bool again_ = false;
    std::uint64_t workers_due_ = 0;  // when a worker is to be looked at; 0: never
    std::thread thread_;

    std::mutex watch_lock_;  // guards starting and ending of the watching
    std::atomic<bool> watching_{false};
    tenon_watch_options watch_options_{};
    std::unique_ptr<loader::Watch> watch_;
    std::vector<std::string> watched_;  // loader's turn
    std::thread watcher_;
};

}  // namespace tenon::host
