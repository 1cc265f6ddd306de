#include "sandbox/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>

#include "base/clock.h"
#include "sandbox/supervisor_worker.h"

namespace tenon::sandbox {

namespace {

// What epoll says of the supervisor's own descriptors; what it says of workers is larger.
constexpr std::uint64_t of_wake = 0;
constexpr std::uint64_t of_execution = 1;

// Until a caller whose worker is doomed has surely gone on.
constexpr long execution_delay_ns = 300'000;

// How long who removes a worker waits for its end, and how often what has outlasted that is looked at.
constexpr std::uint64_t longest_removal_ns = 2'000'000'000;
constexpr std::uint64_t remains_every_ns = 100'000'000;

base::Problem no_supervisor(const char* what, int error) {
    return {"worker.no-supervisor", fmt::format("workers cannot be watched: {}: {}", what, std::strerror(error)),
            error == EMFILE || error == ENFILE ? "raise the limit of open files (ulimit -n)"
            : error == EAGAIN ? "raise the limit of threads (ulimit -u, or pids.max of the control group)"
                              : ""};
}

// The application's signals are not this thread's to handle.
class AllSignalsBlocked {
public:
    AllSignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    AllSignalsBlocked(const AllSignalsBlocked&) = delete;
    AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;
    ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

void set_policy(int policy) noexcept {
    const sched_param none{};
    ::pthread_setschedparam(::pthread_self(), policy, &none);
}

}  // namespace

// A start that another thread waits for.
struct Supervisor::Request {
    const Launch& launch;
    int bell;
    Watched& watched;
    std::optional<base::Result<WorkerId>> result;
    std::exception_ptr thrown;
    bool done = false;
};

Supervisor::~Supervisor() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard guard(lock_);
        ending_ = true;
    }
    ring();
    thread_.join();
}

void Supervisor::ring() const noexcept {
    static_cast<void>(::eventfd_write(wake_.get(), 1));
}

base::Check Supervisor::begin() {
    if (thread_.joinable()) return std::nullopt;
    epoll_ = base::Fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return no_supervisor("epoll_create1", errno);
    wake_ = base::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) return no_supervisor("eventfd", errno);
    execution_ = base::Fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!execution_) return no_supervisor("timerfd_create", errno);
    epoll_event wish{};
    wish.events = EPOLLIN;
    wish.data.u64 = of_wake;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &wish) != 0) return no_supervisor("epoll_ctl", errno);
    wish.data.u64 = of_execution;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, execution_.get(), &wish) != 0)
        return no_supervisor("epoll_ctl", errno);
    try {
        const AllSignalsBlocked blocked;
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
        return no_supervisor("no thread for it", error.code().value());
    }
    ::pthread_setname_np(thread_.native_handle(), "tenon-workers");
    return std::nullopt;
}

base::Result<WorkerId> Supervisor::start(const Launch& launch, int bell, Watched& watched) {
    std::unique_lock lock(lock_);
    if (base::Check problem = begin()) return std::move(*problem);
    if (std::this_thread::get_id() == thread_.get_id()) {
        lock.unlock();
        return start_here(launch, bell, watched);
    }
    Request request{launch, bell, watched, {}, {}};
    requests_.push_back(&request);
    ring();
    changed_.wait(lock, [&request] { return request.done; });
    if (request.thrown) std::rethrow_exception(request.thrown);
    return std::move(*request.result);
}

