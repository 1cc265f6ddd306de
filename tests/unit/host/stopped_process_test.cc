// Time that passes while the whole process, or a thread of it, cannot go on is nobody's fault.
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/machine_has.h"
#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// What two processes tell each other.
struct Board {
    std::atomic<int> inside{0};
    std::atomic<int> leave{0};
    std::atomic<std::uint64_t> hard_overruns{0};
    std::atomic<std::uint32_t> breaker{0};
};

class SharedBoard {
public:
    SharedBoard()
        : board_(new(::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Board) {
    }
    ~SharedBoard() { ::munmap(static_cast<void*>(board_), sizeof(Board)); }
    SharedBoard(const SharedBoard&) = delete;
    SharedBoard& operator=(const SharedBoard&) = delete;
    Board* operator->() const { return board_; }
    Board& operator*() const { return *board_; }

private:
    Board* board_;
};

// The child: its handler is timed exactly by then, works or sleeps until the parent says so, and is judged.
int be_stopped(Board& board, bool sleeps) {
    WatchedShop shop;
    int calls = 0;
    shop.on_opened("held up", {0, 500 * ms}, [&](tenon_call*) {
        if (++calls < 20) return work_for(1 * ms), int32_t{TENON_CONTINUE};
        board.inside = 1;
        while (board.leave == 0)
            if (sleeps) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return int32_t{TENON_CONTINUE};
    });
    shop.open(20);
    board.hard_overruns = shop.row("held up")->hard_overruns;
    board.breaker = shop.row("held up")->breaker;
    return 0;
}

// A process that holds this one as a debugger does, until it is killed. -1 where that is not allowed.
pid_t hold_as_a_debugger() {
    int told[2];
    if (::pipe(told) != 0) return -1;
    const pid_t traced = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        const char answer = ::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) == 0 ? 'y' : 'n';
        if (::write(told[1], &answer, 1) != 1 || answer == 'n') ::_exit(1);
        for (int status = 0; ::waitpid(traced, &status, __WALL) == traced;)
            if (WIFSTOPPED(status)) ::ptrace(PTRACE_CONT, traced, nullptr, WSTOPSIG(status));
        ::_exit(0);
    }
    ::prctl(PR_SET_PTRACER, child);
    char answer = 'n';
    const bool read = ::read(told[0], &answer, 1) == 1;
    ::close(told[0]);
    ::close(told[1]);
    if (child > 0 && read && answer == 'y') return child;
    if (child > 0) ::waitpid(child, nullptr, 0);
    return -1;
}

}  // namespace

TEST_CASE("a call is not charged for the time for which its process was stopped") {
    const bool sleeps = GENERATE(false, true);
    INFO(sleeps);
    const SharedBoard board;
    const pid_t child = ::fork();
    if (child == 0) ::_exit(be_stopped(*board, sleeps));
    REQUIRE(child > 0);
    REQUIRE(comes_true([&] { return board->inside == 1; }));
    ::kill(child, SIGSTOP);
    int status = 0;
    REQUIRE(::waitpid(child, &status, WUNTRACED) == child);
    REQUIRE(WIFSTOPPED(status));
    std::this_thread::sleep_for(std::chrono::seconds(2));  // is what is being tested
    board->leave = 1;
    ::kill(child, SIGCONT);
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(board->hard_overruns == 0);
    CHECK(board->breaker == TENON_BREAKER_CLOSED);
}

TEST_CASE("a call is not charged while a debugger holds the process") {
    WatchedShop shop;
    shop.have_waits_counted();
    bool told = false;
    int calls = 0;
    shop.on_opened("looked at", {0, 10 * ms}, [&](tenon_call* call) {
        if (++calls > 1) work_for(80 * ms);
        told = tenon_call_cancelled(call) != 0;
        return int32_t{TENON_CONTINUE};
    });
    shop.open();
    const pid_t debugger = hold_as_a_debugger();
    if (!machine_has(debugger >= 0, "process that may trace another")) return;
    // Where the watchdog does not get to run either, a call is not over its budget, and nothing is counted.
    for (int i = 0; i < 50 && shop.row("looked at")->not_charged < 2; ++i) shop.open();
    CHECK_FALSE(told);
    const Row row = shop.row("looked at");
    ::kill(debugger, SIGKILL);
    ::waitpid(debugger, nullptr, 0);
    CHECK(row->hard_overruns == 0);
    CHECK(row->not_charged == 2);
    CHECK(row->breaker == TENON_BREAKER_CLOSED);
    CHECK(shop.log.with("looked at: ").empty());
}
