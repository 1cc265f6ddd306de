/* What scale.cc makes 1,000 plugins of: copies that differ in their id. */
#include <tenon/entry.h>

#include "event.h"

static int32_t on_event(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self;
    (void)call;
    (void)reply;
    return ((const bench_event*)request)->number == 0 ? TENON_DECLINED : TENON_CONTINUE;
}

static const tenon_handler handlers[] = {{TENON_STR("org.tenon.bench"), TENON_STR("event"), on_event}};

TENON_NOTE(TENON_USES(BENCH_CONTRACT))
TENON_ENTRY_HANDLERS(NULL, handlers)
