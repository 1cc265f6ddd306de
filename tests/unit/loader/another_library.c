/* A dependency that has what a plugin should have itself. */
#include <tenon/entry.h>

TENON_EXPORT int32_t somebody_elses_handler(void* self, tenon_call* call, const void* request, void* reply) {
    (void)self, (void)call, (void)request, (void)reply;
    return TENON_OK;
}

TENON_EXPORT extern const tenon_entry_block tenon_entry;
const tenon_entry_block tenon_entry = {
    TENON_MAGIC, TENON_ABI_MAJOR, TENON_ABI_MINOR_REQUIRED, TENON_ABI_MINOR, 0, 0, 0, 0, 0, {0, 0, 0, 0}, {0, 0, 0, 0}};
