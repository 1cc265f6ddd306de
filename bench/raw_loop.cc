#include "raw_loop.h"

void bench_call_all(const bench::Line* lines, std::size_t count, const void* request) {
    bench::call_all(lines, count, request);
}
