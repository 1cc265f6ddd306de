/* What reload.cc changes again and again: two builds that answer with their number, in two sizes. */
#include <tenon/entry.h>

#include "event.h"

/* Read once a call, so that it is not left out. */
static const unsigned char padding[BENCH_PADDING] = {BENCH_NUMBER};

static int32_t on_first(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)request;
    ((bench_event*)reply)->number = ((const volatile unsigned char*)padding)[0];
    return TENON_HANDLED;
}

static const tenon_handler handlers[] = {{TENON_STR("org.tenon.bench"), TENON_STR("first"), on_first}};

TENON_NOTE(TENON_USES(BENCH_CONTRACT))
TENON_ENTRY_HANDLERS(NULL, handlers)
