// When a side spins, and that there are never more spinners than CPUs to spare.
#include "sandbox/spin.h"

#include <sched.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/machine_has.h"
#include "tests/unit/sandbox/lanes.h"

using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

constexpr std::uint64_t lease_ns = waking_ns + 2 * spin_ns;

// Waits until the habit is willing again.
int waits_without_spinning(SpinHabit& habit) {
    int waits = 0;
    while (!habit.willing()) ++waits;
    return waits;
}

std::vector<int> my_cpus() {
    cpu_set_t set;
    REQUIRE(::sched_getaffinity(0, sizeof set, &set) == 0);
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
    return cpus;
}

void run_on(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (::sched_setaffinity(0, sizeof set, &set) != 0) std::abort();
}

struct Spun {
    bool host;    // it took a slot to spin
    bool worker;  // it was told that it may
};

// What happens in so many calls, or until the worker may spin.
Spun spun_within(int calls, int host_cpu, int worker_cpu) {
    SpinPool pool(2);
    Lane lane({&pool, nullptr});
    LaneEnd worker = lane.worker();
    const Region host_words = seen_by_worker(lane.host.my_region(), Writer::host);
    const auto& host_outbox = *reinterpret_cast<const Outbox*>(host_words.bytes().data());
    std::atomic<bool> seen{false};
    std::thread worker_thread([&] {
        run_on(worker_cpu);
        while (worker.wait(for_ever) == Heard::frame && !worker.heard().empty()) {
            if (host_outbox.may_spin.load() != 0) seen = true;
            worker.post(1);
        }
    });
    std::thread host_thread([&] {
        run_on(host_cpu);
        for (int call = 0; call < calls && !seen; ++call) {
            say(lane.host, "call");
            if (lane.host.wait(for_ever) != Heard::frame) std::abort();
        }
        hang_up(lane.host);
    });
    host_thread.join();
    worker_thread.join();
    SpinPool::Lease at_the_beginning_of_time;
    return {!pool.renew(at_the_beginning_of_time, 1), seen};
}

}  // namespace

TEST_CASE("a side that spins in vain spins twice as rarely each time, one that is answered spins again") {
    SpinHabit habit;
    CHECK(waits_without_spinning(habit) == 0);
    for (const int waits : {1, 3, 7, 15, 31, 63, 63}) {
        habit.lost();
        CHECK(waits_without_spinning(habit) == waits);
    }
    for (int i = 0; i < 10; ++i) {
        habit.won();
        CHECK(waits_without_spinning(habit) == 0);
    }
    habit.lost();
    CHECK(waits_without_spinning(habit) == 1);
}

TEST_CASE("with one CPU no lane spins") {
    SpinPool pool(1);
    SpinPool::Lease lease;
    CHECK_FALSE(pool.renew(lease, 1000));
}

TEST_CASE("one lane fewer than there are CPUs may spin at a time") {
    SpinPool pool(3);
    SpinPool::Lease one, two, three;
    CHECK(pool.renew(one, 1000));
    CHECK(pool.renew(two, 1001));
    CHECK_FALSE(pool.renew(three, 1002));
    CHECK(pool.renew(one, 50'000));
    CHECK_FALSE(pool.renew(three, 50'001));
}

TEST_CASE("a lane that went quiet loses its slot to the next that asks") {
    SpinPool pool(2);
    SpinPool::Lease quiet, busy;
    CHECK(pool.renew(quiet, 1000));
    CHECK_FALSE(pool.renew(busy, 1000 + lease_ns - 1));
    CHECK(pool.renew(busy, 1000 + lease_ns));
    CHECK_FALSE(pool.renew(quiet, 1000 + lease_ns + 1));
    CHECK(pool.renew(quiet, 1000 + 2 * lease_ns));
}

TEST_CASE("a lane whose slot nobody else took keeps it") {
    SpinPool pool(2);
    SpinPool::Lease lease;
    CHECK(pool.renew(lease, 1000));
    CHECK(pool.renew(lease, 1000 + 50 * lease_ns));
}

TEST_CASE("a thread that may run on one CPU only counts one") {
    const std::vector<int> cpus = my_cpus();
    CHECK(usable_cpus() == cpus.size());
    unsigned counted = 0;
    std::thread([&] {
        run_on(cpus.front());
        counted = usable_cpus();
    }).join();
    CHECK(counted == 1);
}

TEST_CASE("two sides on one CPU never spin") {
    const int cpu = my_cpus().front();
    const Spun spun = spun_within(200, cpu, cpu);
    CHECK_FALSE(spun.host);
    CHECK_FALSE(spun.worker);
}

TEST_CASE("two sides on two CPUs spin when calls follow each other") {
    const std::vector<int> cpus = my_cpus();
    if (!tenon::test::machine_has(cpus.size() >= 2, "second processor")) return;
    const Spun spun = spun_within(1'000'000, cpus[0], cpus[1]);
    CHECK(spun.host);
    CHECK(spun.worker);
}

TEST_CASE("a worker leaves the processor of a host that is in a hurry") {
    const std::vector<int> cpus = my_cpus();
    if (cpus.size() < 2) FAIL("this machine has one CPU; the test needs two");
    int apart = 0;
    for (int i = 0; i < 20; ++i) {
        Lane lane;
        LaneEnd worker = lane.worker();
        const Region hostile = lane.hostile();
        const Outbox& worker_words = outbox_in(hostile);
        int worker_cpu = -1;
        unsigned may_use = 0;
        std::thread thread([&] {
            cpu_set_t all;
            ::sched_getaffinity(0, sizeof all, &all);
            run_on(cpus[0]);
            ::sched_setaffinity(0, sizeof all, &all);
            if (worker.wait(for_ever) != Heard::frame) std::abort();
            worker_cpu = ::sched_getcpu();
            may_use = usable_cpus();
            worker.post(0);
        });
        std::thread([&] {
            run_on(cpus[0]);
            while (worker_words.parked.load() == 0) std::this_thread::yield();
            lane.host.hurry(true);
            lane.host.post(0);
            if (lane.host.wait(for_ever) != Heard::frame) std::abort();
        }).join();
        thread.join();
        CHECK(may_use == usable_cpus());
        if (worker_cpu != cpus[0]) ++apart;
    }
    CHECK(apart >= 15);  // the kernel may move it again
}
