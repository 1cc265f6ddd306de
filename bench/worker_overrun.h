// How late a caller comes back from a worker that overruns, and how late this machine lets anybody be.
#pragma once

#include "worker_trips.h"

namespace bench {

// All at one budget of 100 us, with the other processor busy.
struct Overruns {
    Series wall;   // from the call, whose handler never looks at the time, to the caller's next instruction
    Series given;  // of that, what the caller's processor was given to this machine (below)
    Series floor;  // a thread that does nothing but look at the clock for as long
};

// A virtual machine's processors are taken from it now and then, for milliseconds. The kernel does not count that as
// time of a thread. So what a thread that never slept did not compute, and did not wait for a processor either, was
// taken: `given` is without it. Where the kernel cannot tell, it is all of the time.
Overruns overruns(int times);

}  // namespace bench
