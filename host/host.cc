#include "host/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "host/text.h"

namespace tenon::host {

namespace {

constexpr std::uint64_t default_drain_ns = 5'000'000'000;
constexpr std::uint64_t default_arena_limit = 256ull * 1024 * 1024;

std::string copy(tenon_str text) {
    return std::string(view_of(text));
}

// The options as this library knows them; what an older application does not have is zero.
base::Result<tenon_host_options> read_options(const tenon_host_options* options) {
    tenon_host_options known{};
    if (options == nullptr) return known;
    if (options->struct_size < sizeof(std::uint32_t))
        return base::Problem{"host.bad-options", "tenon_host_options.struct_size is not set",
                             "Set it to sizeof(tenon_host_options)."};
    std::memcpy(&known, options, std::min<std::size_t>(options->struct_size / 8 * 8, sizeof known));
    return known;
}

base::Problem bad_option(std::string_view name, std::string_view what, std::string fix) {
    return {"host.bad-options", fmt::format("tenon_host_options.{}: {}", name, what), std::move(fix)};
}

// Whom manifests ask for in [hosts].
base::Check read_identity(const tenon_host_options& options, manifest::System& system) {
    system.host = copy(options.id);
    if (!system.host.empty() && !manifest::is_id(system.host))
        return bad_option("id", fmt::format("\"{}\" is not an id", system.host),
                          "Use a reverse-DNS id such as org.acme.editor.");
    if (options.version.size == 0) return {};
    if (system.host.empty()) return bad_option("version", "there is no id whose version it could be", "Set id, too.");
    base::Result<manifest::Version> version = manifest::Version::parse(view_of(options.version));
    if (!version) return bad_option("version", version.problem().text, version.problem().fix);
    system.host_version = version.take();
    return {};
}

base::Check read_policy(const tenon_host_options& options, manifest::Policy& policy) {
    if (options.duplicates > TENON_DUPLICATES_PINNED)
        return bad_option("duplicates", fmt::format("{} is no policy", options.duplicates),
                          "Use one of TENON_DUPLICATES_REFUSE, _NEWEST and _PINNED.");
    policy.duplicates = static_cast<manifest::Duplicates>(options.duplicates);
    for (std::uint64_t i = 0; i < options.pins.count; ++i) {
        tenon_pin pin{};
        tenon_span_get(&options.pins, i, &pin, sizeof pin);
        policy.pins.push_back({copy(pin.name), copy(pin.choice)});
    }
    return {};
}

}  // namespace

Host::Host(Settings settings, Log log)
    : settings_(std::move(settings)), log_(log), table_(this), catalogue_(table_, settings_.check) {}

Host::~Host() {
    base::remove_tree(settings_.private_folder);
}

base::Result<std::unique_ptr<tenon_host>> Host::create(const tenon_host_options* given) {
    base::Result<tenon_host_options> options = read_options(given);
    if (!options) return options.problem();
    const tenon_host_options& known = options.value();
    Settings settings;
    if (base::Check problem = read_identity(known, settings.system)) return *problem;
    if (base::Check problem = read_policy(known, settings.policy)) return *problem;
    settings.cache_file = copy(known.cache_file);
    const std::string parent = known.private_folder.size != 0 ? copy(known.private_folder) : base::temporary_folder();
    base::Result<std::string> folder = base::make_unique_folder(parent, "tenon-");
    if (!folder) return folder.problem();
    settings.check = known.check != 0;
    settings.private_folder = folder.take();
    settings.data_folder = known.data_folder.size != 0 ? copy(known.data_folder) : settings.private_folder + "/data";
    settings.drain_timeout_ns = known.drain_timeout_ns != 0 ? known.drain_timeout_ns : default_drain_ns;
    settings.arena_limit = known.arena_limit != 0 ? known.arena_limit : default_arena_limit;
    return std::make_unique<tenon_host>(std::move(settings), Log(known.log, known.log_data));
}

Plugin* Host::active(std::string_view id) {
    for (const std::unique_ptr<Plugin>& plugin : plugins_)
        if (plugin->is_active() && plugin->id() == id) return plugin.get();
    return nullptr;
}

Plugin* Host::meets(const manifest::Dependency& dependency) {
    for (const std::unique_ptr<Plugin>& plugin : plugins_)
        if (plugin->is_active() && host::meets(*plugin, dependency)) return plugin.get();
    return nullptr;
}

const loader::System& Host::system() {
    if (system_ == nullptr) system_ = std::make_unique<loader::System>();
    return *system_;
}

void Host::violation(std::string_view plugin, std::string_view text) noexcept {
    violations_.fetch_add(1, std::memory_order_relaxed);
    log_.write(TENON_LOG_ERROR, plugin, text);
}

}  // namespace tenon::host
