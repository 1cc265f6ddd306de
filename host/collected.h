// From the counters of a running host to statistics.
#pragma once

#include <memory>
#include <string>

#include "host/host.h"
#include "host/stats.h"

namespace tenon::host {

// All handlers, by hook and in order. Any thread; dispatch goes on meanwhile. Throws std::bad_alloc.
std::unique_ptr<tenon_stats> collect_stats(Host& host);

// One sentence: why the handler's breaker skips it, or that it does not. Under the table's lock.
std::string why_skipped(const tenon_registration& handler);

}  // namespace tenon::host