base::Result<WorkerId> Supervisor::start_here(const Launch& launch, int bell, Watched& watched) {
    std::array<int, 2> raw{};
    if (::pipe2(raw.data(), O_CLOEXEC) != 0) return no_supervisor("pipe2", errno);
    base::Fd ours(raw[0]), its(raw[1]);
    if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0) return no_supervisor("fcntl", errno);
    // Somebody waits for this: when the child has become its program, this thread goes on before it.
    set_policy(SCHED_OTHER);
    base::Result<Process> process = Process::spawn(launch, its.get());
    set_policy(SCHED_BATCH);
    if (!process) return process.problem();
    its.close();
    const std::lock_guard guard(lock_);
    const auto worker = std::make_shared<Worker>(++last_id_, process.take(), std::move(ours), bell, watched);
    workers_.emplace(worker->id, worker);
    if (worker->watch_all(epoll_.get())) return worker->id;
    const int error = errno;
    worker->unwatch_all(epoll_.get());
    workers_.erase(worker->id);
    return no_supervisor("epoll_ctl", error);
}

// One at a time, so that bells are heard in between.
void Supervisor::start_requested() noexcept {
    std::unique_lock lock(lock_);
    if (requests_.empty()) return;
    Request& request = *requests_.front();
    requests_.erase(requests_.begin());
    if (!requests_.empty()) ring();
    lock.unlock();
    try {
        request.result = start_here(request.launch, request.bell, request.watched);
    } catch (...) {  // out of memory: the caller's to know
        request.thrown = std::current_exception();
    }
    lock.lock();
    request.done = true;
    changed_.notify_all();
}

// It comes when there is room: who waits for a worker that is being ended is not to wait for its burial, too.
void Supervisor::run() noexcept {
    set_policy(SCHED_BATCH);
    std::array<epoll_event, 64> events;
    for (;;) {
        start_requested();
        const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout());
        for (int i = 0; i < count; ++i) {
            const std::uint64_t what = events[static_cast<std::size_t>(i)].data.u64;
            eventfd_t times = 0;
            if (what == of_wake)
                static_cast<void>(::eventfd_read(wake_.get(), &times));
            else if (what == of_execution)
                kill_doomed();
            else
                handle(what >> 2, static_cast<std::uint32_t>(what & 3u));
        }
        tick();
        const std::lock_guard guard(lock_);
        if (ending_) break;
    }
    const std::lock_guard guard(lock_);
    for (const auto& [id, worker] : workers_) worker->process.kill();  // all at once; then each is waited for
    workers_.clear();
    remains_.clear();
}

void Supervisor::handle(WorkerId id, std::uint32_t event) noexcept {
    std::unique_lock lock(lock_);
    const auto found = workers_.find(id);
    if (found == workers_.end()) return;
    const Held worker = found->second;
    const std::uint64_t now = base::monotonic_ns();
    const bool had_ended = worker->ending.has_value();
    try {
        tell(lock, *worker, worker->handle(epoll_.get(), static_cast<Event>(event), now));
    } catch (...) {  // out of memory for lines: they are lost, but the end is not
        News news;
        news.ended = worker->ending && !had_ended;
        tell(lock, *worker, news);
    }
}

// Nothing of the worker but `watched` and `removed` is used while the lock is free.
void Supervisor::tell(std::unique_lock<std::mutex>& lock, Worker& worker, const News& news) noexcept {
    if (news.lines.empty() && !news.rang && !news.ended) return;
    busy_ = worker.id;
    lock.unlock();
    for (const std::string& line : news.lines)
        if (!worker.removed) worker.watched.on_line(line);
    if (news.rang && !worker.removed) worker.watched.on_bell();
    if (news.ended && !worker.removed) worker.watched.on_end(*worker.ending);
    lock.lock();
    busy_ = 0;
    changed_.notify_all();
}

void Supervisor::collect_remains() noexcept {
    const std::lock_guard guard(lock_);
    std::erase_if(remains_, [](const auto& each) { return each.second->process.try_collect().has_value(); });
}

// From one worker to the next by its number: they come and go meanwhile.
void Supervisor::tick() noexcept {
    collect_remains();
    for (WorkerId last = 0;;) {
        {
            const std::lock_guard guard(lock_);
            const std::uint64_t now = base::monotonic_ns();
            const auto next = std::find_if(workers_.upper_bound(last), workers_.end(),
                                           [now](const auto& each) { return each.second->due() <= now; });
            if (next == workers_.end()) return;
            last = next->first;
        }
        handle(last, static_cast<std::uint32_t>(Event::due));
    }
}

