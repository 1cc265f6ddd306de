// PARALLEL: each handler is a task of its own, with memory and errors of its own, which are put together in the order
// of the handlers when all have returned.
#include "host/parallel.h"

#include <memory>

#include "host/collect.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/special.h"

namespace tenon::host {

namespace {

struct Task {
    explicit Task(const Entry* of, Shared& root) : entry(of), shared(root), scope(&shared) {}
    const Entry* entry;
    Shared shared;
    tenon_scope scope;
    tenon_collection collection{sizeof(tenon_collection), 0, 0, {nullptr, 0, 0, 0}};
    std::int32_t status = TENON_CONTINUE;
    bool called = false;
};

struct Job {
    Point& point;
    const Snapshot* snapshot;
    const void* request;
    std::vector<std::unique_ptr<Task>> tasks{};
    std::atomic<bool> ended{false};  // VETO: somebody has said no
};

std::int32_t run_handler(Job& job, Task& task, Slot& slot, Level& level) noexcept {
    if (slot.cells.counts(job.snapshot->index_limit) == nullptr) return TENON_E_NO_MEMORY;
    tenon_registration* const handler = task.entry->registration;
    publish(level.running, handler, slot.fenced);
    const std::uint32_t word = see(handler->word, slot.fenced);
    Walk walk{slot, level, job.point, task.scope, job.request, nullptr, level.entered};
    walk.listeners = job.snapshot->interceptors;
    std::optional<Sink> sink;
    if (job.point.kind == TENON_COLLECT) sink.emplace(level, job.point, task.shared.arena, &task.collection);
    const SlowCall made = call_slowly(walk, *task.entry, word);
    if (sink) sink->settle(made.status);
    task.called = made.called;
    return made.status;
}

// On any thread. The snapshot is held by the dispatching thread; holding it here as well keeps writers' rules simple.
void run(Job& job, Task& task) noexcept {
    Slot* const slot = slot_of_this_thread();
    if (job.ended.load(std::memory_order_relaxed)) return;
    if (const std::int32_t stop = why_stop(task.shared); stop < 0) {
        task.status = stop;
        return;
    }
    if (slot == nullptr || slot->depth >= TENON_MAX_DEPTH) {
        task.status = slot == nullptr ? TENON_E_NO_MEMORY : TENON_E_TOO_DEEP;
        return;
    }
    Nest nest(*slot, job.snapshot, *job.point.ticks, task.scope);
    task.status = run_handler(job, task, *slot, nest.level());
    if (job.point.kind == TENON_VETO && task.status == TENON_DENY) job.ended.store(true, std::memory_order_relaxed);
}

void run_task(void* context, std::uint64_t index) noexcept {
    Job& job = *static_cast<Job*>(context);
    run(job, *job.tasks[index]);
}

// What the tasks left behind becomes the scope's, so that replies stay readable.
void adopt(tenon_scope& scope, Task& task) {
    for (std::uint64_t i = 0; const tenon_error* const error = task.scope.errors.at(i); ++i) scope.errors.add(*error);
    auto arena = std::make_unique<base::Arena>(std::move(task.shared.arena));
    scope.shared->adopted.push_back(std::move(arena));
    for (std::unique_ptr<base::Arena>& more : task.shared.adopted) scope.shared->adopted.push_back(std::move(more));
}

std::int32_t merge(Job& job, tenon_scope& scope, Level& level, void* reply) {
    std::optional<Sink> sink;
    if (job.point.kind == TENON_COLLECT)
        sink.emplace(level, job.point, scope.shared->arena, static_cast<tenon_collection*>(reply));
    bool denies = (job.point.attributes & TENON_DENY_BY_DEFAULT) != 0;
    bool denied = false;
    std::int32_t stopped = TENON_CONTINUE;
    for (const std::unique_ptr<Task>& task : job.tasks) {
        if (task->status == TENON_HANDLED) denies = false;
        denied = denied || task->status == TENON_DENY;
        if (task->status < 0 && (job.point.fails_closed || !task->called) && stopped == TENON_CONTINUE)
            stopped = task->status;
        for (std::uint64_t i = 0; sink && i < task->collection.items.count; ++i)
            if (sink->emit(static_cast<const char*>(task->collection.items.data) + i * job.point.reply.full) < 0) break;
        adopt(scope, *task);
    }
    if (sink) sink->settle(TENON_CONTINUE);
    if (job.point.kind == TENON_VETO)
        return denied || denies || (stopped < 0 && job.point.fails_closed) ? std::int32_t{TENON_DENY} : stopped;
    return stopped;
}

std::int32_t run_all(Job& job, Slot& slot, tenon_scope& scope, Hold& hold, void* reply) {
    for (const Run& run : *job.snapshot)
        for (const Entry* entry = run.begin; entry != run.end; ++entry)
            job.tasks.push_back(std::make_unique<Task>(entry, *scope.shared));
    // From inside a serialized plugin, all run here: another thread that wants into it, by whatever way, would wait for
    // this one, and this one for the other.
    if (slot.gates != 0)
        for (std::uint64_t index = 0; index < job.tasks.size(); ++index) run_task(&job, index);
    else
        job.point.host->execute(run_task, &job, job.tasks.size());
    set_deadline(*scope.shared,
                 scope.shared->deadline_ns.load(std::memory_order_relaxed));  // tasks may have had others
    return merge(job, scope, hold.level(), reply);
}

}  // namespace

std::int32_t dispatch_parallel(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept {
    if (!usable(point, request, reply)) return TENON_E_INVALID;
    Slot* const slot = slot_of_this_thread();
    if (slot == nullptr) return TENON_E_NO_MEMORY;
    if (slot->depth >= TENON_MAX_DEPTH) return TENON_E_TOO_DEEP;
    Hold hold(*slot, point, scope);
    if (hold.snapshot() == nullptr) return without_handlers(point, reply);
    try {
        Job job{point, hold.snapshot(), request};
        return run_all(job, *slot, scope, hold, reply);
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    }
}

}  // namespace tenon::host
