// A plugin in a worker, as the host has it: functions with the usual signatures whose calls cross over.
//
// The rest of the host takes the client for the plugin. What the plugin asks of its host comes over a lane, and the
// client asks it in the plugin's place, on the thread whose call it is, with the very handles that a plugin is given:
// so it is judged, counted and refused as that of a plugin in process is.
#pragma once

#include <tenon/entry.h>
#include <tenon/plugin.h>
#include <tenon/request.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "loader/module.h"
#include "sandbox/client_lane.h"
#include "sandbox/contracts.h"
#include "sandbox/output.h"
#include "sandbox/policy.h"
#include "sandbox/supervisor.h"

namespace tenon::sandbox {

// How long a call may take.
struct Limits {
    std::uint64_t deadline_ns = for_ever;  // of CLOCK_MONOTONIC: the caller's, which the plugin is told
    std::uint64_t hard_ns = 0;             // what the call may take of the worker's own time; 0: any
};

// What a client needs of its host beside what every plugin gets.
class Superior {
public:
    // Of the call that runs on this thread.
    virtual Limits limits(const tenon_call* call) noexcept = 0;
    // The worker has ended during this call, which therefore fails.
    virtual void lost(const tenon_call* call) noexcept = 0;
    // Says why a call fails, in the place of the plugin. Returns `code`.
    virtual std::int32_t fail(tenon_call* call, std::int32_t code, const base::Problem& why) noexcept = 0;
    // The worker is ending, and ended() follows: calls that begin from here on would fail. On any thread, perhaps
    // twice.
    virtual void ending() noexcept {}
    // A line that the worker printed. On the supervisor's thread.
    virtual void printed(std::string_view line) noexcept = 0;
    // The end of what the worker printed, right before ended(), when a signal has ended it. On the supervisor's thread.
    virtual void last_words(std::string_view) noexcept {}
    // The worker has ended though nobody meant it to. On any thread, once for each worker that was started.
    virtual void ended(const base::Problem& why) noexcept = 0;
    // The client goes: nobody may ask it any more.
    virtual void closed() noexcept {}
    // A request of the plugin's, made in its place: tenon_plugin_ops.request, which ends by then, or when the
    // application has served it.
    virtual std::int32_t request(tenon_plugin* plugin, const tenon_request& request, tenon_take_fn take, void* data,
                                 std::uint64_t /*until_ns*/) noexcept {
        return plugin->ops->request(plugin, &request, take, data);
    }
    // Whether requests of this kind are served by the application, which takes its time.
    virtual bool is_of_application(std::uint32_t /*kind*/) const noexcept { return false; }
    // Nobody will hear the answers to requests of this worker: they end now. Loader's turn.
    virtual void stop_requests() noexcept {}
    // Waits until no call with this `self` is running, of a handler that has been removed, and none can begin. False
    // when one still is after the time. Any thread, with no lock of the client's held.
    virtual bool is_unused(const void*, std::uint64_t /*timeout_ns*/) noexcept { return true; }

protected:
    virtual ~Superior() = default;
};

// What is the same for all workers of a host.
struct Workshop {
    Supervisor supervisor;
    SpinPool spins;
};

struct ClientOptions {
    std::string helper;                 // tenon-worker
    std::string name;                   // of the plugin, for messages
    std::string library;                // the private copy
    std::string origin;                 // of which file it is a copy
    std::vector<tenon_record> own;      // the plugin's
    std::vector<tenon_record> offered;  // of the contracts that it knows, as they are on offer
    std::uint32_t most_lanes = most_lanes_downwards;
    Policy policy;
    std::uint64_t start_timeout_ns = 10'000'000'000;  // for loading, create and start, each

    static constexpr std::uint32_t most_lanes_downwards = sandbox::most_lanes;
};

// A function of the plugin: what its thunk is called with. All but the target is constant while anybody may call it.
class Client;
struct Thunk {
    Client* client = nullptr;
    Types types;
    std::uint32_t kind = 0;                // of the hook; 0: a method
    std::uint64_t added_in = 0;            // which worker has added it; 0: it is in the entry, hence in all of them
    std::atomic<std::uint64_t> target{0};  // its number in the present worker
    Thunk* next = nullptr;                 // in one of the client's lists

