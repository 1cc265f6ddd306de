// What a plugin may do in its worker: its manifest's requests, as far as they are granted, and the operator's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "host/file_grants.h"
#include "host/permission_list.h"
#include "host/report.h"
#include "manifest/manifest.h"
#include "sandbox/machine.h"
#include "sandbox/policy.h"

namespace tenon::host {

class Host;
class Plugin;

// How far the plugin is trusted: the operator's word for it, the operator's for all, the application's.
sandbox::Level level_of(const Host& host, const Plugin& plugin);

// Of what its manifest asks for, what was granted: by the operator's file, or in the host's store. All of it where the
// plugin is trusted, nothing where it is locked.
struct Granted {
    sandbox::Level level = sandbox::Level::trusted;
    manifest::Permissions permissions;           // with globs as in the manifest
    sandbox::broker::FileRules files;            // the same globs in their places, and what the operator denies
    std::vector<sandbox::broker::Glob> sockets;  // likewise; paths, without wildcards
    Requests waiting;                            // asked for, and not granted; of a locked plugin none
    bool allow_private = false;                  // of addresses in its network
    base::Problems troubles;  // why grants do not count: they are no requests, or the store cannot be read
    base::Problems denials;   // that take more than they say, and why
};
Granted granted_to(Plugin& plugin);

// Of a plugin that is staged, so that its folders are known; earlier, the policy has no paths. Grants that are no
// requests count for nothing.
sandbox::Policy policy_of(const Host& host, Plugin& plugin);

// What listings tell of it. The plugin has a manifest. `machine`: look_at_kernel() will do; the second form looks only
// for a plugin that is confined.
Confined confined(const Host& host, const Plugin& plugin, const sandbox::Machine& machine);
Confined confined(const Host& host, const Plugin& plugin);

}  // namespace tenon::host
