// What spares a reload its barrier: threads that say by themselves that they have seen the change.
#include <atomic>
#include <thread>

#include "host/slots.h"
#include "tests/support/catch.h"

using namespace tenon::host;

TEST_CASE("an announcement is acknowledged once every other thread with a slot has said so") {
    std::atomic<int> step{0};
    std::thread other([&] {
        Slot* const slot = acquire_slot();
        step = 1;
        while (step != 2) std::this_thread::yield();
        acknowledge(*slot);
        step = 3;
        while (step != 4) std::this_thread::yield();
    });
    while (step != 1) std::this_thread::yield();
    const std::uint64_t announcement = announce();
    const bool fenced = acquire_slot()->fenced;  // such a process needs no barrier at all
    CHECK(is_acknowledged(announcement) == fenced);
    step = 2;
    while (step != 3) std::this_thread::yield();
    CHECK(is_acknowledged(announcement));
    CHECK(is_acknowledged(announce()) == fenced);  // a later one is not yet
    step = 4;
    other.join();
    CHECK(is_acknowledged(announce()));
}