    Thunk() = default;
    Thunk(Client* its_client, std::uint64_t its_target, const Types& its_types, std::uint32_t its_kind,
          std::uint64_t its_worker) noexcept {
        become(its_client, its_target, its_types, its_kind, its_worker);
    }
    void become(Client* its_client, std::uint64_t its_target, const Types& its_types, std::uint32_t its_kind,
                std::uint64_t its_worker) noexcept {
        client = its_client;
        types = its_types;
        kind = its_kind;
        added_in = its_worker;
        target.store(its_target, std::memory_order_relaxed);
    }
};

// Calls what its `self`, a Thunk, names.
std::int32_t call_thunk(void* self, tenon_call* call, const void* request, void* reply);

// What a worker has been given, by the numbers that it knows them by.
struct Hooked {
    tenon_hook* hook = nullptr;
    Contracts::Hook crossing;
};
struct Serviced {
    tenon_service* service = nullptr;
    std::vector<Types> methods;  // in the plugin's order
};
struct Promise {
    tenon_pending* pending = nullptr;
    Types types;
};
struct Added {
    tenon_registration* registration = nullptr;
    Thunk* thunk = nullptr;
};

// What it did and used, its workers together.
struct ClientUsage {
    std::uint64_t starts = 0;
    std::uint64_t calls = 0;                    // by the host, those of the life cycle included
    std::uint64_t bytes_out = 0, bytes_in = 0;  // of letters
    std::uint32_t lanes = 0;                    // that are open
    pid_t pid = -1;
    LiveUsage live;  // of the present one, and never less than was said of it before
    Usage ended;     // of those before it
};

// Thunks, and usage(), on any thread; the rest on the loader's turn.
class Client final : public loader::Module::Inside, private Watched {
public:
    // Starts the worker's process, which takes its time to be there: so it is started before the plugin is staged.
    // Problems: "worker.not-started", "worker.no-memory", "worker.no-supervisor".
    static base::Result<std::unique_ptr<Client>> start(Workshop& workshop, Superior& superior, ClientOptions options);
    // Tells the worker what it is to load; the module is the client. Problems: "worker.no-memory", "worker.ended",
    // "worker.too-slow", "worker.broke-protocol", and those of Module::open.
    static base::Result<loader::Module> open(std::unique_ptr<Client> client, ClientOptions options);
    ~Client() override;

    // What a worker that has ended leaves: its process, and lanes on which calls are ending. False when the time has
    // come before they have; then it may be tried again.
    bool clear(std::uint64_t until_ns) noexcept;
    // After that, a new worker takes its place, which loads the plugin again. The problems of both.
    base::Check restart();
    // Calls of the entry's functions go through from here on; until then, and after the worker has ended, they answer
    // TENON_E_GONE. Handlers that the plugin adds itself can be called as soon as they are added.
    void admit() noexcept { admits_.store(true, std::memory_order_release); }
    // Ends the worker, for this reason unless there is one already; Superior::ended follows.
    void end(base::Problem why) noexcept { condemn(std::move(why)); }
    // What the plugin has promised to answer is answered with TENON_E_GONE now; nobody touches a promise afterwards.
    void give_up_answers() noexcept;
    bool has_ended() const noexcept { return gone_.load(std::memory_order_acquire); }
    // Loader's turn. False: the last one could not even be started, so that no Superior::ended follows.
    bool has_worker() const noexcept { return worker_.load() != 0; }
    ClientUsage usage() const;

    const tenon_entry_block& entry() const override { return block_; }
    bool contains(const void* address) const override;
    loader::Module::Unmapped close() override;
    loader::Module::Unmapped retire(std::string_view) override { return close(); }
    void* self() override { return this; }
    void* self_of_handler(std::uint64_t index, void*) override { return &handlers_[index]; }
    void* self_of_method(std::uint64_t service, std::uint64_t method, void*) override {
        return &methods_[service][method];
    }

    // What a thunk does.
    std::int32_t invoke(const Thunk& thunk, tenon_call* call, const void* request, void* reply);
    std::int32_t run_slot(Kind kind, tenon_init* init);
    std::int32_t save_state(tenon_call* call, tenon_state* out);
    std::int32_t restore_state(tenon_call* call, const tenon_state& state);
    std::int32_t apply_journal(tenon_call* call, tenon_bytes entry);

private:
    friend class Talk;
    friend class ClientLane;
    friend class ClientOnALane;  // tests/fuzz/worker_fuzz.cc: without a process
    class Passage;

    Client(Workshop& workshop, Superior& superior, ClientOptions options)
        : workshop_(workshop), superior_(superior), options_(std::move(options)) {}

    void on_line(std::string_view line) noexcept override { superior_.printed(line); }
    void on_bell() noexcept override;
    void on_end(const Ending& ending) noexcept override;
    bool is_doomed() const noexcept override { return doomed_.load(); }

    base::Check read_contracts();
    base::Check launch();
    base::Check hand_over();
    base::Check load();
    base::Check understand(const Entry& entry);
    base::Check understand_again(const Entry& entry);
    base::Problem not_understood(const char* what) const;
    bool end_lanes(std::uint64_t until_ns) noexcept;
    base::Problem why_ended() const;
    // Ends the worker, for this reason if there is no other yet: at once, or when the caller, who is late, has gone on.
    enum class Kill { at_once, soon };
    void condemn(base::Problem why, Kill kill = Kill::at_once) noexcept;

