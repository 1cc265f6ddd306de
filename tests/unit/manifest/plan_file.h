// A set of plugins and the plan that is expected of it, as text: tests/unit/manifest/plans/*.plan.
//
//     # The sentence that says what the set shows.
//     system linux-x86_64            or: system glibc 2.36 / system features avx landlock
//     this host org.acme.editor 3.1.0
//     policy newest                  or: refuse, pinned
//     pin org.a to 1.0.0
//     host offers org.shop 1.0.0     or: org.active offers org.shop 1.0.0
//     active org.z 2.0.0             or: active org.z 2.0.0 provides org.y 1.0.0
//
//     org.a 1.2.0                    a plugin; "at PATH" behind it, where not /p/org.a; what it says, a line each:
//       needs org.b ^2               likes, conflicts, replaces
//       uses org.shop ^1
//       offers org.shop 1.0.0        "with SERVICE SERVICE" behind it
//       provides org.c 1.0.0
//       for linux-x86_64             by its manifest; for host ID RANGE; for glibc 2.38; for feature avx
//       built for linux-x86_64       by its file; built for glibc 2.38
//       soname liba.so.1
//       fault image.bad-elf TEXT
//     ---
//     start org.b org.a
//     org.a after org.b: dependency org.b ^2
//     org.c rather after org.b: ...
//     plan.conflict: the text of the refusal
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "manifest/plan.h"

namespace tenon::manifest {

// What a file says. Owns the manifests that the candidates refer to.
struct PlanFile {
    std::string sentence;
    std::deque<Manifest> manifests;
    std::vector<Candidate> candidates;
    std::vector<Offer> offers;
    std::vector<Present> present;
    System system;
    Policy policy;
    std::string expected;  // all behind the line "---"
};

// Fails the running test if a line is not understood.
PlanFile read_plan_file(const std::string& path);

// The plan of the candidates of a file, as the file would say it. A file is named by its id, or by its path where
// several have the id.
std::string plan_text(const PlanFile& file);

}  // namespace tenon::manifest
