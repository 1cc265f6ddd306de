/* A handler that does next to nothing, or as much as the event says, at an offset of its own (BENCH_SKIP bytes into the
 * code). */
#include <tenon/entry.h>

#include "event.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
__asm__(".text\n.skip " TEXT(BENCH_SKIP) ", 0x90\n");

/* Keeps the processor busy. */
static __attribute__((noinline, cold)) int32_t work(uint64_t rounds) {
    for (; rounds != 0; --rounds) __asm__ volatile("");
    return TENON_CONTINUE;
}

static int32_t on_event(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)reply;
    const uint64_t number = ((const bench_event*)request)->number;
    return __builtin_expect(number > 1, 0) ? work(number) : TENON_CONTINUE;
}

static const tenon_handler handlers[] = {{TENON_STR("org.tenon.bench"), TENON_STR("event"), on_event}};

TENON_NOTE(TENON_USES(BENCH_CONTRACT))
TENON_ENTRY_HANDLERS(NULL, handlers)