// Milliseconds until tick() has something to do; -1: it has not.
int Supervisor::timeout() const noexcept {
    const std::lock_guard guard(lock_);
    std::uint64_t due = Worker::never;
    const std::uint64_t now = base::monotonic_ns();
    for (const auto& [id, worker] : workers_) due = std::min(due, worker->due());
    if (!remains_.empty()) due = std::min(due, now + remains_every_ns);
    if (due == Worker::never) return -1;
    return due <= now ? 0 : static_cast<int>(std::min<std::uint64_t>((due - now) / 1'000'000 + 1, 60'000));
}

std::optional<Ending> Supervisor::remove(WorkerId id) noexcept {
    std::unique_lock lock(lock_);
    std::map<WorkerId, Held>::node_type node = workers_.extract(id);
    const Held worker = node.empty() ? nullptr : node.mapped();
    if (worker) {
        worker->removed = true;
        worker->unwatch_all(epoll_.get());
    }
    if (std::this_thread::get_id() != thread_.get_id())
        changed_.wait(lock, [this, id] { return busy_ != id || id == 0; });
    lock.unlock();
    if (!worker) return std::nullopt;
    if (!worker->ending) worker->process.kill();
    const std::optional<Ending> ending = worker->process.collect(base::monotonic_ns() + longest_removal_ns);
    if (!worker->ending) worker->ending = ending.value_or(Ending{Ending::How::kept, 0, 0, false, {}});
    const Ending how = *worker->ending;
    if (ending) return how;
    worker->output_fd.close();
    lock.lock();
    remains_.insert(std::move(node));
    ring();
    return how;
}

Supervisor::Worker* Supervisor::find(WorkerId id) const noexcept {
    const auto found = workers_.find(id);
    return found == workers_.end() ? nullptr : found->second.get();
}

void Supervisor::kill(WorkerId id) noexcept {
    const std::lock_guard guard(lock_);
    if (const Worker* worker = find(id); worker != nullptr) worker->process.kill();
}

// Who asks after the timer has been read sets it again.
void Supervisor::kill_doomed_soon() noexcept {
    if (execution_is_due_.exchange(true)) return;
    const itimerspec once{{0, 0}, {0, execution_delay_ns}};
    ::timerfd_settime(execution_.get(), 0, &once, nullptr);
}

void Supervisor::kill_doomed() noexcept {
    std::uint64_t times = 0;
    static_cast<void>(::read(execution_.get(), &times, sizeof times));
    execution_is_due_.store(false);
    const std::lock_guard guard(lock_);
    for (const auto& [id, worker] : workers_)
        if (!worker->ending && worker->watched.is_doomed()) worker->process.kill();
}

pid_t Supervisor::pid(WorkerId id) const noexcept {
    const std::lock_guard guard(lock_);
    const Worker* worker = find(id);
    return worker != nullptr && !worker->ending ? worker->process.pid() : -1;
}

std::optional<LiveUsage> Supervisor::usage(WorkerId id) const {
    pid_t pid = -1;
    base::Fd pidfd;
    {
        const std::lock_guard guard(lock_);
        const Worker* worker = find(id);
        if (worker == nullptr || worker->ending) return std::nullopt;
        pid = worker->process.pid();
        pidfd = base::Fd(::fcntl(worker->process.pidfd(), F_DUPFD_CLOEXEC, 0));
    }
    return usage_of(pid, pidfd.get());
}

std::string Supervisor::last_words(WorkerId id) const {
    const std::lock_guard guard(lock_);
    const Worker* worker = find(id);
    return worker != nullptr ? worker->output.last_words() : std::string();
}

}  // namespace tenon::sandbox
