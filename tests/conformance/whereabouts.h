// Where the plugins of a host run, which no transcript says: it is what transcripts are compared across.
#pragma once

#include <tenon/host.h>

namespace tenon::conformance {

// Throws std::runtime_error unless every active plugin has a worker, or none has.
void check_whereabouts(tenon_host* host, bool in_workers);

}  // namespace tenon::conformance
