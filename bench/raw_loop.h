// The floor: a loop over function pointers, in the program itself and in a library of its own, where every dispatcher
// that is a library has its loop.
#pragma once

#include <tenon/hook.h>

#include <cstddef>

namespace bench {

struct Line {
    tenon_handler_fn fn;
    void* self;
};

inline void call_all(const Line* lines, std::size_t count, const void* request) {
    for (const Line* line = lines; line != lines + count; ++line) {
        const int32_t status = line->fn(line->self, nullptr, request, nullptr);
        asm volatile("" : : "r"(status));
    }
}

}  // namespace bench

extern "C" __attribute__((visibility("default"))) void bench_call_all(const bench::Line* lines, std::size_t count,
                                                                      const void* request);
