/* The smallest contract that dispatch can be measured with. */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

#include <tenon/contract.h>

#define BENCH_EVENT(F, T) F(T, u64, number)
TENON_FROZEN(bench_event, BENCH_EVENT);

#define BENCH_ENUMS(E)
#define BENCH_STRUCTS(S) S(bench_event, BENCH_EVENT)
/* Budgets that no call comes near, unless the machine stands still: what is measured is that they are watched. */
#define BENCH_HOOKS(H)                                                        \
    H(bench, event, TENON_NOTIFY, bench_event, tenon_none, 100000, 1000000)   \
    H(bench, filter, TENON_FILTER, bench_event, bench_event, 100000, 1000000) \
    H(bench, first, TENON_FIRST, bench_event, bench_event, 100000, 1000000)
#define BENCH_SERVICES(S)
#define BENCH_CONTRACT(C) C(bench, "org.tenon.bench", 1, 0, 0, BENCH_ENUMS, BENCH_STRUCTS, BENCH_HOOKS, BENCH_SERVICES)
TENON_CONTRACT(BENCH_CONTRACT);

#endif
