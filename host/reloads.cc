#include "host/reloads.h"

#include <chrono>
#include <utility>

#include "host/host.h"
#include "host/retire.h"
#include "host/worker.h"

namespace tenon::host {

namespace {

// A probation is looked at so often, and what could not be retired ten times less often.
constexpr std::chrono::milliseconds look_every{2};
constexpr std::chrono::milliseconds again_every{20};

}  // namespace

void Reloads::stop() noexcept {
    unwatch();
    {
        const std::lock_guard guard(lock_);
        stopping_.store(true, std::memory_order_relaxed);
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Reloads::keep(const ReloadRecord& record) {
    tenon_reload_fn listener = nullptr;
    void* data = nullptr;
    {
        const std::lock_guard guard(lock_);
        const auto same = std::find_if(records_.begin(), records_.end(),
                                       [&](const ReloadRecord& other) { return other.number == record.number; });
        if (same != records_.end())
            *same = record;
        else
            records_.push_back(record);
        if (records_.size() > most_records) records_.pop_front();
        listener = listener_;
        data = listener_data_;
    }
    if (listener == nullptr) return;
    const tenon_reload_record view = record.view();
    listener(data, &view);
}

void Reloads::visit(std::string_view plugin, const std::function<void(const ReloadRecord&)>& visit) const {
    std::deque<ReloadRecord> all;
    {
        const std::lock_guard guard(lock_);
        all = records_;
    }
    for (const ReloadRecord& record : all)
        if (plugin.empty() || record.plugin == plugin) visit(record);
}

void Reloads::listen(tenon_reload_fn fn, void* data) {
    const std::lock_guard guard(lock_);
    listener_ = fn;
    listener_data_ = data;
}

void Reloads::note_retired(const Plugin& plugin) {
    std::optional<ReloadRecord> changed;
    {
        const std::lock_guard guard(lock_);
        for (ReloadRecord& record : records_) {
            if (record.number != plugin.reload || record.unmapped) continue;
            record.unmapped = !plugin.module && plugin.state != TENON_STATE_RETIRED;
            record.unmapped_reason = record.unmapped || plugin.problems.empty() ? "" : plugin.problems.back().id;
            record.unmapped_text = record.unmapped || plugin.problems.empty() ? "" : plugin.problems.back().text;
            if (record.unmapped) changed = record;
        }
    }
    if (changed) keep(*changed);
}

void Reloads::prepare() {
    ensure_thread();
    const std::lock_guard guard(lock_);
    probations_.reserve(probations_.size() + 1);
}

void Reloads::put_on_probation(Probation probation) {
    ensure_thread();
    {
        const std::lock_guard guard(lock_);
        probations_.push_back(std::move(probation));
    }
    wake_.notify_all();
}

std::optional<Probation> Reloads::take_probation(std::string_view plugin) {
    const std::lock_guard guard(lock_);
    const auto found = std::find_if(probations_.begin(), probations_.end(),
                                    [&](const Probation& one) { return one.record.plugin == plugin; });
    if (found == probations_.end()) return {};
    std::optional<Probation> taken(std::move(*found));
    probations_.erase(found);
    return taken;
}

void Reloads::try_again() {
    ensure_thread();
    {
        const std::lock_guard guard(lock_);
        again_ = true;
    }
    wake_.notify_all();
}

void Reloads::wake_for_workers() {
    ensure_thread();
    {
        const std::lock_guard guard(lock_);
        workers_due_ = 1;
    }
    wake_.notify_all();
}

void Reloads::look_at_workers() {
    {
        const std::lock_guard guard(lock_);
        if (workers_due_ == 0 || workers_due_ > now_ns()) return;
    }
    const Host::Turn turn(host_, Host::Turn::For::reloads);
    if (!turn.taken()) return;
    {
        const std::lock_guard guard(lock_);
        workers_due_ = 0;  // one that ends from here on says so again
    }
    const std::uint64_t next = revive_workers(host_);
    const std::lock_guard guard(lock_);
    if (workers_due_ == 0) workers_due_ = next;
}

void Reloads::ensure_thread() {
    const std::lock_guard guard(lock_);
    if (!thread_.joinable() && !stopping()) thread_ = std::thread([this] { run(); });
}

void Reloads::run() noexcept {
    std::uint32_t looks = 0;
    std::unique_lock guard(lock_);
    while (!stopping()) {
        if (probations_.empty() && !again_ && workers_due_ == 0)
            wake_.wait(guard);
        else
            wake_.wait_for(guard, probations_.empty() ? again_every : look_every);
        if (stopping()) return;
        const bool again = again_ && (probations_.empty() || ++looks % 10 == 0);
        guard.unlock();
        try {
            look_at_workers();
            const bool done = turn();
            if (again && done) {
                const Host::Turn turn(host_, Host::Turn::For::reloads);
                if (turn.taken()) {
                    const bool left = collect(host_) != 0;
                    host_.forget_gone();
                    const std::lock_guard inner(lock_);
                    again_ = left;
                }
            }
        } catch (...) {  // for want of memory: at the next look
        }
        guard.lock();
    }
}

// Ends the probations whose time has come; false when it is somebody else's turn. Without the turn another thread could
// end one, and the plugins with it, while it is looked at.
bool Reloads::turn() {
    const Host::Turn turn(host_, Host::Turn::For::reloads);
    if (!turn.taken()) return false;
    std::vector<Probation> all;
    {
        const std::lock_guard guard(lock_);
        all = probations_;
    }
    for (const Probation& one : all) {
        const base::Check problem = judge(host_, one);
        if (!problem && !is_over(host_, one)) continue;
        std::optional<Probation> taken = take_probation(one.record.plugin);
        if (problem)
            give_up(host_, *taken, *problem, "probation");
        else
            trust(host_, *taken);
    }
    return true;
}

}  // namespace tenon::host
