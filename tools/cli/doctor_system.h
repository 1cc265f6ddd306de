// tenon doctor --system: what this machine can enforce of the confinement of plugins.
#pragma once

#include "tools/cli/doctor.h"

namespace tenon::cli {

// Prints it. Returns an ExitCode: refused where confined plugins would be.
int doctor_system(const DoctorOptions& options);

}  // namespace tenon::cli
