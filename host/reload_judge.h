// May a new build take the running one's place? Judged from files and descriptors; nothing of it runs.
#pragma once

#include "base/result.h"
#include "host/discover.h"

namespace tenon::host {

class Host;
class Plugin;

// What an operator has allowed beforehand.
struct ReloadGrants {
    bool permissions = false;
    bool dependencies = false;
};

// The library at `path`, read and planned in the place of `old`; null with the problem when it cannot be. Loader's
// turn. Problems: those of discovery and planning, "reload.other-plugin".
base::Result<std::unique_ptr<Plugin>> read_build(Host& host, const Plugin& old, const std::string& path);

// Problems: "reload.new-permission", "reload.new-dependency", "reload.breaks-dependant", "reload.contract-changed".
base::Check judge_build(Host& host, const Plugin& old, const Plugin& fresh, const ReloadGrants& grants);

}  // namespace tenon::host
