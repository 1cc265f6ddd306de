// What a dispatch on a warm thread does not do: allocate, lock, or ask the kernel for anything.
//
// The functions that would are replaced in this program, and count. System calls are counted by the kernel: a filter on
// the dispatching thread turns each into a signal. It cannot be taken off again, hence a process for each case.
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <tenon/stats.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <new>
#include <tenon/host.hpp>
#include <thread>

#include "base/clock.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"
#include "tests/support/open_shop.h"

using namespace tenon;

namespace {

// Of one process; `counting` is of the thread that dispatches.
struct Counts {
    std::atomic<std::uint64_t> allocations{0};
    std::atomic<std::uint64_t> locks{0};
    std::atomic<std::uint64_t> system_calls{0};
    std::atomic<int> first_system_call{-1};
    std::atomic<std::uint64_t> timed{0};
    std::atomic<std::int32_t> verdict{0};
    std::atomic<int> done{0};  // -1: the kernel does not take the filter
};
constinit Counts* counts = nullptr;
constinit thread_local bool counting = false;

void count(std::atomic<std::uint64_t> Counts::* what) noexcept {
    if (counting) (counts->*what).fetch_add(1, std::memory_order_relaxed);
}

template <class Function>
Function* next_of(const char* name) noexcept {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

#pragma GCC visibility push(default)  // so that the libraries find them, too
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
    return count(&Counts::allocations), __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
    return count(&Counts::allocations), __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) {
    return count(&Counts::allocations), __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return count(&Counts::allocations), __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    count(&Counts::allocations);
    *out = __libc_memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}
void free(void* memory) {
    count(&Counts::allocations), __libc_free(memory);
}

#define COUNTED_LOCK(name, type)                              \
    int name(type* lock) {                                    \
        static auto* const real = next_of<int(type*)>(#name); \
        return count(&Counts::locks), real(lock);             \
    }
COUNTED_LOCK(pthread_mutex_lock, pthread_mutex_t)
COUNTED_LOCK(pthread_mutex_trylock, pthread_mutex_t)
COUNTED_LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
COUNTED_LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)
}
#pragma GCC visibility pop

// Budgets that no call of this test comes near, however slow the machine: an overrun asks the kernel why.
#define WARM_ID "org.tenon.test.warm"
#define WARM_VALUE(F, T) F(T, u32, struct_size) F(T, i32, number)
TENON_APPENDABLE(warm_value, WARM_VALUE, number);
#define WARM_NONE(X)
#define WARM_STRUCTS(S) S(warm_value, WARM_VALUE)
#define WARM_HOOKS(H)                                                            \
    H(warm, notify, TENON_NOTIFY, warm_value, tenon_none, 500000000, 1000000000) \
    H(warm, filter, TENON_FILTER, tenon_none, warm_value, 500000000, 1000000000) \
    H(warm, first, TENON_FIRST, warm_value, warm_value, 500000000, 1000000000)   \
    H(warm, veto, TENON_VETO, warm_value, tenon_none, 500000000, 1000000000)
#define WARM_CONTRACT(C) C(warm, WARM_ID, 1, 0, 0, WARM_NONE, WARM_STRUCTS, WARM_HOOKS, WARM_NONE)
TENON_CONTRACT(WARM_CONTRACT);

