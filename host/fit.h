// Does a plugin fit this host? Judged from descriptors, manifest and entry table, before a function of it is called.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "loader/contract.h"

namespace tenon::host {

class Host;
class Plugin;

// A contract that somebody offers, or will offer.
struct OfferView {
    const loader::Contract* contract = nullptr;  // null: nobody
    std::string offerer;                         // "the host", or a plugin's id
};
using FindOffer = std::function<OfferView(std::string_view contract)>;

// Every hook that the manifest handles exists in an offered contract, with the same kind and types field by field.
// Problems: "contract.unknown", "contract.not-in-note", those of loader::compare_hook.
base::Problems contracts_fit(const Plugin& plugin, const FindOffer& find);
// The same, against what the host has on offer; one problem that tells all.
base::Check contracts_fit(Host& host, const Plugin& plugin);

// True when the manifest says that the plugin can do without the fields that the offerer of the contract does not have.
bool tail_is_optional(const Plugin& plugin, std::string_view contract);

// The entry table has a function for every hook of the manifest and none besides, and its services are described
// in its note as they are in the contract on offer. Problems: "plugin.handler-missing", "plugin.handler-undeclared",
// "plugin.service-undescribed", those of loader::compare_service.
base::Check entry_fits_manifest(Host& host, const Plugin& plugin);

}  // namespace tenon::host
