// A way to call another process, and how long a call takes.
//
// Every way carries the same. A small request has 64 bytes and begins with a number; the reply has 64 bytes and begins
// with the next number. A larger request is a payload, of which every byte is read there; the reply is the sum of its
// 64-bit words. Both sides know the size; each reply is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

constexpr std::size_t small_request = 64;

constexpr std::size_t reply_size(std::size_t request) {
    return request == small_request ? small_request : sizeof(std::uint64_t);
}

std::uint64_t sum_of(const char* bytes, std::size_t size);  // a multiple of 8 bytes
// What the other process does with a request.
void answer(const char* request, std::size_t size, char* reply);

// The processors of the process that calls and of the one that answers.
struct Placement {
    int caller, answerer;
};

// One call, on the thread that started the crossing. Throws when the other process is out of reach.
using Trip = std::function<void(const char* request, char* reply)>;

struct Crossing {
    std::string name;
    // Starts the process that answers requests of this size; the calling thread is already where it shall be.
    std::function<Trip(const Placement&, std::size_t size)> start;
};

// Runs `serve` in a child process on a processor, until the calling process ends. The child has one thread.
void answer_apart(int processor, const std::function<void()>& serve);

struct Pace {
    std::size_t most;           // trips
    double seconds;             // or as many as there are in this time
    std::uint64_t idle_us = 0;  // slept before each
};

// Nanoseconds of single trips after a warm-up, one reading of the clock included; in two new processes.
std::vector<double> trips(const Crossing& crossing, const Placement& placement, std::size_t size, const Pace& pace);

}  // namespace bench
