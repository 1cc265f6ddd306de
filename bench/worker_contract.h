/* What crosses to a worker: 64 bytes each way, or a payload there and its sum back. */
#ifndef BENCH_WORKER_CONTRACT_H
#define BENCH_WORKER_CONTRACT_H

#include <tenon/contract.h>

#define CROSSING_BLOCK(F, T) F(T, u64, number) F(T, array(u64, 7), rest)
TENON_FROZEN(crossing_block, CROSSING_BLOCK);

#define CROSSING_PARCEL(F, T) F(T, bytes, payload)
TENON_FROZEN(crossing_parcel, CROSSING_PARCEL);

#define CROSSING_SUM(F, T) F(T, u64, sum)
TENON_FROZEN(crossing_sum, CROSSING_SUM);

#define CROSSING_ENUMS(E)
#define CROSSING_STRUCTS(S) \
    S(crossing_block, CROSSING_BLOCK) S(crossing_parcel, CROSSING_PARCEL) S(crossing_sum, CROSSING_SUM)
/* linger keeps the processor for so many nanoseconds, past its budget of 100 us if asked to; fall aborts; shelf opens
 * and closes a file of the plugin's, itself (number 0) or through the host (1), and answers with the nanoseconds. */
#define CROSSING_HOOKS(H)                                                            \
    H(crossing, call, TENON_FIRST, crossing_block, crossing_block, 100000, 1000000)  \
    H(crossing, change, TENON_FILTER, tenon_none, crossing_block, 100000, 1000000)   \
    H(crossing, wrap, TENON_AROUND, crossing_block, crossing_block, 100000, 1000000) \
    H(crossing, weigh, TENON_FIRST, crossing_parcel, crossing_sum, 100000, 1000000)  \
    H(crossing, linger, TENON_FIRST, crossing_block, crossing_block, 50, 100)        \
    H(crossing, fall, TENON_FIRST, crossing_block, crossing_block, 100000, 1000000)  \
    H(crossing, shelf, TENON_FIRST, crossing_block, crossing_block, 100000, 1000000)
#define CROSSING_SERVICES(S)
#define CROSSING_CONTRACT(C)                                                                           \
    C(crossing, "org.tenon.bench.crossing", 1, 0, 0, CROSSING_ENUMS, CROSSING_STRUCTS, CROSSING_HOOKS, \
      CROSSING_SERVICES)
TENON_CONTRACT(CROSSING_CONTRACT);

#endif
