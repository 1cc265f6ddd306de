// A worker's end, and what is left to do then.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "sandbox/client.h"

namespace tenon::sandbox {

base::Problem Client::why_ended() const {
    const std::lock_guard guard(lock_);
    if (verdict_) return *verdict_;
    return {"worker.ended", fmt::format("{}: its worker does not run", options_.name),
            "It is started again; if it ends too often, its row in the report says why."};
}

void Client::condemn(base::Problem why, Kill kill) noexcept {
    {
        const std::lock_guard guard(lock_);
        if (!verdict_) verdict_ = std::move(why);
    }
    superior_.ending();
    loaded_.store(false);
    admits_.store(false);
    gone_.store(true);
    doomed_.store(true);
    if (kill == Kill::soon) return workshop_.supervisor.kill_doomed_soon();
    workshop_.supervisor.kill(worker_);
}

namespace {

// Of a process that runs, and of one that has ended: what is counted alike.
template <class Counted>
void raise_to(Counted& usage, const LiveUsage& seen) {
    usage.peak_resident_kib = std::max(usage.peak_resident_kib, seen.peak_resident_kib);
    usage.minor_faults = std::max(usage.minor_faults, seen.minor_faults);
    usage.major_faults = std::max(usage.major_faults, seen.major_faults);
    usage.voluntary_switches = std::max(usage.voluntary_switches, seen.voluntary_switches);
    usage.involuntary_switches = std::max(usage.involuntary_switches, seen.involuntary_switches);
}

// The kernel knows a process that has ended less exactly, or not at all; what was said must not be taken back.
Usage at_least(Usage usage, const LiveUsage& seen) {
    const std::uint64_t cpu_ns = usage.user_ns + usage.system_ns;
    if (cpu_ns < seen.cpu_ns) usage.user_ns += seen.cpu_ns - cpu_ns;
    raise_to(usage, seen);
    return usage;
}

void add(Usage& sum, const Usage& more) {
    sum.user_ns += more.user_ns;
    sum.system_ns += more.system_ns;
    sum.minor_faults += more.minor_faults;
    sum.major_faults += more.major_faults;
    sum.voluntary_switches += more.voluntary_switches;
    sum.involuntary_switches += more.involuntary_switches;
    sum.peak_resident_kib = std::max(sum.peak_resident_kib, more.peak_resident_kib);
}

// What the live process says now, but never less than it said before: threads that end take their switches along.
LiveUsage no_less(LiveUsage now, const LiveUsage& seen) {
    now.cpu_ns = std::max(now.cpu_ns, seen.cpu_ns);
    raise_to(now, seen);
    return now;
}

}  // namespace

// Before callers see the end and report it.
void Client::pass_on_last_words(const Ending& ending) noexcept {
    try {
        if (ending.how == Ending::How::signalled) superior_.last_words(workshop_.supervisor.last_words(worker_));
    } catch (const std::bad_alloc&) {  // then without them
    }
}

void Client::on_end(const Ending& ending) noexcept {
    base::Problem why;
    bool meant = false;
    {
        const std::lock_guard guard(lock_);
        meant = closing_;
        if (!verdict_)
            verdict_ = base::Problem{"worker.ended", fmt::format("{}: its worker {}", options_.name, to_text(ending)),
                                     "The log has what it printed last; mend the plugin."};
        why = *verdict_;
        add(usage_.ended, at_least(ending.usage, seen_));
        seen_ = {};
        ++ends_;
    }
    if (!meant) {
        superior_.ending();
        pass_on_last_words(ending);
    }
    loaded_.store(false);
    admits_.store(false);
    gone_.store(true);
    give_up_pendings(meant ? meant_end_ : why.text);
    if (meant) return;
    superior_.ended(why);
}

// What a worker has promised nobody will answer now.
void Client::give_up_pendings(std::string_view why) noexcept {
    std::unordered_map<std::uint64_t, Promise> promises;
    {
        const std::lock_guard guard(lock_);
        promises.swap(promises_);
        completing_.fetch_add(1);
    }
    for (const auto& [number, promise] : promises)
        promise.pending->ops->complete(promise.pending, TENON_E_GONE, nullptr, {why.data(), why.size()});
    completing_.fetch_sub(1);
}

void Client::give_up_answers() noexcept {
    give_up_pendings(meant_end_);
    while (completing_.load() != 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
}

bool Client::end_lanes(std::uint64_t until_ns) noexcept {
    if (!lanes_.end_all(until_ns)) return false;
    std::vector<ClientLane*> lanes;
    {
        const std::lock_guard guard(lock_);
        for (const std::unique_ptr<ClientLane>& lane : upward_) lanes.push_back(lane.get());
    }
    for (ClientLane* lane : lanes)
        while (!lane->left.load()) {
            if (base::monotonic_ns() >= until_ns) return false;
            lane->end().nudge();
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    std::vector<std::thread> attendants;
    {
        const std::lock_guard guard(lock_);
        attendants.swap(attendants_);
    }
    for (std::thread& attendant : attendants) attendant.join();
    const std::lock_guard guard(lock_);
    upward_.clear();
    hooks_.clear();
    services_.clear();
    return true;
}

bool Client::clear(std::uint64_t until_ns) noexcept {
    workshop_.supervisor.remove(worker_.exchange(0));
    superior_.stop_requests();
    return end_lanes(until_ns);
}

// Handlers that the plugin had added are gone with it: its new worker adds them again, if it wants to.
base::Check Client::restart() {
    ++incarnation_;
    std::unordered_map<std::uint64_t, Added> added;
    {
        const std::lock_guard guard(lock_);
        added.swap(added_);
    }
    for (const auto& [number, one] : added) {
        plugin_->ops->remove_handler(plugin_, one.registration, 0);
        leave(*one.thunk);
    }
    base::Check problem = launch();
    if (!problem) problem = hand_over();
    if (problem) condemn(*problem);
    return problem;
}

loader::Module::Unmapped Client::close() {
    if (worker_ == 0) return {true, {}, {}};
    loaded_.store(false);
    admits_.store(false);
    {
        const std::lock_guard guard(lock_);
        closing_ = true;
        init_ = nullptr;
    }
    try {
        run_slot(Kind::close, nullptr);
    } catch (...) {  // its destructors throw; it ends all the same
    }
    workshop_.supervisor.remove(worker_.exchange(0));
    gone_.store(true);
    superior_.stop_requests();
    end_lanes(for_ever);
    give_up_answers();
    control_.close();
    bell_.close();
    return {true, {}, {}};
}

// The kernel is asked without the lock, which callers take whose budget is over.
ClientUsage Client::usage() const {
    std::unique_lock lock(lock_);
    const std::uint64_t ends = ends_;
    lock.unlock();
    const WorkerId worker = worker_;
    const pid_t pid = workshop_.supervisor.pid(worker);
    const std::optional<LiveUsage> live = workshop_.supervisor.usage(worker);
    lock.lock();
    ClientUsage out = usage_;
    if (ends == ends_) {
        out.pid = pid;
        seen_ = no_less(live.value_or(LiveUsage{}), seen_);
    }
    out.live = seen_;
    lock.unlock();
    out.lanes = open_lanes_.load(std::memory_order_relaxed);
    const auto fold = [&out](const Traffic& traffic) {
        out.calls += traffic.calls.load(std::memory_order_relaxed);
        out.bytes_out += traffic.bytes_out.load(std::memory_order_relaxed);
        out.bytes_in += traffic.bytes_in.load(std::memory_order_relaxed);
    };
    lanes_.each_traffic(fold);
    for (const TrafficUpwards& traffic : traffic_upwards_) fold(traffic);
    return out;
}

}  // namespace tenon::sandbox
