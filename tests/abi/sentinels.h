/* Where each field of the ABI lies. A line that has to be changed here is a change of the ABI (abi.md, rules 6 and 7):
 * FROZEN structs never change; an APPENDABLE one may get new lines at its end, its minimum stays.
 *
 * FROZEN(type, size, FIELDS) and APPENDABLE(type, minimum size, size, FIELDS); a field is F(T, name, offset, size).
 * That the sizes of the fields add up to the struct's proves that no field is missing here and none is padded. */
#ifndef SENTINELS_H
#define SENTINELS_H

#include <tenon/entry.h>
#include <tenon/provide.h>
#include <tenon/reload.h>
#include <tenon/stats.h>

#define SENTINEL_FIELD(T, name, place, bytes)                                     \
    TENON_STATIC_ASSERT(offsetof(T, name) == (place), #T "." #name " has moved"); \
    TENON_STATIC_ASSERT(sizeof(((T*)0)->name) == (bytes), #T "." #name " has another size");
#define SENTINEL_SUM(T, name, place, bytes) +(bytes)
#define SENTINEL_SIZE(T, size, FIELDS)                                                                     \
    TENON_STATIC_ASSERT(sizeof(T) == (size), #T " has another size");                                      \
    TENON_STATIC_ASSERT((0 FIELDS(SENTINEL_SUM, T)) == (size), #T ": a field is missing here, or padded"); \
    FIELDS(SENTINEL_FIELD, T)
#define FROZEN(T, size, FIELDS) SENTINEL_SIZE(T, size, FIELDS)
#define APPENDABLE(T, minimum, size, FIELDS)                                                 \
    TENON_STATIC_ASSERT(offsetof(T, struct_size) == 0, #T " begins with its size");          \
    TENON_STATIC_ASSERT((minimum) <= (size) && (minimum) % 8 == 0, #T ": the minimum size"); \
    SENTINEL_SIZE(T, size, FIELDS)
#define CONSTANT(name, value) TENON_STATIC_ASSERT((name) == (value), #name " has another value");

/* types.h */
#define TENON_STR_(F, T) F(T, data, 0, 8) F(T, size, 8, 8)
FROZEN(tenon_str, 16, TENON_STR_)
#define TENON_BYTES_(F, T) F(T, data, 0, 8) F(T, size, 8, 8)
FROZEN(tenon_bytes, 16, TENON_BYTES_)
#define TENON_SPAN_(F, T) \
    F(T, data, 0, 8)      \
    F(T, count, 8, 8)     \
    F(T, stride, 16, 4)   \
    F(T, reserved, 20, 4)
FROZEN(tenon_span, 24, TENON_SPAN_)

/* status.h */
#define TENON_ERROR_(F, T)  \
    F(T, struct_size, 0, 4) \
    F(T, code, 4, 4)        \
    F(T, domain, 8, 32)     \
    F(T, reason, 40, 48)    \
    F(T, plugin, 88, 96)    \
    F(T, version, 184, 32)  \
    F(T, hook, 216, 96)     \
    F(T, path, 312, 256)    \
    F(T, text, 568, 448)    \
    F(T, fix, 1016, 256)
APPENDABLE(tenon_error, 1272, 1272, TENON_ERROR_)

/* describe.h */
#define TENON_RECORD_(F, T) \
    F(T, kind, 0, 2)        \
    F(T, flags, 2, 2)       \
    F(T, type, 4, 4)        \
    F(T, of, 8, 4)          \
    F(T, count, 12, 4)      \
    F(T, offset, 16, 8)     \
    F(T, size, 24, 8)       \
    F(T, name, 32, 64)
FROZEN(tenon_record, 96, TENON_RECORD_)

/* hook.h */
#define TENON_HANDLER_(F, T) F(T, contract, 0, 16) F(T, hook, 16, 16) F(T, fn, 32, 8)
FROZEN(tenon_handler, 40, TENON_HANDLER_)
#define TENON_CALL_OPS_(F, T) \
    F(T, struct_size, 0, 4)   \
    F(T, reserved, 4, 4)      \
    F(T, alloc, 8, 8)         \
    F(T, fail, 16, 8)         \
    F(T, cancelled, 24, 8)    \
    F(T, time_left_ns, 32, 8) \
    F(T, hook, 40, 8)         \
    F(T, service, 48, 8)      \
    F(T, nested_error, 56, 8) \
    F(T, next, 64, 8)         \
    F(T, emit, 72, 8)         \
    F(T, defer, 80, 8)
APPENDABLE(tenon_call_ops, 64, 88, TENON_CALL_OPS_)
#define TENON_OPS_(F, T) F(T, ops, 0, 8)
FROZEN(tenon_call, 8, TENON_OPS_)
FROZEN(tenon_pending, 8, TENON_OPS_)

#define TENON_PENDING_OPS_(F, T) \
    F(T, struct_size, 0, 4)      \
    F(T, reserved, 4, 4)         \
    F(T, alloc, 8, 8)            \
    F(T, cancelled, 16, 8)       \
    F(T, complete, 24, 8)
APPENDABLE(tenon_pending_ops, 32, 32, TENON_PENDING_OPS_)
#define TENON_HANDLER_OPTIONS_(F, T) \
    F(T, struct_size, 0, 4)          \
    F(T, priority, 4, 4)             \
    F(T, phase, 8, 4)                \
    F(T, share, 12, 4)               \
    F(T, name, 16, 16)               \
    F(T, before, 32, 24)             \
    F(T, after, 56, 24)              \
    F(T, soft_ns, 80, 8)             \
    F(T, hard_ns, 88, 8)
APPENDABLE(tenon_handler_options, 96, 96, TENON_HANDLER_OPTIONS_)
/* plugin.h */
FROZEN(tenon_init, 8, TENON_OPS_)
FROZEN(tenon_plugin, 8, TENON_OPS_)
#define TENON_SERVICE_TABLE_(F, T) F(T, id, 0, 16) F(T, methods, 16, 8) F(T, method_count, 24, 8)
FROZEN(tenon_service_table, 32, TENON_SERVICE_TABLE_)
#define TENON_STATE_(F, T)     \
    F(T, struct_size, 0, 4)    \
    F(T, schema_version, 4, 4) \
    F(T, schema, 8, 16)        \
    F(T, data, 24, 16)
APPENDABLE(tenon_state, 40, 40, TENON_STATE_)
#define TENON_LIFECYCLE_(F, T)         \
    F(T, struct_size, 0, 4)            \
    F(T, reserved, 4, 4)               \
    F(T, create, 8, 8)                 \
    F(T, start, 16, 8)                 \
    F(T, stop, 24, 8)                  \
    F(T, destroy, 32, 8)               \
    F(T, installed, 40, 8)             \
    F(T, upgraded, 48, 8)              \
    F(T, uninstalling, 56, 8)          \
    F(T, configuration_changed, 64, 8) \
    F(T, save_state, 72, 8)            \
    F(T, restore_state, 80, 8)         \
    F(T, apply_journal, 88, 8)
APPENDABLE(tenon_lifecycle, 88, 96, TENON_LIFECYCLE_)
#define TENON_INIT_OPS_(F, T)    \
    F(T, struct_size, 0, 4)      \
    F(T, reserved, 4, 4)         \
    F(T, plugin, 8, 8)           \
    F(T, service, 16, 8)         \
    F(T, hook, 24, 8)            \
    F(T, resource_folder, 32, 8) \
    F(T, data_folder, 40, 8)     \
    F(T, fail, 48, 8)
APPENDABLE(tenon_init_ops, 56, 56, TENON_INIT_OPS_)
#define TENON_PLUGIN_OPS_(F, T) \
    F(T, struct_size, 0, 4)     \
    F(T, reserved, 4, 4)        \
    F(T, log, 8, 8)             \
    F(T, add_handler, 16, 8)    \
    F(T, remove_handler, 24, 8) \
    F(T, run, 32, 8)            \
    F(T, journal, 40, 8)        \
    F(T, request, 48, 8)
APPENDABLE(tenon_plugin_ops, 40, 56, TENON_PLUGIN_OPS_)

#define TENON_NAMED_(F, T) F(T, name, 0, 16) F(T, value, 16, 16)
FROZEN(tenon_named, 32, TENON_NAMED_)
#define TENON_REQUEST_(F, T) \
    F(T, struct_size, 0, 4)  \
    F(T, kind, 4, 4)         \
    F(T, flags, 8, 4)        \
    F(T, reserved, 12, 4)    \
    F(T, subject, 16, 16)    \
    F(T, detail, 32, 16)     \
    F(T, named, 48, 24)      \
    F(T, input, 72, 16)
APPENDABLE(tenon_request, 88, 88, TENON_REQUEST_)
#define TENON_ANSWER_(F, T) \
    F(T, struct_size, 0, 4) \
    F(T, number, 4, 4)      \
    F(T, descriptor, 8, 4)  \
    F(T, reserved, 12, 4)   \
    F(T, output, 16, 16)    \
    F(T, named, 32, 24)     \
    F(T, error, 56, 16)
APPENDABLE(tenon_answer, 72, 72, TENON_ANSWER_)

/* entry.h */
#define TENON_NOTE_HEADER_(F, T)    \
    F(T, name_size, 0, 4)           \
    F(T, payload_size, 4, 4)        \
    F(T, note_type, 8, 4)           \
    F(T, name, 12, 12)              \
    F(T, magic, 24, 4)              \
    F(T, abi_major, 28, 2)          \
    F(T, abi_minor_required, 30, 2) \
    F(T, abi_minor_built, 32, 2)    \
    F(T, record_size, 34, 2)        \
    F(T, record_count, 36, 4)       \
    F(T, manifest_size, 40, 4)      \
    F(T, reserved, 44, 4)
FROZEN(tenon_note_header, 48, TENON_NOTE_HEADER_)
#define TENON_ENTRY_BLOCK_(F, T)   \
    F(T, magic, 0, 4)              \
    F(T, abi_major, 4, 2)          \
    F(T, abi_minor_required, 6, 2) \
    F(T, abi_minor_built, 8, 2)    \
    F(T, reserved16, 10, 2)        \
    F(T, reserved32, 12, 4)        \
    F(T, note, 16, 8)              \
    F(T, note_size, 24, 8)         \
    F(T, lifecycle, 32, 8)         \
    F(T, handlers, 40, 24)         \
    F(T, services, 64, 24)
FROZEN(tenon_entry_block, 88, TENON_ENTRY_BLOCK_)

/* host.h */
#define TENON_EXECUTOR_(F, T) F(T, execute, 0, 8) F(T, data, 8, 8)
FROZEN(tenon_executor, 16, TENON_EXECUTOR_)
#define TENON_COLLECTION_(F, T) \
    F(T, struct_size, 0, 4)     \
    F(T, reserved, 4, 4)        \
    F(T, limit, 8, 8)           \
    F(T, items, 16, 24)
APPENDABLE(tenon_collection, 40, 40, TENON_COLLECTION_)
#define TENON_HOST_OPTIONS_(F, T)    \
    F(T, struct_size, 0, 4)          \
    F(T, check, 4, 4)                \
    F(T, log, 8, 8)                  \
    F(T, log_data, 16, 8)            \
    F(T, private_folder, 24, 16)     \
    F(T, data_folder, 40, 16)        \
    F(T, version, 56, 16)            \
    F(T, drain_timeout_ns, 72, 8)    \
    F(T, arena_limit, 80, 8)         \
    F(T, id, 88, 16)                 \
    F(T, cache_file, 104, 16)        \
    F(T, duplicates, 120, 4)         \
    F(T, breakers, 124, 4)           \
    F(T, pins, 128, 24)              \
    F(T, watchdog_period_ns, 152, 8) \
    F(T, executor, 160, 16)          \
    F(T, store_file, 176, 16)        \
    F(T, operator_file, 192, 16)     \
    F(T, stack_signal, 208, 4)       \
    F(T, reload, 212, 4)             \
    F(T, canary_file, 216, 16)       \
    F(T, workers, 232, 4)            \
    F(T, trust, 236, 4)              \
    F(T, in_workers, 240, 24)        \
    F(T, worker_file, 264, 16)
APPENDABLE(tenon_host_options, 88, 280, TENON_HOST_OPTIONS_)
#define TENON_PIN_(F, T) F(T, name, 0, 16) F(T, choice, 16, 16)
FROZEN(tenon_pin, 32, TENON_PIN_)
#define TENON_REPORT_ROW_(F, T)  \
    F(T, struct_size, 0, 4)      \
    F(T, state, 4, 4)            \
    F(T, plugin, 8, 16)          \
    F(T, version, 24, 16)        \
    F(T, path, 40, 16)           \
    F(T, reason, 56, 16)         \
    F(T, text, 72, 16)           \
    F(T, fix, 88, 16)            \
    F(T, microseconds, 104, 8)   \
    F(T, name, 112, 16)          \
    F(T, problems, 128, 24)      \
    F(T, after, 152, 24)         \
    F(T, cached, 176, 4)         \
    F(T, reserved, 180, 4)       \
    F(T, trust, 184, 4)          \
    F(T, in_worker, 188, 4)      \
    F(T, allow_degraded, 192, 4) \
    F(T, degraded, 196, 4)       \
    F(T, without, 200, 24)       \
    F(T, missing, 224, 24)
APPENDABLE(tenon_report_row, 112, 248, TENON_REPORT_ROW_)
#define TENON_REPORT_PROBLEM_(F, T) F(T, reason, 0, 16) F(T, text, 16, 16) F(T, fix, 32, 16)
FROZEN(tenon_report_problem, 48, TENON_REPORT_PROBLEM_)
#define TENON_REPORT_LINK_(F, T) \
    F(T, plugin, 0, 16)          \
    F(T, what, 16, 16)           \
    F(T, required, 32, 4)        \
    F(T, reserved, 36, 4)
FROZEN(tenon_report_link, 40, TENON_REPORT_LINK_)

/* stats.h */
#define TENON_BUDGET_(F, T) \
    F(T, soft_ns, 0, 8)     \
    F(T, hard_ns, 8, 8)     \
    F(T, share, 16, 4)      \
    F(T, soft_from, 20, 4)  \
    F(T, hard_from, 24, 4)  \
    F(T, share_from, 28, 4)
FROZEN(tenon_budget, 32, TENON_BUDGET_)
#define TENON_STATS_ROW_(F, T)    \
    F(T, struct_size, 0, 4)       \
    F(T, breaker, 4, 4)           \
    F(T, plugin, 8, 16)           \
    F(T, version, 24, 16)         \
    F(T, hook, 40, 16)            \
    F(T, handler, 56, 16)         \
    F(T, calls, 72, 8)            \
    F(T, errors, 80, 8)           \
    F(T, exceptions, 88, 8)       \
    F(T, soft_overruns, 96, 8)    \
    F(T, hard_overruns, 104, 8)   \
    F(T, skipped, 112, 8)         \
    F(T, short_circuits, 120, 8)  \
    F(T, not_charged, 128, 8)     \
    F(T, timed, 136, 8)           \
    F(T, self_ns, 144, 8)         \
    F(T, total_ns, 152, 8)        \
    F(T, p50_ns, 160, 8)          \
    F(T, p90_ns, 168, 8)          \
    F(T, p99_ns, 176, 8)          \
    F(T, p999_ns, 184, 8)         \
    F(T, max_ns, 192, 8)          \
    F(T, share_ppm, 200, 8)       \
    F(T, last_overrun, 208, 8)    \
    F(T, last_overrun_ns, 216, 8) \
    F(T, trips, 224, 8)           \
    F(T, since, 232, 8)           \
    F(T, next_probe, 240, 8)      \
    F(T, reason, 248, 16)         \
    F(T, stack, 264, 16)          \
    F(T, budget, 280, 32)
APPENDABLE(tenon_stats_row, 312, 312, TENON_STATS_ROW_)
#define TENON_WORKER_STATS_(F, T)      \
    F(T, struct_size, 0, 4)            \
    F(T, state, 4, 4)                  \
    F(T, plugin, 8, 16)                \
    F(T, version, 24, 16)              \
    F(T, pid, 40, 4)                   \
    F(T, lanes, 44, 4)                 \
    F(T, restarts, 48, 8)              \
    F(T, calls, 56, 8)                 \
    F(T, bytes_out, 64, 8)             \
    F(T, bytes_in, 72, 8)              \
    F(T, cpu_ns, 80, 8)                \
    F(T, resident_kib, 88, 8)          \
    F(T, peak_kib, 96, 8)              \
    F(T, minor_faults, 104, 8)         \
    F(T, major_faults, 112, 8)         \
    F(T, voluntary_switches, 120, 8)   \
    F(T, involuntary_switches, 128, 8) \
    F(T, last_end, 136, 16)
APPENDABLE(tenon_worker_stats, 152, 152, TENON_WORKER_STATS_)
#define TENON_CALL_EVENT_(F, T) \
    F(T, struct_size, 0, 4)     \
    F(T, depth, 4, 4)           \
    F(T, thread, 8, 4)          \
    F(T, status, 12, 4)         \
    F(T, plugin, 16, 16)        \
    F(T, hook, 32, 16)          \
    F(T, handler, 48, 16)       \
    F(T, begin_ns, 64, 8)       \
    F(T, end_ns, 72, 8)
APPENDABLE(tenon_call_event, 80, 80, TENON_CALL_EVENT_)
#define TENON_INTERCEPTOR_(F, T) \
    F(T, struct_size, 0, 4)      \
    F(T, reserved, 4, 4)         \
    F(T, data, 8, 8)             \
    F(T, before, 16, 8)          \
    F(T, after, 24, 8)
APPENDABLE(tenon_interceptor, 32, 32, TENON_INTERCEPTOR_)

/* provide.h */
#define TENON_PROVIDER_CALL_(F, T) \
    F(T, struct_size, 0, 4)        \
    F(T, reserved, 4, 4)           \
    F(T, plugin, 8, 16)            \
    F(T, request, 24, 8)           \
    F(T, deadline_ns, 32, 8)       \
    F(T, most_tokens, 40, 8)       \
    F(T, is_cancelled, 48, 8)      \
    F(T, answer, 56, 8)
APPENDABLE(tenon_provider_call, 64, 64, TENON_PROVIDER_CALL_)

/* reload.h */
#define TENON_RELOAD_OPTIONS_(F, T) \
    F(T, struct_size, 0, 4)         \
    F(T, flags, 4, 4)               \
    F(T, path, 8, 16)               \
    F(T, probation_ns, 24, 8)       \
    F(T, probation_calls, 32, 8)    \
    F(T, wait_timeout_ns, 40, 8)    \
    F(T, freeze_timeout_ns, 48, 8)  \
    F(T, canary_timeout_ns, 56, 8)
APPENDABLE(tenon_reload_options, 64, 64, TENON_RELOAD_OPTIONS_)
#define TENON_RELOAD_RECORD_(F, T) \
    F(T, struct_size, 0, 4)        \
    F(T, verdict, 4, 4)            \
    F(T, number, 8, 8)             \
    F(T, began_unix, 16, 8)        \
    F(T, plugin, 24, 16)           \
    F(T, trigger, 40, 16)          \
    F(T, from_generation, 56, 4)   \
    F(T, to_generation, 60, 4)     \
    F(T, from_version, 64, 16)     \
    F(T, to_version, 80, 16)       \
    F(T, from_build, 96, 16)       \
    F(T, to_build, 112, 16)        \
    F(T, reason, 128, 16)          \
    F(T, text, 144, 16)            \
    F(T, fix, 160, 16)             \
    F(T, phase_ns, 176, 88)        \
    F(T, pause_ns, 264, 8)         \
    F(T, calls_waited, 272, 8)     \
    F(T, state_bytes, 280, 8)      \
    F(T, unmapped, 288, 4)         \
    F(T, reserved, 292, 4)         \
    F(T, unmapped_reason, 296, 16) \
    F(T, unmapped_text, 312, 16)
APPENDABLE(tenon_reload_record, 328, 328, TENON_RELOAD_RECORD_)
#define TENON_WATCH_OPTIONS_(F, T) \
    F(T, struct_size, 0, 4)        \
    F(T, poll, 4, 4)               \
    F(T, poll_period_ns, 8, 8)     \
    F(T, reload, 16, 64)
APPENDABLE(tenon_watch_options, 80, 80, TENON_WATCH_OPTIONS_)

/* What travels as a number. */
CONSTANT(TENON_MAGIC, 0x4f4e4554u)
CONSTANT(TENON_MAX_DEPTH, 32u)
CONSTANT(TENON_NAME_SIZE, 64)
CONSTANT(TENON_NOTE_PLUGIN, 1)
CONSTANT(TENON_NOTE_CONTRACT, 2)
CONSTANT(TENON_OK, 0)
CONSTANT(TENON_CONTINUE, 0)
CONSTANT(TENON_HANDLED, 1)
CONSTANT(TENON_CHANGED, 2)
CONSTANT(TENON_DECLINED, 3)
CONSTANT(TENON_PENDING, 4)
CONSTANT(TENON_DENY, 5)
CONSTANT(TENON_E_FAILED, -1)
CONSTANT(TENON_E_INVALID, -2)
CONSTANT(TENON_E_NOT_FOUND, -3)
CONSTANT(TENON_E_UNIMPLEMENTED, -4)
CONSTANT(TENON_E_MISMATCH, -5)
CONSTANT(TENON_E_STATE, -6)
CONSTANT(TENON_E_TOO_DEEP, -7)
CONSTANT(TENON_E_NO_MEMORY, -8)
CONSTANT(TENON_E_CANCELLED, -9)
CONSTANT(TENON_E_DEADLINE, -10)
CONSTANT(TENON_E_EXCEPTION, -11)
CONSTANT(TENON_E_GONE, -12)
CONSTANT(TENON_E_REFUSED, -13)
CONSTANT(TENON_E_BUSY, -14)
CONSTANT(TENON_E_IO, -15)
CONSTANT(TENON_E_SKIPPED, -16)
CONSTANT(TENON_E_FULL, -17)
CONSTANT(TENON_NOTIFY, 1)
CONSTANT(TENON_FILTER, 2)
CONSTANT(TENON_FIRST, 3)
CONSTANT(TENON_VETO, 4)
CONSTANT(TENON_COLLECT, 5)
CONSTANT(TENON_AROUND, 6)
CONSTANT(TENON_PARALLEL, 0x10)
CONSTANT(TENON_REPLAY, 0x20)
CONSTANT(TENON_ASYNC, 0x40)
CONSTANT(TENON_FAIL_CLOSED, 0x80)
CONSTANT(TENON_DENY_BY_DEFAULT, 0x100)
CONSTANT(TENON_SHARE(1), 0x1000)
CONSTANT(TENON_DEADLINE_MS(1), 0x80000)
CONSTANT(TENON_PHASE_NORMAL, 0)
CONSTANT(TENON_PHASE_EARLY, 1)
CONSTANT(TENON_PHASE_LATE, 2)
CONSTANT(TENON_PHASE_OBSERVE, 3)
CONSTANT(TENON_BREAKER_CLOSED, 1)
CONSTANT(TENON_BREAKER_OPEN, 2)
CONSTANT(TENON_BREAKER_HALF_OPEN, 3)
CONSTANT(TENON_BREAKER_FORCED_OPEN, 4)
CONSTANT(TENON_BREAKER_FORCED_CLOSED, 5)
CONSTANT(TENON_BREAKER_METRICS_ONLY, 6)
CONSTANT(TENON_FROM_NOWHERE, 0)
CONSTANT(TENON_FROM_HOOK, 1)
CONSTANT(TENON_FROM_MANIFEST, 2)
CONSTANT(TENON_FROM_OPERATOR, 3)
CONSTANT(TENON_FROM_LIVE, 4)
CONSTANT(TENON_STATS_JSON, 1)
CONSTANT(TENON_STATS_PROMETHEUS, 2)
CONSTANT(TENON_STATS_TABLE, 3)
CONSTANT(TENON_RECORD_END, 0)
CONSTANT(TENON_RECORD_CONTRACT, 1)
CONSTANT(TENON_RECORD_ENUM, 2)
CONSTANT(TENON_RECORD_VALUE, 3)
CONSTANT(TENON_RECORD_STRUCT, 4)
CONSTANT(TENON_RECORD_FIELD, 5)
CONSTANT(TENON_RECORD_HOOK, 6)
CONSTANT(TENON_RECORD_SERVICE, 7)
CONSTANT(TENON_RECORD_METHOD, 8)
CONSTANT(TENON_RECORD_OFFERED, 1)
CONSTANT(TENON_RECORD_FROZEN, 1)
CONSTANT(TENON_RECORD_APPENDABLE, 2)
CONSTANT(TENON_INDEX_tenon_none, 0xffffffffu)
CONSTANT(TENON_CODE_u8, 1)
CONSTANT(TENON_CODE_u16, 2)
CONSTANT(TENON_CODE_u32, 3)
CONSTANT(TENON_CODE_u64, 4)
CONSTANT(TENON_CODE_i8, 5)
CONSTANT(TENON_CODE_i16, 6)
CONSTANT(TENON_CODE_i32, 7)
CONSTANT(TENON_CODE_i64, 8)
CONSTANT(TENON_CODE_boolean, 9)
CONSTANT(TENON_CODE_f32, 10)
CONSTANT(TENON_CODE_f64, 11)
CONSTANT(TENON_CODE_str, 12)
CONSTANT(TENON_CODE_bytes, 13)
CONSTANT(TENON_CODE_enumerated(x), 14)
CONSTANT(TENON_CODE_array(x, 1), 15)
CONSTANT(TENON_CODE_list(x), 16)
CONSTANT(TENON_CODE_span(x), 17)
CONSTANT(TENON_CODE_nested(x), 18)
CONSTANT(TENON_CODE_pad(1), 19)
CONSTANT(TENON_LOG_DEBUG, 1)
CONSTANT(TENON_LOG_INFO, 2)
CONSTANT(TENON_LOG_WARNING, 3)
CONSTANT(TENON_LOG_ERROR, 4)
CONSTANT(TENON_STATE_DISCOVERED, 0)
CONSTANT(TENON_STATE_VERIFIED, 1)
CONSTANT(TENON_STATE_RESOLVED, 2)
CONSTANT(TENON_STATE_LOADED, 3)
CONSTANT(TENON_STATE_STARTED, 4)
CONSTANT(TENON_STATE_ACTIVE, 5)
CONSTANT(TENON_STATE_QUIESCING, 6)
CONSTANT(TENON_STATE_STOPPED, 7)
CONSTANT(TENON_STATE_UNLOADED, 8)
CONSTANT(TENON_STATE_RETIRED, 9)
CONSTANT(TENON_STATE_FAILED, 10)
CONSTANT(TENON_STATE_QUARANTINED, 11)
CONSTANT(TENON_REQUEST_CLIPBOARD_READ, 16)
CONSTANT(TENON_REQUEST_CLIPBOARD_WRITE, 17)
CONSTANT(TENON_REQUEST_MODEL, 18)
CONSTANT(TENON_REQUEST_DEVICE, 19)
CONSTANT(TENON_REQUEST_CONTENT_READ, 20)
CONSTANT(TENON_REQUEST_CONTENT_CHANGE, 21)
CONSTANT(TENON_RELOAD_PRODUCTION, 0)
CONSTANT(TENON_RELOAD_DEVELOPMENT, 1)
CONSTANT(TENON_RELOAD_NEVER_UNMAP, 2)
CONSTANT(TENON_RELOADED, 1)
CONSTANT(TENON_UNCHANGED, 2)
CONSTANT(TENON_REFUSED, 3)
CONSTANT(TENON_ON_PROBATION, 4)
CONSTANT(TENON_ROLLED_BACK, 5)
CONSTANT(TENON_RELOAD_WAIT, 0)
CONSTANT(TENON_RELOAD_STAGE, 1)
CONSTANT(TENON_RELOAD_CHECK, 2)
CONSTANT(TENON_RELOAD_CANARY, 3)
CONSTANT(TENON_RELOAD_LOAD, 4)
CONSTANT(TENON_RELOAD_START, 5)
CONSTANT(TENON_RELOAD_STATE, 6)
CONSTANT(TENON_RELOAD_PUBLISH, 7)
CONSTANT(TENON_RELOAD_PROBATION, 8)
CONSTANT(TENON_RELOAD_RETIRE, 9)
CONSTANT(TENON_RELOAD_GRACE, 10)
CONSTANT(TENON_RELOAD_PHASES, 11)
CONSTANT(TENON_RELOAD_CANARY_FIRST, 1)
CONSTANT(TENON_RELOAD_WITHOUT_CANARY, 2)
CONSTANT(TENON_RELOAD_ALLOW_PERMISSIONS, 4)
CONSTANT(TENON_RELOAD_ALLOW_DEPENDENCIES, 8)
CONSTANT(TENON_RELOAD_DROP_STATE, 16)

#endif
