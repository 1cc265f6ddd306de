// What a worker costs apart from its calls: to start, to have, to lose.
#pragma once

#include <string>
#include <vector>

#include "worker_trips.h"

namespace bench {

// From the start of loading to active, in a worker and in process, each in a host of its own; and posix_spawn of a
// static program that does nothing, to its end.
std::vector<Series> starts(int times);

// A file of the plugin's own, opened and closed by a confined plugin: itself, and asking the host. It takes the time.
std::vector<Series> opened(int times);

// From a host's being killed to the last instruction of its worker.
Series orphans(int times);

// What a process has more after so many workers that aborted in a call.
struct LeftBehind {
    long processes = 0, descriptors = 0, mappings = 0, files = 0;
};
LeftBehind crashes(int times);

// The table of one worker and of `count` at once.
std::string workers_table(int count);

}  // namespace bench
