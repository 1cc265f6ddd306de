// Hot reload as a transaction: a new build of an active plugin takes its place, or nothing changes.
//
//   wait -> check -> stage -> canary -> load -> start -> state -> publish | probation -> retire
//
// The old generation serves until "publish", which is one store (handover.h). Whatever fails before is given back, with
// the reason; afterwards the old generation stands by, still mapped, until probation is over (probation.h).
#pragma once

#include <tenon/reload.h>

#include <string>

#include "base/result.h"
#include "host/reload_judge.h"
#include "host/reload_record.h"

namespace tenon::host {

class Host;

// tenon_reload_options with the host's own defaults filled in.
struct ReloadWishes {
    std::string path;       // empty: where the running build came from
    std::string resources;  // beside it; empty: as the manifest says
    bool is_kept = false;   // the path is a copy that was kept: later builds come from where the running one did
    std::string trigger;
    ReloadGrants grants;
    bool canary = false;
    bool without_state = false;
    std::uint64_t probation_ns = 0;  // 0: none
    std::uint64_t probation_calls = 0;
    std::uint64_t wait_timeout_ns = 10'000'000'000;
    std::uint64_t freeze_timeout_ns = 1'000'000'000;
    std::uint64_t canary_timeout_ns = 10'000'000'000;
};
// Problem: "reload.bad-options".
base::Result<ReloadWishes> read_wishes(const Host& host, const tenon_reload_options* options, std::string trigger);

// What became of it; it has been kept and told already. Loader's turn. Problems: "reload.unknown" (no such plugin is
// active); everything else is in the record.
base::Result<ReloadRecord> reload(Host& host, std::string_view id, const ReloadWishes& wishes);

// Back to the generation that stands by, or to the copy that was kept of the build before. Problems: "reload.unknown",
// "reload.nothing-before".
base::Result<ReloadRecord> rollback(Host& host, std::string_view id, std::string trigger);

}  // namespace tenon::host
