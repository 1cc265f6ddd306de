// Who gets a lane of a worker when all are taken.
#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "sandbox/client_lane.h"
#include "tests/support/catch.h"

using namespace tenon::sandbox;

namespace {

thread_local bool out_of_memory = false;

// As for a thread for which there is no memory.
class OutOfMemory {
public:
    OutOfMemory() noexcept { out_of_memory = true; }
    ~OutOfMemory() { out_of_memory = false; }
    OutOfMemory(const OutOfMemory&) = delete;
    OutOfMemory& operator=(const OutOfMemory&) = delete;
};

}  // namespace

void* operator new(std::size_t size) {
    void* const memory = out_of_memory ? nullptr : std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return out_of_memory ? nullptr : std::malloc(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

TEST_CASE("who waits for a lane needs no memory") {
    LaneTable table;
    Seat* const first = table.claim(1, for_ever);
    REQUIRE(first != nullptr);
    std::atomic<int> served{0}, in_vain{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            const OutOfMemory meanwhile;
            // Every other one goes away before its turn.
            Seat* const seat = table.claim(1, i % 2 == 0 ? for_ever : tenon::base::monotonic_ns() + 2'000'000);
            if (seat == nullptr) {
                ++in_vain;
                return;
            }
            ++served;
            table.release(*seat);
        });
    while (in_vain != 4) std::this_thread::yield();
    CHECK(served == 0);
    table.release(*first);
    for (std::thread& thread : threads) thread.join();
    CHECK(served == 4);
    CHECK(table.claim(1, 0) == first);
}
