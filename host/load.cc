// path -> Image -> Manifest -> Plan -> Module -> Plugin -> HookTable: one value per stage. A stage that fails says why
// in the plugin's problems, and what was made so far dies in reverse order (retire.cc).
#include "host/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "host/fit.h"
#include "host/host.h"
#include "host/lifecycle.h"
#include "host/planning.h"
#include "host/retire.h"
#include "host/stopwatch.h"
#include "host/worker.h"
#include "loader/lint.h"

namespace tenon::host {

namespace {

// A dependency may have been planned and then failed to start.
base::Check dependencies_active(Host& host, const Plugin& plugin) {
    for (const manifest::Dependency& dependency : plugin.manifest->dependencies)
        if (!dependency.optional && host.meets(dependency) == nullptr &&
            !(dependency.id != plugin.id() && meets(plugin, dependency)))  // unless it provides that itself
            return base::Problem{"plugin.dependency-failed",
                                 fmt::format("{} needs {}, which did not start", plugin.name(), dependency.id),
                                 "See the reason in the row of " + dependency.id + "."};
    return {};
}

// What is shipped beside the library, as the manifest says; if it names no resources, a folder of the library's name
// without ".so" is taken, should there be one (docs/manifest.md, "resources").
loader::Companions companions_of(const Plugin& plugin) {
    loader::Companions companions{plugin.manifest->libraries, plugin.manifest->resources};
    const std::filesystem::path library(plugin.path);
    if (companions.resources.empty() && base::is_folder((library.parent_path() / library.stem()).string()))
        companions.resources = library.stem().string();
    return companions;
}

// What must not be mapped, because it would make the stacks or the code of this whole process writable or executable.
base::Check dangerous(const loader::Staged& staged, const loader::Image& image) {
    base::Result<loader::FileSource> source = loader::FileSource::open(staged.path);
    if (!source) return source.problem();
    const base::Problems dangers = loader::dangers(source.value(), image);
    if (dangers.empty()) return {};
    return base::Problem{dangers.front().id, base::to_text(dangers), dangers.front().fix};
}

base::Check stage_and_open(Host& host, Plugin& plugin) {
    if (base::Check problem = stage_build(host, plugin, "")) return problem;
    return open_build(plugin);
}

using Stage = base::Check (*)(Host&, Plugin&);
constexpr Stage stages[] = {
    [](Host& host, Plugin& plugin) { return dependencies_active(host, plugin); },
    offer_contracts,
    [](Host& host, Plugin& plugin) { return contracts_fit(host, plugin); },
    stage_and_open,
    [](Host& host, Plugin& plugin) { return entry_fits_manifest(host, plugin); },
    make_folders,
    create,
    start,
    publish,
};

void bring_up(Host& host, Plugin& plugin) {
    const Stopwatch watch(plugin.microseconds);
    plugin.state = TENON_STATE_RESOLVED;
    for (const Stage stage : stages) {
        base::Check problem = stage(host, plugin);
        if (!problem) continue;
        give_back(host, plugin, std::move(*problem));
        host.log().write(TENON_LOG_ERROR, plugin.id(), plugin.row().joined().text);
        return;
    }
    plugin.state.store(TENON_STATE_ACTIVE, std::memory_order_release);
}

}  // namespace

base::Check stage_build(Host& host, Plugin& plugin, const std::string& resources) {
    if (wants_worker(host, plugin)) prepare_worker(plugin);
    plugin.generation = host.next_generation();
    loader::Companions companions = companions_of(plugin);
    if (!resources.empty()) companions.resources = resources;
    base::Result<loader::Staged> staged =
        loader::stage(plugin.path, host.settings().private_folder, plugin.id(), plugin.generation, companions);
    if (!staged) return staged.problem();
    plugin.staged = staged.take();
    return {};
}

base::Check open_build(Plugin& plugin) {
    if (base::Check danger = dangerous(*plugin.staged, plugin.image)) return danger;
    base::Result<loader::Module> module =
        wants_worker(plugin.host, plugin) ? open_in_worker(plugin) : loader::Module::open(*plugin.staged, plugin.image);
    if (!module) return module.problem();
    plugin.module = module.take();
    plugin.state = TENON_STATE_LOADED;
    return {};
}

std::vector<Row> preview(Host& host, const Discovered& found) {
    std::vector<Row> rows;
    for (Plugin* const plugin : plan(host, found.plugins)) {
        plugin->state = TENON_STATE_RESOLVED;
        rows.push_back(plugin->row());
    }
    for (const std::unique_ptr<Plugin>& plugin : found.plugins)
        if (!plugin->problems.empty()) rows.push_back(plugin->row());
    rows.insert(rows.end(), found.rows.begin(), found.rows.end());
    return rows;
}

std::vector<Row> load(Host& host, Discovered found) {
    const std::vector<Plugin*> order = plan(host, found.plugins);
    // The host owns them from here on: handles that plugins hold stay valid.
    std::vector<Plugin*> plugins = order;
    for (const std::unique_ptr<Plugin>& plugin : found.plugins)
        if (!plugin->problems.empty()) plugins.push_back(plugin.get());
    // In the order of starting, because unloading everything goes backwards through them.
    for (const Plugin* plugin : plugins)
        host.plugins().push_back(
            std::move(*std::find_if(found.plugins.begin(), found.plugins.end(),
                                    [&](const auto& candidate) { return candidate.get() == plugin; })));
    for (Plugin* plugin : order) {
        host.watch(*plugin);
        bring_up(host, *plugin);
    }
    for (const std::string& wish : host.table().missing()) host.log().write(TENON_LOG_INFO, "", wish);

    std::vector<Row> rows;
    for (const Plugin* plugin : plugins) rows.push_back(plugin->row());
    rows.insert(rows.end(), found.rows.begin(), found.rows.end());
    return rows;
}

}  // namespace tenon::host
