/* expects: incompatible (function )?pointer type|invalid conversion|cannot initialize */
#include <tenon/plugin.h>

#ifdef FAULT
static int32_t before_render(void* self, tenon_init* init, const void* request, void* reply) {
    (void)init;
#else
static int32_t before_render(void* self, tenon_call* call, const void* request, void* reply) {
    (void)call;
#endif
    (void)self, (void)request, (void)reply;
    return TENON_CONTINUE;
}
extern const tenon_handler handlers[1];
const tenon_handler handlers[1] = {{TENON_STR("org.example.press"), TENON_STR("before_render"), before_render}};
