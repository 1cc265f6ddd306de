// Frames go to and fro between two sides that keep to the rules.
#include "sandbox/lane.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <atomic>
#include <thread>

#include "base/file.h"
#include "tests/unit/sandbox/lanes.h"

using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

// A text of up to `room` bytes that is different for each number.
std::string text_number(std::uint32_t number) {
    std::string text(number * 37 % room + 1, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(number + i * i);
    return text;
}

bool hears_its_own_words(LaneEnd& host, std::uint32_t times) {
    for (std::uint32_t i = 0; i < times; ++i) {
        const std::string text = text_number(i);
        say(host, text);
        if (host.wait(for_ever) != Heard::frame || heard(host) != text) return false;
    }
    return true;
}

std::uint64_t cpu_time(clockid_t clock) {
    timespec time{};
    REQUIRE(::clock_gettime(clock, &time) == 0);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

bool sleeps(pid_t thread) {
    const auto stat = tenon::base::read_file("/proc/self/task/" + std::to_string(thread) + "/stat", 4096);
    return stat.ok() && stat.value().find(") S ") != std::string::npos;
}

}  // namespace

TEST_CASE("frames of all sizes alternate and arrive whole") {
    SpinPool pool;
    for (SpinPool* spins : {&pool, static_cast<SpinPool*>(nullptr)}) {
        Lane lane({spins, nullptr});
        LaneEnd worker = lane.worker();
        std::thread thread([&] { echo(worker); });
        CHECK(hears_its_own_words(lane.host, 3000));
        hang_up(lane.host);
        thread.join();
    }
}

TEST_CASE("frames arrive whole from another process") {
    SpinPool pool;
    Lane lane({&pool, nullptr});
    LaneEnd worker = lane.worker();
    lane.host.close_fds();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        echo(worker);
        ::_exit(7);
    }
    CHECK(hears_its_own_words(lane.host, 3000));
    hang_up(lane.host);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("several lanes of one host share its spinners") {
    SpinPool pool;
    Lane one({&pool, nullptr}), two({&pool, nullptr});
    LaneEnd worker_of_one = one.worker(), worker_of_two = two.worker();
    std::thread first([&] { echo(worker_of_one); }), second([&] { echo(worker_of_two); });
    bool other = false;
    std::thread host_thread([&] { other = hears_its_own_words(two.host, 1000); });
    CHECK(hears_its_own_words(one.host, 1000));
    host_thread.join();
    CHECK(other);
    hang_up(one.host);
    hang_up(two.host);
    first.join();
    second.join();
}

TEST_CASE("a frame has all the room there is, and none is needed") {
    Lane lane;
    LaneEnd worker = lane.worker();
    CHECK(lane.host.frame().size() == room);
    say(lane.host, std::string(room, 'x'));
    REQUIRE(worker.wait(for_ever) == Heard::frame);
    CHECK(heard(worker) == std::string(room, 'x'));
    worker.post(0);
    REQUIRE(lane.host.wait(for_ever) == Heard::frame);
    CHECK(lane.host.heard().empty());
}

TEST_CASE("a frame is written beside the other side's, not over it") {
    Lane lane;
    LaneEnd worker = lane.worker();
    say(lane.host, "question");
    REQUIRE(worker.wait(for_ever) == Heard::frame);
    std::memcpy(worker.frame().data(), "answer", 6);
    CHECK(heard(worker) == "question");
    worker.post(6);
    REQUIRE(lane.host.wait(for_ever) == Heard::frame);
    CHECK(heard(lane.host) == "answer");
}

TEST_CASE("a wait for a side that says nothing ends at its deadline, and may go on") {
    Lane lane;
    LaneEnd worker = lane.worker();
    const std::uint64_t until = in(5 * ms);
    CHECK(worker.wait(until) == Heard::timeout);
    CHECK(tenon::base::monotonic_ns() >= until);
    CHECK(worker.wait(0) == Heard::timeout);
    say(lane.host, "late");
    CHECK(worker.wait(0) == Heard::frame);
    CHECK(heard(worker) == "late");
}

TEST_CASE("a parked wait lets its thread look around, and ends when that says so") {
    Lane lane;
    int looks = 0;
    const Look look{[](void* self) noexcept { return ++*static_cast<int*>(self) < 5; }, &looks};
    const std::uint64_t begin = tenon::base::monotonic_ns();
    lane.host.post(0);
    CHECK(lane.host.wait(for_ever, look) == Heard::timeout);
    CHECK(looks == 5);
    CHECK(tenon::base::monotonic_ns() - begin >= 4 * ms);  // one look a millisecond
}

TEST_CASE("the host tells a worker that has the turn") {
    Lane lane;
    LaneEnd worker = lane.worker();
    std::thread thread([&] {
        if (worker.wait(for_ever) != Heard::frame) std::abort();
        while (worker.their_control() != 42) std::this_thread::yield();
        say(worker, "cancelled");
    });
    const Look look{[](void* self) noexcept {
                        static_cast<LaneEnd*>(self)->control(42);
                        return true;
                    },
                    &lane.host};
    CHECK(worker.their_control() == 0);
    say(lane.host, "question");
    REQUIRE(lane.host.wait(for_ever, look) == Heard::frame);
    CHECK(heard(lane.host) == "cancelled");
    thread.join();
}

TEST_CASE("an idle worker takes no CPU") {
    Lane idle;
    LaneEnd waiting = idle.worker();
    const Region words = idle.hostile();
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
        id = static_cast<pid_t>(::syscall(SYS_gettid));
        echo(waiting);
    });
    while (outbox_in(words).parked.load() == 0 || !sleeps(id)) std::this_thread::yield();

    clockid_t clock{};
    REQUIRE(::pthread_getcpuclockid(thread.native_handle(), &clock) == 0);
    const std::uint64_t before = cpu_time(clock);
    Lane busy;
    LaneEnd worker = busy.worker();
    std::thread beside([&] { echo(worker); });
    CHECK(hears_its_own_words(busy.host, 500));
    CHECK(cpu_time(clock) == before);

    hang_up(busy.host);
    hang_up(idle.host);
    beside.join();
    thread.join();
}
