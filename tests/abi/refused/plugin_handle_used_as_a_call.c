/* expects: incompatible pointer type|cannot convert|no matching function for call to .tenon_call_alloc. */
#include <tenon/plugin.h>

void* keep(tenon_plugin* plugin, tenon_call* call);
void* keep(tenon_plugin* plugin, tenon_call* call) {
#ifdef FAULT
    (void)call;
    return tenon_call_alloc(plugin, 8, 8);
#else
    (void)plugin;
    return tenon_call_alloc(call, 8, 8);
#endif
}
