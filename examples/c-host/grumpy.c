/* A plugin in C whose handler fails, and says so. */
#include <tenon/entry.h>

#include "greeting.h"

static int32_t before_sending(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self, (void)request, (void)reply;
    return tenon_call_fail(call, TENON_E_FAILED, tenon_str_from("not before noon"));
}

static const tenon_lifecycle lifecycle = {.struct_size = sizeof(tenon_lifecycle)};
static const tenon_handler handlers[] = {{TENON_STR(GREETING_ID), TENON_STR("before_sending"), before_sending}};
TENON_NOTE(TENON_USES(GREETING_CONTRACT))
TENON_ENTRY_HANDLERS(&lifecycle, handlers)