namespace {

constexpr int handlers = 3, dispatches = 10'000;

int32_t answer(void* self, tenon_call*, const void*, void* reply) {
    if (reply != nullptr) ++static_cast<warm_value*>(reply)->number;
    return *static_cast<const int32_t*>(self);
}

void note_system_call(int, siginfo_t* info, void*) {
    int none = -1;
    counts->first_system_call.compare_exchange_strong(none, info->si_syscall);
    counts->system_calls.fetch_add(1);
}

// From now on this thread's system calls are signals; only the return from those is let through.
bool forbid_system_calls() {
    struct sigaction action{};
    action.sa_sigaction = note_system_call;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSYS, &action, nullptr);
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    const struct sock_fprog program = {4, steps};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

std::uint64_t timed_calls(const Host& host) {
    tenon_stats* stats = nullptr;
    if (tenon_host_stats(host.raw(), &stats) != TENON_OK) return 0;
    std::uint64_t all = 0;
    for (std::uint64_t i = 0; i < tenon_stats_count(stats); ++i) {
        auto row = sized<tenon_stats_row>();
        tenon_stats_row_at(stats, i, &row);
        all += row.timed;
    }
    tenon_stats_destroy(stats);
    return all;
}

void dispatch_all(const Host& host, tenon_hook* hook, bool filtered) {
    Scope scope(host);
    auto request = sized<warm_value>(), reply = sized<warm_value>();
    const auto run = [&] { return tenon_hook_call(hook, scope.raw(), &request, &reply); };
    for (int i = 0; i < dispatches; ++i) run();
    // A call whose signal is handled goes on with an error: that may be seen, but a wait would never end.
    if (filtered && !forbid_system_calls()) {
        counts->done = -1;
        return;
    }
    counting = true;
    std::int32_t verdict = 0;
    for (int i = 0; i < dispatches; ++i) verdict = run();
    counting = false;
    counts->verdict = verdict;
    counts->done = 1;
    while (filtered) {  // it cannot even end
    }
}

[[noreturn]] void be_the_host(const char* name, std::int32_t status, bool filtered) {
    Host host(test::quiet_options());
    host.offer<warm_contract>();
    tenon_hook* hook = nullptr;
    if (tenon_host_hook(host.raw(), str(WARM_ID), tenon_str_from(name), &hook, nullptr) != TENON_OK) ::_exit(2);
    for (int i = 0; i < handlers; ++i) {
        auto options = sized<tenon_handler_options>();
        options.name = str("handler");
        tenon_registration* out = nullptr;
        if (tenon_hook_add(hook, &options, answer, &status, &out, nullptr) != TENON_OK) ::_exit(3);
    }
    std::thread thread([&] { dispatch_all(host, hook, filtered); });
    while (counts->done == 0) ::usleep(1000);
    counts->timed = timed_calls(host);
    ::_exit(0);
}

struct Kind {
    const char* name;
    std::int32_t status;   // of each handler
    std::int32_t verdict;  // of the dispatch
};

}  // namespace

TEST_CASE("a dispatch on a warm thread allocates nothing, takes no lock and makes no system call") {
    const Kind kind =
        GENERATE(Kind{"notify", TENON_CONTINUE, TENON_CONTINUE}, Kind{"filter", TENON_CHANGED, TENON_CHANGED},
                 Kind{"first", TENON_DECLINED, TENON_DECLINED}, Kind{"veto", TENON_CONTINUE, TENON_CONTINUE});
    const bool filtered = GENERATE(false, true);
    INFO(kind.name);
    INFO((filtered ? "system calls are counted" : "locks and allocations are counted"));
    counts = new (::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Counts;
    const pid_t child = ::fork();
    if (child == 0) be_the_host(kind.name, kind.status, filtered);
    REQUIRE(child > 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    if (!test::machine_has(counts->done >= 0, "filter for system calls")) return;
    CHECK(counts->verdict == kind.verdict);
    CHECK(counts->allocations == 0);
    CHECK(counts->locks == 0);
    CHECK(counts->timed > handlers);  // exactly timed calls were among them
    INFO(base::machine_clock().describe());
    const bool without_kernel = base::machine_clock().kind() != base::Clock::Kind::system_call;
    if (!test::machine_has(without_kernel, "clock that is read without the kernel")) return;
    INFO(counts->first_system_call);
    CHECK(counts->system_calls == 0);
}

TEST_CASE("allocations, locks and system calls of a thread are seen by this test") {
    counts = new (::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Counts;
    const pid_t child = ::fork();
    if (child == 0) {
        pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        counting = true;
        void* volatile memory = ::operator new(100);
        ::operator delete(memory);
        ::pthread_mutex_lock(&lock);
        counting = false;
        if (!forbid_system_calls()) ::_exit(0);
        ::syscall(SYS_getppid);
        counts->done = 1;
        for (;;) {
        }
    }
    REQUIRE(child > 0);
    int status = 0;
    while (counts->done == 0 && ::waitpid(child, &status, WNOHANG) == 0) ::usleep(1000);
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    CHECK(counts->allocations == 2);
    CHECK(counts->locks == 1);
    if (counts->done == 1) {
        CHECK(counts->system_calls == 1);
        CHECK(counts->first_system_call == SYS_getppid);
    }
}
