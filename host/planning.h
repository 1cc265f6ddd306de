// Candidates -> Plan: which of them start, in which order, and why the others do not.
#pragma once

#include <vector>

#include "host/discover.h"

namespace tenon::host {

// The plugins that are to start, in that order; they know what they start after. The others have their problems: those
// of manifest::make_plan, and of contracts_fit against what will be on offer. Loader's turn.
// `replaced`: an active plugin whose place one of them is to take.
std::vector<Plugin*> plan(Host& host, const Candidates& plugins, const Plugin* replaced = nullptr);

}  // namespace tenon::host
