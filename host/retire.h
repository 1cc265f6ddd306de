// A live plugin becomes a file again: unpublish, drain, stop, destroy, close, verify that the image is gone.
#pragma once

#include <string>

#include "base/result.h"
#include "host/report.h"

namespace tenon::host {

class Host;
class Plugin;

// Gives back what a plugin that did not come up has got so far, and records why. It is failed then, or retired when
// something of it is still running.
void give_back(Host& host, Plugin& plugin, base::Problem why);

// Ends a generation that another one has taken the place of. False, with the plugin retired, when its calls outlast
// `timeout_ns` or its image stays; collect tries again.
bool retire(Host& host, Plugin& plugin, std::uint64_t timeout_ns);
// Where this thread is inside of the plugin: "thread", or the name of a point; empty if nowhere.
std::string where_inside(Host& host, const Plugin& plugin);

// Takes an active plugin out of service and, once its calls have ended, out of memory. A worker whose calls outlast the
// drain time is killed. The row says "unloaded", or "retired" with the reason: calls go on all the same (collect tries
// again), or the image could not be unmapped.
// Problems: "unload.unknown", "unload.depended-on", "unload.from-inside" (the plugin is untouched then).
base::Result<Row> unload(Host& host, std::string_view id);

// Images that stayed in memory when they were closed may have gone since, with the thread that kept them.
void look_again(Host& host);

// Tries again for all retired plugins; returns how many are left.
std::int32_t collect(Host& host);

// Everything, in reverse order of loading. False when something is still running; it stays mapped and is logged.
bool retire_all(Host& host) noexcept;

}  // namespace tenon::host
