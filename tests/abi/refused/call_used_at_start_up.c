/* expects: incompatible pointer type|cannot convert|cannot initialize */
#include <tenon/plugin.h>

int32_t handle(tenon_call* call, tenon_init* init, tenon_service** out_service);
int32_t handle(tenon_call* call, tenon_init* init, tenon_service** out_service) {
#ifdef FAULT
    init = call;
#else
    (void)call;
#endif
    return init->ops->service(init, tenon_str_from("org.example.tax/1"), out_service);
}