    // Memory for annexes, which a worker may have so much of and no more. One that is confined has to map each of them
    // below its ceiling of addresses, where its heap and its threads' stacks are, too.
    bool take_annex(std::uint64_t size, std::uint64_t more) const noexcept {
        const std::uint64_t ceiling = options_.policy.confines() ? options_.policy.ceilings.memory_bytes : 0;
        if (ceiling != 0 && size > ceiling / 8) return false;
        const std::uint64_t most = ceiling != 0 ? std::min(most_annex_bytes, ceiling / 4) : most_annex_bytes;
        if (annexes_.fetch_add(more) + more <= most) return true;
        annexes_.fetch_sub(more);
        return false;
    }
    void give_annex(std::uint64_t size) const noexcept { annexes_.fetch_sub(size); }
    base::Check send(const Control& control, std::initializer_list<int> descriptors) const;
    std::unique_ptr<ClientLane> make_lane(std::uint32_t number, Control::What what);
    void attend(ClientLane& lane) noexcept;
    // Whether there is room for a line of the plugin's log; then, how many were dropped before it.
    std::optional<std::uint64_t> admit_line() noexcept;
    void add_lanes_upwards(std::uint64_t count) noexcept;
    bool add_lane_upwards(std::uint32_t number) noexcept;
    base::Problem no_memory(const char* what) const;
    // client_thunks.cc: for a handler that is added while running; null: there are too many.
    Thunk* new_thunk();
    // Its handler is removed, but calls may be on the way.
    void leave(Thunk& thunk) noexcept;
    void reclaim_thunks() noexcept;
    void give_up_pendings(std::string_view why) noexcept;
    void pass_on_last_words(const Ending& ending) noexcept;

    Workshop& workshop_;
    Superior& superior_;
    ClientOptions options_;
    const std::string meant_end_ = options_.name + ": its worker has ended";  // made while there is memory
    std::vector<loader::Contract> own_;
    std::optional<Contracts> contracts_;

    // As the worker says, checked once.
    Entry said_;
    tenon_entry_block block_{};
    tenon_lifecycle slots_{};
    std::vector<tenon_handler> handler_table_;
    std::vector<tenon_service_table> service_table_;
    std::vector<std::vector<tenon_handler_fn>> method_table_;
    std::deque<Thunk> handlers_;
    std::vector<std::deque<Thunk>> methods_;

    // The present worker.
    std::atomic<bool> loaded_{false};
    std::atomic<bool> admits_{false};
    std::atomic<bool> gone_{true};
    std::atomic<bool> doomed_{false};
    std::uint64_t incarnation_ = 1;  // changed while nobody has a seat
    base::Fd control_;               // only written
    base::Fd bell_;                  // an eventfd; the worker has it, too
    std::atomic<WorkerId> worker_{0};
    mutable std::atomic<std::uint64_t> annexes_{0};  // bytes, of all lanes
    std::atomic<int> completing_{0};                 // threads that have taken promises, and are completing them
    mutable std::atomic<std::uint32_t> open_lanes_{0};
    LaneTable lanes_;

    mutable std::mutex lock_;               // guards what follows
    std::optional<base::Problem> verdict_;  // why the present worker was, or has, ended
    bool closing_ = false;
    tenon_plugin* plugin_ = nullptr;
    tenon_init* init_ = nullptr;
    std::vector<std::unique_ptr<ClientLane>> upward_;
    std::vector<std::thread> attendants_;
    std::vector<Hooked> hooks_;
    std::vector<Serviced> services_;
    std::unordered_map<std::uint64_t, Promise> promises_;
    std::unordered_map<std::uint64_t, Added> added_;
    std::deque<Thunk> thunks_;  // of handlers that were added while running
    Thunk* leaving_ = nullptr;  // those whose handlers were removed
    std::size_t leaving_count_ = 0, reclaim_at_ = 64;
    Allowance log_lines_{Output::lines_per_second, 1'000'000'000};
    std::uint64_t dropped_lines_ = 0;
    Thunk* free_ = nullptr;  // those of them that nobody calls any more
    std::uint64_t last_number_ = 0;
    ClientUsage usage_;
    mutable LiveUsage seen_;  // the last that was said of the present worker
    std::uint64_t ends_ = 0;  // of workers
    struct alignas(64) TrafficUpwards : Traffic {};
    std::array<TrafficUpwards, most_lanes_upwards> traffic_upwards_;
};

}  // namespace tenon::sandbox
