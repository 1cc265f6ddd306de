// What else calls another process: the floors and the peers, each as its documentation shows.
#pragma once

#include "worker_crossing.h"

namespace bench {

// Two words that both processes see, each on a cache line of its own; each side spins. They carry the number alone.
Crossing spin_words();
// The same with the bytes beside the words.
Crossing spin_memory();
// Bytes in memory that both see; the other is woken by a shared futex, by an eventfd.
Crossing futex();
Crossing event_descriptors();
// Through the kernel.
Crossing pipes();
Crossing seqpacket();
// Boost.Interprocess message_queue, one each way.
Crossing message_queues();
// gRPC, unary, over a Unix socket: what go-plugin speaks.
Crossing grpc_unary();

}  // namespace bench
