/* A contract with what kinds.h has no hook of: FAIL_CLOSED of the kinds that have a reply or none, and a share. */
#ifndef TESTS_CONFORMANCE_CLOSED_H
#define TESTS_CONFORMANCE_CLOSED_H

#include <tenon/contract.h>

#define CLOSED_ID "org.tenon.test.closed"

#define CLOSED_ITEM(F, T) F(T, u32, struct_size) F(T, u32, number) F(T, str, text) F(T, str, more)
TENON_APPENDABLE(closed_item, CLOSED_ITEM, more);
#define CLOSED_ENUMS(E)
#define CLOSED_STRUCTS(S) S(closed_item, CLOSED_ITEM)
#define CLOSED_HOOKS(H)                                                                   \
    H(closed, notice, TENON_NOTIFY | TENON_FAIL_CLOSED, closed_item, tenon_none, 0, 0)    \
    H(closed, first, TENON_FIRST | TENON_FAIL_CLOSED, closed_item, closed_item, 0, 0)     \
    H(closed, collect, TENON_COLLECT | TENON_FAIL_CLOSED, closed_item, closed_item, 0, 0) \
    H(closed, around, TENON_AROUND | TENON_FAIL_CLOSED, closed_item, closed_item, 0, 0)   \
    H(closed, shared, TENON_FILTER | TENON_SHARE(90), tenon_none, closed_item, 0, 0)
#define CLOSED_SERVICES(S)
#define CLOSED_CONTRACT(C) C(closed, CLOSED_ID, 1, 0, 0, CLOSED_ENUMS, CLOSED_STRUCTS, CLOSED_HOOKS, CLOSED_SERVICES)
TENON_CONTRACT(CLOSED_CONTRACT);

#endif
