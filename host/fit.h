// Does a plugin fit this host? Judged from descriptors, manifest and entry table, before a function of it is called.
#pragma once

#include "base/result.h"

namespace tenon::host {

class Host;
class Plugin;

// Every hook that the manifest handles exists in an offered contract, with the same kind and types field by field.
// Problems: "contract.unknown", "contract.not-in-note", those of loader::compare_hook.
base::Check contracts_fit(Host& host, const Plugin& plugin);

// The entry table has a function for every hook of the manifest and none besides, and its services are those of the
// contracts that it offers. Problems: "plugin.handler-missing", "plugin.handler-undeclared",
// "plugin.service-undescribed".
base::Check entry_fits_manifest(const Plugin& plugin);

}  // namespace tenon::host
