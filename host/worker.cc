#include "host/worker.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "host/confinement.h"
#include "host/host.h"
#include "sandbox/confine/nobody.h"

namespace tenon::host {

namespace {

bool is_listed(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Of the contracts in the plugin's note: its own where it offers them, else those of whoever does.
std::vector<tenon_record> on_offer(Host& host, const Plugin& plugin) {
    std::vector<tenon_record> out;
    const auto take = [&](const std::vector<tenon_record>& records, bool own) {
        bool wanted = false;
        for (const tenon_record& record : records) {
            if (record.kind == TENON_RECORD_CONTRACT) {
                const std::string_view id(record.name, ::strnlen(record.name, sizeof record.name));
                const loader::Contract* const known = contract_of(plugin, id);
                const bool offers = known != nullptr && known->offered;
                wanted = known != nullptr && own == offers;
            }
            if (wanted && record.kind != TENON_RECORD_END) out.push_back(record);
        }
    };
    take(plugin.image.records, true);
    take(host.offered_records(), false);
    for (const std::unique_ptr<Plugin>& other : host.plugins()) {
        if (other.get() == &plugin || !other->is_active()) continue;
        std::vector<tenon_record> offered;
        bool wanted = false;
        for (const tenon_record& record : other->image.records) {
            if (record.kind == TENON_RECORD_CONTRACT) wanted = (record.flags & TENON_RECORD_OFFERED) != 0;
            if (wanted) offered.push_back(record);
        }
        take(offered, false);
    }
    return out;
}

// The first folder on the way there that only its owner and his group may pass through; empty: there is none.
std::string barred(const std::filesystem::path& path) {
    std::filesystem::path way;
    for (const std::filesystem::path& part : path) {
        way /= part;
        struct stat facts{};
        if (::stat(way.c_str(), &facts) != 0 || (facts.st_mode & S_IXOTH) == 0) return way.string();
    }
    return {};
}

// The plugin's own folders. A confined worker of root is not root: it must get to them, and may write to the one.
base::Check give_folders(Host& host, const Plugin& plugin) {
    const Settings& settings = host.settings();
    const std::string data = settings.data_folder + "/" + plugin.id();
    if (base::Check problem = base::make_folder(data)) return problem;
    if (::geteuid() != 0 || level_of(host, plugin) == sandbox::Level::trusted) return {};
    const bool ours = settings.data_folder.starts_with(settings.private_folder + "/");
    const bool given = ::chmod(settings.private_folder.c_str(), 0711) == 0 &&
                       (!ours || ::chmod(settings.data_folder.c_str(), 0711) == 0) &&
                       ::chown(data.c_str(), sandbox::nobody, sandbox::nobody) == 0;
    if (const std::string bar = barred(std::filesystem::path(data).parent_path()); given && !bar.empty())
        host.log().write(TENON_LOG_WARNING, plugin.id(),
                         fmt::format("{}: its worker is not root, and may not pass through to its own folder {}; let "
                                     "others pass through (chmod o+x)",
                                     bar, data));
    if (given) return {};
    return base::Problem{"file.unwritable",
                         fmt::format("{}: the folders of {} cannot be given to its worker: {}", data, plugin.name(),
                                     std::strerror(errno)),
                         "Choose a data_folder whose files this user may give away."};
}

const char beside = 0;

}  // namespace

std::string default_worker() {
    Dl_info here{};
    if (::dladdr(&beside, &here) == 0 || here.dli_fname == nullptr) return {};
    const std::string path = (std::filesystem::path(here.dli_fname).parent_path() / "tenon" / "tenon-worker").string();
    return !base::is_folder(path) && ::access(path.c_str(), X_OK) == 0 ? path : std::string();
}

bool wants_worker(const Host& host, const Plugin& plugin) {
    const WorkerSettings& workers = host.settings().workers;
    if (level_of(host, plugin) != sandbox::Level::trusted) return true;
    if (const manifest::StatedIsolation stated = manifest::isolation_for(host.settings().words, plugin.id()))
        return stated->value == manifest::Isolation::worker;
    if (is_listed(workers.ids, plugin.id())) return true;
    if (workers.mode != TENON_WORKERS_AS_MANIFEST) return workers.mode == TENON_WORKERS_ALL;
    return plugin.manifest->isolation == manifest::Isolation::worker;
}

void prepare_worker(Plugin& plugin) {
    if (plugin.ward == nullptr) plugin.ward = std::make_unique<Ward>(plugin);
    sandbox::ClientOptions options;
    options.helper = plugin.host.settings().workers.helper;
    options.name = plugin.name();
    options.policy = policy_of(plugin.host, plugin);
    if (plugin.ward->prepared != nullptr || options.helper.empty()) return;
    base::Result<std::unique_ptr<sandbox::Client>> started =
        sandbox::Client::start(plugin.host.workshop(), *plugin.ward, std::move(options));
    if (started) plugin.ward->prepared = started.take();
}

base::Result<loader::Module> open_in_worker(Plugin& plugin) {
    Host& host = plugin.host;
    const std::string& helper = host.settings().workers.helper;
    if (helper.empty())
        return base::Problem{
            "worker.no-helper",
            fmt::format("{} is to run in a worker, but there is no program tenon-worker", plugin.name()),
            "Install it in tenon/ beside libtenon, or name it in tenon_host_options.worker_file."};
    if (base::Check problem = loader::is_as_verified(*plugin.staged, plugin.image)) return *problem;
    sandbox::ClientOptions options;
    options.helper = helper;
    options.name = plugin.name();
    options.library = plugin.staged->path;
    options.origin = plugin.image.path;
    options.own = plugin.image.records;
    options.offered = on_offer(host, plugin);
    options.policy = policy_of(host, plugin);
    if (plugin.manifest->serialized) options.most_lanes = 1;
    if (base::Check problem = give_folders(host, plugin)) return *problem;
    if (plugin.ward == nullptr) plugin.ward = std::make_unique<Ward>(plugin);
    if (plugin.ward->prepared == nullptr) {
        base::Result<std::unique_ptr<sandbox::Client>> started =
            sandbox::Client::start(host.workshop(), *plugin.ward, options);
        if (!started) return started.problem();
        plugin.ward->prepared = started.take();
    }
    sandbox::Client* const client = plugin.ward->prepared.get();
    base::Result<loader::Module> module = sandbox::Client::open(std::move(plugin.ward->prepared), std::move(options));
    if (module) plugin.ward->attend(client);
    return module;
}

}  // namespace tenon::host
