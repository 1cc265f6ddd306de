/* A plugin in C: adds good wishes to each letter. */
#include <tenon/entry.h>

#include "greeting.h"

static const char wishes[] = " With kind regards";

static int32_t before_sending(void* self, tenon_call* call, const void* request, void* reply) {
    greeting_letter* letter = reply;
    const size_t before = (size_t)letter->text.size;
    char* text = tenon_call_alloc(call, before + sizeof wishes - 1, 1);
    (void)self, (void)request;
    if (!text) return TENON_E_NO_MEMORY;
    if (before != 0) memcpy(text, letter->text.data, before);
    memcpy(text + before, wishes, sizeof wishes - 1);
    letter->text.data = text;
    letter->text.size = before + sizeof wishes - 1;
    return TENON_CHANGED;
}

static const tenon_lifecycle lifecycle = {.struct_size = sizeof(tenon_lifecycle)};
static const tenon_handler handlers[] = {{TENON_STR(GREETING_ID), TENON_STR("before_sending"), before_sending}};
TENON_NOTE(TENON_USES(GREETING_CONTRACT))
TENON_ENTRY_HANDLERS(&lifecycle, handlers)
