// Whether a plugin fits the system and the application: the platform, its C library, its features, the host. Private to
// the plan.
#pragma once

#include "manifest/plan.h"

namespace tenon::manifest {

// All that the candidate lacks here, told from its file alone; what is not known is not judged. Any thread.
base::Problems unfit(const Candidate& candidate, const System& system);

}  // namespace tenon::manifest
