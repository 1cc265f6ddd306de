// Who takes whose place, and who does not run beside whom. Private to the plan.
#pragma once

#include <vector>

#include "manifest/needs.h"
#include "manifest/verdicts.h"

namespace tenon::manifest {

// Refuses whom a sound candidate replaces, by its own id. Answers who of the sound is still standing.
std::vector<bool> refuse_replaced(const Supply& supply, const std::vector<bool>& sound, Verdicts& verdicts);

// Refuses who declares a conflict with a standing candidate, or with an active plugin, and does not replace it. Who is
// refused already is told as well.
void refuse_conflicts(Supply& supply, const std::vector<bool>& standing, Verdicts& verdicts);

}  // namespace tenon::manifest
