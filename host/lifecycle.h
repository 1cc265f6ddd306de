// The stages of a plugin's life that run its code, and their mirror images. All on the loader's turn, without a lock.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "host/table.h"

namespace tenon::host {

class Host;
class Plugin;

// Puts the contracts that the plugin offers into the catalogue. Problems: those of Catalogue::offer.
base::Check offer_contracts(Host& host, Plugin& plugin);
void withdraw_contracts(Host& host, Plugin& plugin);

// Its resource folder (beside the library, if there is one) and its data folder, which is made. Problem:
// "file.unwritable".
base::Check make_folders(Host& host, Plugin& plugin);

// The instance. Problem: "plugin.create-failed", with the plugin's own words. Nothing is left to destroy then.
base::Check create(Host& host, Plugin& plugin);
void destroy(Plugin& plugin);

// Problem: "plugin.start-failed", with the plugin's own words. The instance is left to destroy.
base::Check start(Host& host, Plugin& plugin);
void stop(Plugin& plugin);

// Attaches its handlers and services. Problem: "service.already-provided".
base::Check publish(Host& host, Plugin& plugin);
// What publish attaches, attached by nobody; and the services among it. For a generation that takes over from another.
std::vector<PlacedHandler> placed_handlers(Host& host, Plugin& plugin);
std::vector<std::string> services_of(const Plugin& plugin);
// Detaches them, with what it added while running; running calls go on.
void unpublish(Host& host, Plugin& plugin);

}  // namespace tenon::host
