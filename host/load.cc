// path -> Image -> Manifest -> Plan -> Module -> Plugin -> HookTable: one value per stage. A stage that fails says why
// in the plugin's problems, and what was made so far dies in reverse order (retire.cc).
#include "host/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/file.h"
#include "host/fit.h"
#include "host/host.h"
#include "host/lifecycle.h"
#include "host/retire.h"
#include "manifest/plan.h"

namespace tenon::host {

namespace {

class Stopwatch {
public:
    explicit Stopwatch(Plugin& plugin) : plugin_(plugin) {}
    ~Stopwatch() {
        const auto spent = std::chrono::steady_clock::now() - begun_;
        plugin_.microseconds +=
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
    }
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;

private:
    Plugin& plugin_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

using Candidates = std::vector<std::unique_ptr<Plugin>>;

// What in a folder is silently none of our business: other libraries, and the modules of contracts.
bool is_no_plugin(const base::Problem& problem) {
    return problem.id == "image.not-elf" || problem.id == "image.no-note" || problem.id == "file.not-regular";
}

// A manifest may say which ABI its author had in mind.
base::Check manifest_agrees(const Plugin& plugin) {
    if (!plugin.manifest || !plugin.manifest->abi || *plugin.manifest->abi == plugin.image.abi_major) return {};
    return base::Problem{"abi.manifest",
                         fmt::format("{}: the manifest says ABI {}, the library was built with ABI {}", plugin.path,
                                     *plugin.manifest->abi, plugin.image.abi_major),
                         "Correct abi in plugin.toml, or build with the headers of that ABI."};
}

// Image and manifest of one file. False: the file is no plugin at all.
bool read_facts(Plugin& plugin, bool named) {
    const Stopwatch watch(plugin);
    base::Result<loader::Image> image = loader::read_image_file(plugin.path);
    if (!image && !named && is_no_plugin(image.problem())) return false;
    if (!image) return plugin.fail(image.problem()), true;
    plugin.image = image.take();
    if (plugin.image.note_type != TENON_NOTE_PLUGIN && !named) return false;
    if (plugin.image.note_type != TENON_NOTE_PLUGIN)
        return plugin.fail({"image.no-plugin",
                            fmt::format("{}: is the module of a contract, not a plugin", plugin.path),
                            "Load the plugin's own library; tenon inspect shows what this file describes."}),
               true;
    manifest::Parsed parsed = manifest::parse_manifest(plugin.image.manifest, plugin.path + "!plugin.toml");
    plugin.manifest = std::move(parsed.manifest);
    for (base::Problem& problem : parsed.problems) plugin.fail(std::move(problem));
    if (base::Check problem = loader::judge_abi(plugin.image)) plugin.fail(std::move(*problem));
    if (base::Check problem = manifest_agrees(plugin)) plugin.fail(std::move(*problem));
    base::Result<std::vector<loader::Contract>> contracts = loader::read_contracts(plugin.image.records, plugin.path);
    if (!contracts) return plugin.fail(contracts.problem()), true;
    plugin.contracts = contracts.take();
    if (plugin.problems.empty()) plugin.state = TENON_STATE_VERIFIED;
    return true;
}

base::Result<Candidates> discover(Host& host, const std::string& path) {
    Candidates candidates;
    const auto add = [&](std::string file, bool named) {
        auto plugin = std::make_unique<Plugin>(host, std::move(file));
        if (read_facts(*plugin, named)) candidates.push_back(std::move(plugin));
    };
    if (!base::is_folder(path)) {
        if (base::Result<base::Fd> readable = base::open_regular(path); !readable) return readable.problem();
        add(path, true);
        return candidates;
    }
    base::Result<std::vector<std::string>> names = base::list_folder(path);
    if (!names) return names.problem();
    for (const std::string& name : names.value())
        if (name.ends_with(".so")) add(path + "/" + name, false);
    return candidates;
}

manifest::Version version_of(const loader::Contract& contract) {
    manifest::Version version;
    version.major = contract.major;
    version.minor = contract.minor;
    version.patch = contract.patch;
    return version;
}

std::vector<manifest::Offer> offers_of(const Plugin& plugin) {
    std::vector<manifest::Offer> offers;
    for (const loader::Contract& contract : plugin.contracts)
        if (contract.offered) offers.push_back({contract.id, version_of(contract), plugin.id(), {}});
    return offers;
}

// The candidates in the order in which to start them; the refused ones have their reasons.
std::vector<Plugin*> plan(Host& host, const Candidates& plugins) {
    std::vector<Plugin*> sound;
    std::vector<manifest::Candidate> candidates;
    for (const std::unique_ptr<Plugin>& plugin : plugins) {
        if (!plugin->problems.empty()) continue;
        sound.push_back(plugin.get());
        manifest::Candidate& candidate = candidates.emplace_back();
        candidate.manifest = &*plugin->manifest;
        candidate.path = plugin->path;
        candidate.offers = offers_of(*plugin);
    }
    std::vector<manifest::Offer> offers;
    for (const auto& [id, offered] : host.catalogue().all())
        offers.push_back({id, version_of(*offered.contract), offered.by == nullptr ? "" : offered.by->id(), {}});
    std::vector<manifest::Present> present;
    for (const std::unique_ptr<Plugin>& plugin : host.plugins())
        if (plugin->is_active()) present.push_back({plugin->id(), plugin->manifest->version});

    manifest::Plan plan = manifest::make_plan(candidates, {offers, present, {}, {}});
    for (manifest::Refusal& refusal : plan.refusals) sound[refusal.candidate]->fail(std::move(refusal.problem));
    std::vector<Plugin*> order;
    for (const std::size_t index : plan.order) order.push_back(sound[index]);
    return order;
}

// A dependency may have been planned and then failed to start.
base::Check dependencies_active(Host& host, const Plugin& plugin) {
    for (const manifest::Dependency& dependency : plugin.manifest->dependencies)
        if (!dependency.optional && host.active(dependency.id) == nullptr)
            return base::Problem{"plugin.dependency-failed",
                                 fmt::format("{} needs {}, which did not start", plugin.name(), dependency.id),
                                 "See the reason in the row of " + dependency.id + "."};
    return {};
}

base::Check stage_and_open(Host& host, Plugin& plugin) {
    base::Result<loader::Staged> staged =
        loader::stage(plugin.path, host.settings().private_folder, plugin.id(), host.next_generation());
    if (!staged) return staged.problem();
    plugin.staged = staged.take();
    base::Result<loader::Module> module = loader::Module::open(*plugin.staged, plugin.image);
    if (!module) return module.problem();
    plugin.module = module.take();
    plugin.state = TENON_STATE_LOADED;
    return {};
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
    const Stopwatch watch(plugin);
    plugin.state = TENON_STATE_RESOLVED;
    for (const Stage stage : stages) {
        base::Check problem = stage(host, plugin);
        if (!problem) continue;
        give_back(host, plugin, std::move(*problem));
        host.log().write(TENON_LOG_ERROR, plugin.id(), plugin.row().text);
        return;
    }
    plugin.state.store(TENON_STATE_ACTIVE, std::memory_order_release);
}

}  // namespace

base::Result<std::vector<Row>> load(Host& host, const std::string& path) {
    base::Result<Candidates> found = discover(host, path);
    if (!found) return found.problem();
    Candidates candidates = found.take();
    const std::vector<Plugin*> order = plan(host, candidates);
    // The host owns them from here on: handles that plugins hold stay valid.
    std::vector<Plugin*> rows = order;
    for (const std::unique_ptr<Plugin>& plugin : candidates)
        if (!plugin->problems.empty()) rows.push_back(plugin.get());
    // In the order of starting, because unloading everything goes backwards through them.
    for (const Plugin* row : rows)
        host.plugins().push_back(std::move(*std::find_if(
            candidates.begin(), candidates.end(), [&](const auto& candidate) { return candidate.get() == row; })));
    for (Plugin* plugin : order) bring_up(host, *plugin);

    std::vector<Row> report;
    for (const Plugin* plugin : rows) report.push_back(plugin->row());
    return report;
}

}  // namespace tenon::host
