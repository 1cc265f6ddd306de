/* Contracts: named, versioned sets of types, hooks and services.
 *
 *     #define ACME_ID "com.acme.shop"
 *     #define ACME_ENUMS(E)    E(acme_unit, ACME_UNIT)
 *     #define ACME_STRUCTS(S)  S(acme_price, ACME_PRICE)
 *     #define ACME_HOOKS(H)    H(acme, price, TENON_FILTER, tenon_none, acme_price, 50, 500)
 *     #define ACME_SERVICES(S)
 *     #define ACME_CONTRACT(C) C(acme, ACME_ID, 1, 0, 0, ACME_ENUMS, ACME_STRUCTS, ACME_HOOKS, ACME_SERVICES)
 *     TENON_CONTRACT(ACME_CONTRACT)
 *
 * A hook line is (prefix, name, kind, request type, reply type, soft budget us, hard budget us); a budget of 0 is none.
 * What a kind can be joined with stands below.
 * Services: #define ACME_TAX(M, P) M(P, rate, acme_rate_request, acme_rate_reply)
 *           #define ACME_SERVICES(S) S(acme_tax, "com.acme.tax/1", ACME_TAX)
 * In C++ the contract also gives the types acme_contract, acme_price_hook, acme_tax_service and acme_tax_rate_method,
 * by which plugin.hpp and host.hpp are typed; in C, the constant acme_tax_rate is the method's index. */
#ifndef TENON_CONTRACT_H
#define TENON_CONTRACT_H

#include <tenon/describe.h>

/* Hook kinds. NOTIFY: run all. FILTER: one in/out value (the reply) through all. FIRST: stop at the first HANDLED.
 * VETO: stop at the first DENY. COLLECT: each handler adds elements (the reply type) to a bounded list. AROUND: each
 * handler runs around the next ones. docs/hooks.md tells all of it.
 * Then what may be added to a kind with |, as in TENON_VETO | TENON_FAIL_CLOSED | TENON_DEADLINE_MS(20). One enum,
 * because C++20 deprecates | between two. */
enum {
    TENON_NOTIFY = 1,
    TENON_FILTER = 2,
    TENON_FIRST = 3,
    TENON_VETO = 4,
    TENON_COLLECT = 5,
    TENON_AROUND = 6,
    TENON_PARALLEL = 0x10,        /* NOTIFY, VETO, COLLECT: handlers run at once, on the application's executor */
    TENON_REPLAY = 0x20,          /* NOTIFY: who is added later gets the last request */
    TENON_ASYNC = 0x40,           /* NOTIFY, FIRST: a handler may answer later (tenon_call_defer) */
    TENON_FAIL_CLOSED = 0x80,     /* a handler that fails, or is skipped by its breaker, ends the dispatch with DENY
                                     (VETO) or an error; otherwise the dispatch goes on without it */
    TENON_DENY_BY_DEFAULT = 0x100 /* VETO: DENY unless a handler returns HANDLED, "allowed" */
};
#define TENON_SHARE(percent) ((uint32_t)(percent) << 12) /* of a thread's time, per handler; up to 100 */
#define TENON_DEADLINE_MS(milliseconds) ((uint32_t)(milliseconds) << 19) /* of a whole dispatch; up to 8191 */
#define TENON_KIND_OF(column) ((column) & 15u)
#define TENON_SHARE_OF(column) ((column) >> 12 & 127u)
#define TENON_DEADLINE_MS_OF(column) ((column) >> 19)

/* All records of a contract, each followed by a comma: for entry.h, tenon_host_offer, and tools. */
#define TENON_RECORDS(P, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES) \
    TENON_RECORDS_(0, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES)
#define TENON_OFFERED_RECORDS(P, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES) \
    TENON_RECORDS_(TENON_RECORD_OFFERED, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES)
#define TENON_RECORDS_(flags, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES)           \
    {TENON_RECORD_CONTRACT, flags, major, minor, patch, 0, 0, id},                                \
        ENUMS(TENON_RECORDS_OF_ENUM) STRUCTS(TENON_RECORDS_OF_STRUCT) HOOKS(TENON_RECORD_OF_HOOK) \
            SERVICES(TENON_RECORDS_OF_SERVICE)

#define TENON_RECORD_OF_HOOK(P, name, kind, request, reply, soft_us, hard_us)                          \
    {TENON_RECORD_HOOK,   0,    kind, TENON_INDEX_##request, TENON_INDEX_##reply, (soft_us) * 1000ull, \
     (hard_us) * 1000ull, #name},
#define TENON_RECORD_OF_METHOD(P, name, request, reply) \
    {TENON_RECORD_METHOD, 0, 0, TENON_INDEX_##request, TENON_INDEX_##reply, 0, 0, #name},
#define TENON_RECORDS_OF_SERVICE(P, id, METHODS) \
    {TENON_RECORD_SERVICE, 0, 0, 0, 0, 0, 0, id}, METHODS(TENON_RECORD_OF_METHOD, P)

#define TENON_INDEX_OF(T, LINES) TENON_INDEX_##T,
#define TENON_METHOD_CONSTANT(P, name, request, reply) P##_##name,
#define TENON_METHOD_CONSTANTS(P, id, METHODS) enum { METHODS(TENON_METHOD_CONSTANT, P) P##_method_count };

#define TENON_CONTRACT(CONTRACT) CONTRACT(TENON_CONTRACT_)
#define TENON_CONTRACT_(P, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES)  \
    enum { ENUMS(TENON_INDEX_OF) STRUCTS(TENON_INDEX_OF) P##_type_count };            \
    SERVICES(TENON_METHOD_CONSTANTS)                                                  \
    TENON_CONTRACT_TYPES(P, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES) \
    TENON_STATIC_ASSERT(sizeof(id) <= TENON_NAME_SIZE, "contract id too long")

#ifdef __cplusplus
#define TENON_CONTRACT_TYPES(P, contract_id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES) \
    struct P##_contract {                                                                          \
        static constexpr char id[] = contract_id;                                                  \
        static constexpr tenon_record records[] = {                                                \
            TENON_RECORDS_(0, contract_id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES)}; \
    };                                                                                             \
    HOOKS(TENON_HOOK_TYPE) SERVICES(TENON_SERVICE_TYPE)
#define TENON_HOOK_TYPE(P, hook_name, hook_kind, request_type, reply_type, soft_us, hard_us) \
    struct P##_##hook_name##_hook {                                                          \
        using contract = P##_contract;                                                       \
        using request = request_type;                                                        \
        using reply = reply_type;                                                            \
        static constexpr char name[] = #hook_name;                                           \
        static constexpr uint32_t kind = TENON_KIND_OF(static_cast<uint32_t>(hook_kind));    \
    };
#define TENON_METHOD_TYPE(P, method_name, request_type, reply_type) \
    struct P##_##method_name##_method {                             \
        using service = P##_service;                                \
        using request = request_type;                               \
        using reply = reply_type;                                   \
        static constexpr uint32_t index = P##_##method_name;        \
    };
#define TENON_SERVICE_TYPE(P, service_id, METHODS)                 \
    struct P##_service {                                           \
        static constexpr char id[] = service_id;                   \
        static constexpr uint32_t method_count = P##_method_count; \
    };                                                             \
    METHODS(TENON_METHOD_TYPE, P)
#else
#define TENON_CONTRACT_TYPES(P, id, major, minor, patch, ENUMS, STRUCTS, HOOKS, SERVICES)
#endif

#endif
