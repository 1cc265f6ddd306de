/* A plugin of the usual size, of which discovery_bench makes 2,000 with other ids. */
#include <tenon/entry.h>

#include "examples/pressroom/contract/pressroom/contract.h"

static int32_t after_render(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self, (void)call, (void)request, (void)reply;
    return TENON_DECLINED;
}

static const tenon_handler handlers[] = {{TENON_STR(PRESSROOM_ID), TENON_STR("after_render"), after_render}};

TENON_NOTE(TENON_USES(PRESSROOM_CONTRACT))
TENON_ENTRY_HANDLERS(NULL, handlers)
