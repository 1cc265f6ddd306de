#include "host/discover.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/parallel.h"
#include "host/host.h"
#include "host/stopwatch.h"
#include "loader/image_cache.h"
#include "loader/scan.h"

namespace tenon::host {

namespace {

// Plugins lie in the folder that is named, each in a folder of its own below it, or sorted into folders of such
// folders.
constexpr std::uint32_t deepest = 2;

// What in a folder is silently none of our business: other libraries, also those of other machines (a plugin for one is
// read, as far as its processor is known), and the modules of contracts.
bool is_no_plugin(const base::Problem& problem) {
    return problem.id == "image.wrong-machine" || problem.id == "image.not-elf" || problem.id == "image.not-pe" ||
           problem.id == "image.no-note" || problem.id == "file.not-regular";
}

// A manifest may say which ABI its author had in mind.
base::Check manifest_agrees(const Plugin& plugin) {
    if (!plugin.manifest || !plugin.manifest->abi || *plugin.manifest->abi == plugin.image.abi_major) return {};
    return base::Problem{"abi.manifest",
                         fmt::format("{}: the manifest says ABI {}, the library was built with ABI {}", plugin.path,
                                     *plugin.manifest->abi, plugin.image.abi_major),
                         "Correct abi in plugin.toml, or build with the headers of that ABI."};
}

void fail_if(Plugin& plugin, base::Check problem) {
    if (problem) plugin.fail(std::move(*problem));
}

// What the note says, as far as it can be read: a plugin with an unreadable contract still has an id.
void read_note(Plugin& plugin) {
    manifest::Parsed parsed = manifest::parse_manifest(plugin.image.manifest, plugin.path + "!plugin.toml");
    plugin.manifest = std::move(parsed.manifest);
    for (base::Problem& problem : parsed.problems) plugin.fail(std::move(problem));
    fail_if(plugin, loader::judge_abi(plugin.image));
    fail_if(plugin, manifest_agrees(plugin));
    base::Result<std::vector<loader::Contract>> contracts = loader::read_contracts(plugin.image.records, plugin.path);
    if (contracts)
        plugin.contracts = contracts.take();
    else
        plugin.fail(contracts.problem());
    if (plugin.problems.empty()) plugin.state = TENON_STATE_VERIFIED;
}

// False: the file is no plugin at all.
bool read_facts(Plugin& plugin, base::Result<loader::Image> image, bool named) {
    const Stopwatch watch(plugin.microseconds);
    if (!image && !named && is_no_plugin(image.problem())) return false;
    if (!image) return plugin.fail(image.problem()), true;
    plugin.image = image.take();
    if (plugin.image.note_type == TENON_NOTE_PLUGIN) return read_note(plugin), true;
    if (named)
        plugin.fail({"image.no-plugin", fmt::format("{}: is the module of a contract, not a plugin", plugin.path),
                     "Load the plugin's own library; tenon inspect shows what this file describes."});
    return named;
}

// One library under two names is one plugin: installers leave links such as shop.so -> shop-1.2.so. The first name
// stays.
void drop_second_names(Candidates& plugins) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
    std::erase_if(plugins, [&](const std::unique_ptr<Plugin>& plugin) {
        const loader::FileIdentity& file = plugin->file;
        return file.inode != 0 && !seen.emplace(file.device, file.inode).second;
    });
}

// The path that a problem of scanning begins with.
std::string path_in(const base::Problem& problem) {
    return problem.text.substr(0, problem.text.find(": "));
}

void look_into(Host& host, const std::string& folder, loader::ImageCache* cache, Discovered& out) {
    loader::ScanOptions options;
    options.max_depth = deepest;
    loader::Scan found = loader::scan(folder, options, cache);
    Candidates plugins(found.rows.size());
    base::for_each_index(found.rows.size(), [&](std::size_t i) {  // manifests are most of the work
        loader::ScanRow& row = found.rows[i];
        auto plugin = std::make_unique<Plugin>(host, std::move(row.path));
        plugin->file = row.file;
        plugin->microseconds = row.microseconds;
        plugin->cached = row.from_cache;
        if (read_facts(*plugin, std::move(row.outcome), false)) plugins[i] = std::move(plugin);
    });
    for (std::unique_ptr<Plugin>& plugin : plugins)
        if (plugin != nullptr) out.plugins.push_back(std::move(plugin));
    for (base::Problem& problem : found.problems) {
        if (problem.id == "scan.too-deep") continue;  // resources, mostly
        Row& row = out.rows.emplace_back();
        row.state = TENON_STATE_FAILED;
        row.path = path_in(problem);
        row.problems.push_back(std::move(problem));
    }
}

void warn_if(Host& host, const base::Check& problem) {
    if (problem) host.log().write(TENON_LOG_WARNING, "", problem->text);
}

}  // namespace

base::Result<Discovered> discover(Host& host, const std::vector<std::string>& paths) {
    Discovered out;
    const std::string& file = host.settings().cache_file;
    std::optional<loader::ImageCache> cache;
    if (!file.empty()) cache = loader::ImageCache::open(file);
    if (cache) warn_if(host, cache->problem());
    for (const std::string& path : paths) {
        if (base::is_folder(path)) {
            look_into(host, path, cache ? &*cache : nullptr, out);
            continue;
        }
        const base::Result<base::Fd> named = base::open_regular(path);
        if (!named) return named.problem();
        auto plugin = std::make_unique<Plugin>(host, path);
        struct stat facts{};
        if (::fstat(named.value().get(), &facts) == 0) plugin->file = loader::identity_of(facts);
        if (read_facts(*plugin, loader::read_image_file(path), true)) out.plugins.push_back(std::move(plugin));
    }
    if (cache) warn_if(host, cache->save());
    drop_second_names(out.plugins);
    return out;
}

}  // namespace tenon::host
