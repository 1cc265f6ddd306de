#include "tests/reload/faulty_memory.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <new>

namespace tenon::test {

namespace {

constinit thread_local Fault armed = Fault::none;
constinit thread_local std::uint64_t allocations_left = 0;
constinit thread_local bool has_struck = false;

bool strikes() noexcept {
    if (armed == Fault::none) return false;
    if (has_struck) return armed == Fault::fails_from_then_on;
    if (--allocations_left > 0) return false;
    if (armed == Fault::kills) ::kill(::getpid(), SIGKILL);
    has_struck = true;
    return true;
}

}  // namespace

void arm(Fault fault, std::uint64_t nth) noexcept {
    has_struck = false;
    allocations_left = nth;
    armed = fault;
}

bool disarm() noexcept {
    armed = Fault::none;
    return has_struck;
}

static void* allocate(std::size_t size) {
    if (!strikes())
        if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}

}  // namespace tenon::test

// Those of the libraries, too: this program's are found first.
void* operator new(std::size_t size) {
    return tenon::test::allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return tenon::test::strikes() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
