/* The smallest contract that dispatch can be measured with. */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

#include <tenon/contract.h>

#define BENCH_EVENT(F, T) F(T, u64, number)
TENON_FROZEN(bench_event, BENCH_EVENT);

#define BENCH_ENUMS(E)
#define BENCH_STRUCTS(S) S(bench_event, BENCH_EVENT)
#define BENCH_HOOKS(H) H(bench, event, TENON_NOTIFY, bench_event, tenon_none, 0, 0)
#define BENCH_SERVICES(S)
#define BENCH_CONTRACT(C) C(bench, "org.tenon.bench", 1, 0, 0, BENCH_ENUMS, BENCH_STRUCTS, BENCH_HOOKS, BENCH_SERVICES)
TENON_CONTRACT(BENCH_CONTRACT);

#endif
