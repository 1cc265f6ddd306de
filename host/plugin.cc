#include "host/plugin.h"

#include "host/confinement.h"
#include "host/deputy.h"
#include "host/host.h"
#include "host/worker.h"

namespace tenon::host {

Plugin::Plugin(Host& owner, std::string library)
    : host(owner), path(std::move(library)), gate(owner.gates()), origin(path) {
    handle.ops = plugin_ops();
    handle.plugin = this;
    init.ops = init_ops();
    init.plugin = this;
}

Plugin::~Plugin() {
    if (previous) loader::unstage(*previous);
}

std::string Plugin::name() const {
    return manifest ? id() + " " + version() : path;
}

std::vector<loader::Contract> Plugin::contracts_offered() const {
    std::vector<loader::Contract> offered;
    for (const loader::Contract& contract : contracts)
        if (contract.offered) offered.push_back(contract);
    return offered;
}

void Plugin::locate(tenon_error& error) const noexcept {
    try {
        base::copy_text(error.version, sizeof error.version, version());
    } catch (const std::bad_alloc&) {  // without it, then
    }
    base::copy_text(error.path, sizeof error.path, path);
}

Row Plugin::row() const {
    Row row{state.load(), id(), version(), manifest ? manifest->name : "", path, problems, after, microseconds, cached};
    if (manifest) row.confined = confined(host, *this);
    if (ward == nullptr || row.state != TENON_STATE_ACTIVE) return row;
    if (std::optional<base::Problem> why = ward->quarantine()) {
        row.state = TENON_STATE_QUARANTINED;
        row.problems.push_back(std::move(*why));
    }
    return row;
}

bool Plugin::is_down() const noexcept {
    return ward != nullptr && ward->is_down();
}

void Plugin::fail(base::Problem problem) {
    problems.push_back(std::move(problem));
    state.store(TENON_STATE_FAILED, std::memory_order_release);
}

bool meets(const Plugin& plugin, const manifest::Dependency& dependency) {
    const manifest::Manifest& manifest = *plugin.manifest;
    if (manifest.id == dependency.id && dependency.range.admits(manifest.version)) return true;
    for (const manifest::Provision& provision : manifest.provides)
        if (provision.id == dependency.id && dependency.range.admits(provision.version)) return true;
    return false;
}

const loader::Contract* contract_of(const Plugin& plugin, std::string_view id) {
    for (const loader::Contract& contract : plugin.contracts)
        if (contract.id == id) return &contract;
    return nullptr;
}

}  // namespace tenon::host
