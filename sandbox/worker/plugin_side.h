// The plugin as its worker has it: the loaded library, and what it is given in place of a host.
#pragma once

#include <tenon/plugin.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "loader/module.h"
#include "sandbox/confine/start.h"
#include "sandbox/contracts.h"
#include "sandbox/worker/control.h"
#include "sandbox/worker/lane.h"

namespace tenon::sandbox::worker {

class PluginSide;

// A function of the plugin that the host can call; its address is the number that the host knows it by.
struct Function {
    tenon_handler_fn fn = nullptr;
    void* self = nullptr;
    bool own_self = false;  // what it was added with; otherwise the plugin's instance
    Types types;
};

// What the plugin holds as tenon_plugin and as tenon_init; both as long as the worker lives.
struct PluginHandle : tenon_plugin {
    PluginSide* side = nullptr;
};
struct InitHandle : tenon_init {
    PluginSide* side = nullptr;
};

// What it holds of the host's: numbers, and what crosses with them.
struct HookHandle {
    std::uint64_t target = 0;
    std::uint32_t kind = 0;
    Types types;
};
struct ServiceHandle {
    std::uint64_t target = 0;
    std::vector<Types> methods;  // in the plugin's order
};
struct RegistrationHandle {
    std::uint64_t target = 0;
    Function* function = nullptr;
};
struct PendingHandle : tenon_pending {
    PluginSide* side = nullptr;
    std::uint64_t target = 0;
    Types types;
    base::Arena arena{std::uint64_t{1} << 32};
};

const tenon_init_ops* init_ops() noexcept;
const tenon_plugin_ops* plugin_ops() noexcept;
const tenon_pending_ops* pending_ops() noexcept;

// `run` and `with_lane` on any thread, the rest on the main thread.
class PluginSide {
public:
    explicit PluginSide(Order order);

    // Binds the process by the order's policy, if it has one, while there is one thread. A problem is the answer when
    // the host has the plugin loaded. `parent` is the host.
    void confine(pid_t parent, int groups);

    // Runs a call of the host, and ends it.
    void run(Lane& lane, const Letter& letter) noexcept;
    bool is_closed() const noexcept { return closed_.load(std::memory_order_relaxed); }

    // Calls `use(Lane&)` with the lane that the thread is on, or else with one upwards.
    template <class Use>
    auto with_lane(Use&& use) noexcept {
        if (Lane* const current = Lane::current()) return use(*current);
        Lane& lane = claim();
        const Lane::On on(lane);
        const Release release{*this, lane};
        return use(lane);
    }

    // On the control thread: a lane upwards has come; an annex for one of them.
    void add_upward(std::unique_ptr<Lane> lane);
    Lane* upward(std::uint32_t number);

    const Contracts& contracts() const { return *contracts_; }
    const std::vector<loader::Contract>& own_contracts() const { return own_; }
    // Kept as long as the worker lives.
    HookHandle& keep(HookHandle handle);
    ServiceHandle& keep(ServiceHandle handle);
    tenon_str keep(std::string text);
    PluginHandle& handle() noexcept { return plugin_; }

private:
    struct Release {
        PluginSide& side;
        Lane& lane;
        ~Release() { side.release(lane); }
    };
    Lane& claim() noexcept;
    void release(Lane& lane) noexcept;

    base::Check load();
    base::Check load_library();
    const std::string& library() const noexcept { return is_confined_ ? start_.library : order_.library; }
    Entry describe();
    void answer_open(Lane& lane, std::uint64_t call) noexcept;
    void run_slot(Lane& lane, const Letter& letter) noexcept;
    void close() noexcept;

    const Order order_;
    Start start_;
    bool is_confined_ = false;
    base::Check unconfined_;  // why it is not, though it should be
    std::optional<Contracts> contracts_;
    std::vector<loader::Contract> own_;
    std::optional<loader::Module> module_;
    tenon_lifecycle slots_{};
    void* self_ = nullptr;
    PluginHandle plugin_;
    InitHandle init_;
    std::atomic<bool> closed_{false};
    std::deque<Function> functions_;  // of the entry

    std::mutex lock_;  // guards what follows
    std::condition_variable freed_;
    std::vector<std::unique_ptr<Lane>> upward_;
    std::vector<Lane*> free_;
    std::uint32_t rung_ = 0;  // lanes that were asked for
    std::deque<HookHandle> hooks_;
    std::deque<ServiceHandle> services_;
    std::deque<std::string> texts_;
};

}  // namespace tenon::sandbox::worker
