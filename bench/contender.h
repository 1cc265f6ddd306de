// Who is measured: something that calls a number of handlers, again and again.
#pragma once

#include <tenon/hook.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "event.h"

namespace bench {

using Functions = std::span<const tenon_handler_fn>;

// Calls its handlers so many times, on the calling thread.
using Burst = std::function<void(std::size_t times)>;

struct Contender {
    std::string name;
    // An object with these handlers attached.
    std::function<std::shared_ptr<void>(Functions)> attach;
    // What one thread does with it.
    std::function<Burst(const std::shared_ptr<void>&)> burst;
    bool thread_safe = true;
};

// The compiler may neither drop nor foresee the value.
template <class T>
inline void keep_value(T const& value) {
    asm volatile("" : : "r,m"(value) : "memory");
}

}  // namespace bench
