/* expects: incompatible pointer type|cannot convert|no matching function for call to .tenon_call_cancelled. */
#include <tenon/plugin.h>

int32_t start(void* self, tenon_init* init);
int32_t start(void* self, tenon_init* init) {
    (void)self;
#ifdef FAULT
    return (int32_t)tenon_call_cancelled(init);
#else
    return init->ops->fail(init, TENON_OK, tenon_str_from("no"));
#endif
}
