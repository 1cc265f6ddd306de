// Tenon as a crossing: one hook of bench's plugin, called through the public API as an application does.
#pragma once

#include "worker_crossing.h"

namespace bench {

Crossing in_process();  // for comparison: nothing is crossed
// In a worker: FIRST, or for a larger request a payload of bytes; FILTER; AROUND, which comes back for the body.
Crossing worker_first();
Crossing worker_confined();  // as worker_first()
Crossing worker_filter();
Crossing worker_around();

}  // namespace bench
