/* What is called in a worker, and in process. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <tenon/entry.h>
#include <time.h>

#include "worker_contract.h"

static int32_t on_call(void* self, tenon_call* call, const void* request, void* reply) {
    const crossing_block* const asked = (const crossing_block*)request;
    crossing_block* const answer = (crossing_block*)reply;
    (void)self;
    (void)call;
    *answer = *asked;
    answer->number = asked->number + 1;
    return TENON_HANDLED;
}

static int32_t on_change(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)request;
    ++((crossing_block*)reply)->number;
    return TENON_CHANGED;
}

static int32_t on_wrap(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)request;
    (void)reply;
    return tenon_call_next(call);
}

static int32_t on_weigh(void* self, tenon_call* call, const void* request, void* reply) {
    const tenon_bytes payload = ((const crossing_parcel*)request)->payload;
    uint64_t sum = 0, word = 0;
    (void)self;
    (void)call;
    for (uint64_t i = 0; i + sizeof word <= payload.size; i += sizeof word) {
        memcpy(&word, (const char*)payload.data + i, sizeof word);
        sum += word;
    }
    ((crossing_sum*)reply)->sum = sum;
    return TENON_HANDLED;
}

static uint64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int32_t on_linger(void* self, tenon_call* call, const void* request, void* reply) {
    const uint64_t end = clock_ns() + ((const crossing_block*)request)->number;
    while (clock_ns() < end) {
    }
    return on_call(self, call, request, reply);
}

static int32_t on_fall(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)request;
    (void)reply;
    abort();
}

static const tenon_handler handlers[] = {
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("call"), on_call},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("change"), on_change},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("wrap"), on_wrap},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("weigh"), on_weigh},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("linger"), on_linger},
    {TENON_STR("org.tenon.bench.crossing"), TENON_STR("fall"), on_fall},
};

TENON_NOTE(TENON_USES(CROSSING_CONTRACT))
TENON_ENTRY_HANDLERS(NULL, handlers)
