/* A library that is never called: it has a typed reference to every public struct and function, so that abidw finds
 * them all. Compiled as GNU C for __typeof__. coverage.sh checks that nothing of the headers is missing here. */
#include <tenon/entry.h>
#include <tenon/host.h>

#define STRUCT(T)                             \
    extern TENON_EXPORT const T* type_of_##T; \
    const T* type_of_##T;
#define FUNCTION(name)                                         \
    extern TENON_EXPORT __typeof__(name)* signature_of_##name; \
    __typeof__(name)* signature_of_##name;
#define CALLBACK(type)                       \
    extern TENON_EXPORT type type_of_##type; \
    type type_of_##type;

STRUCT(tenon_str)
STRUCT(tenon_bytes)
STRUCT(tenon_span)
STRUCT(tenon_error)
STRUCT(tenon_record)
STRUCT(tenon_handler)
STRUCT(tenon_call_ops)
STRUCT(tenon_call)
STRUCT(tenon_init)
STRUCT(tenon_plugin)
STRUCT(tenon_service_table)
STRUCT(tenon_state)
STRUCT(tenon_lifecycle)
STRUCT(tenon_init_ops)
STRUCT(tenon_plugin_ops)
STRUCT(tenon_note_header)
STRUCT(tenon_entry_block)
STRUCT(tenon_host_options)
STRUCT(tenon_pin)
STRUCT(tenon_report_row)
STRUCT(tenon_report_problem)
STRUCT(tenon_report_link)

CALLBACK(tenon_handler_fn)
CALLBACK(tenon_log_fn)

FUNCTION(tenon_host_create)
FUNCTION(tenon_host_destroy)
FUNCTION(tenon_host_offer)
FUNCTION(tenon_host_provide)
FUNCTION(tenon_host_discover)
FUNCTION(tenon_host_load)
FUNCTION(tenon_host_unload)
FUNCTION(tenon_host_collect)
FUNCTION(tenon_host_plugins)
FUNCTION(tenon_host_violations)
FUNCTION(tenon_state_name)
FUNCTION(tenon_report_count)
FUNCTION(tenon_report_get)
FUNCTION(tenon_report_destroy)
FUNCTION(tenon_host_hook)
FUNCTION(tenon_host_service)
FUNCTION(tenon_hook_call)
FUNCTION(tenon_service_call)
FUNCTION(tenon_hook_add)
FUNCTION(tenon_hook_remove)
FUNCTION(tenon_scope_create)
FUNCTION(tenon_scope_reset)
FUNCTION(tenon_scope_destroy)
FUNCTION(tenon_scope_alloc)
FUNCTION(tenon_scope_set_time_left)
FUNCTION(tenon_scope_cancel)
FUNCTION(tenon_scope_error_count)
FUNCTION(tenon_scope_error)
FUNCTION(tenon_abi_version)
