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
    const std::string parent = known.private_folder.size != 0 ? copy(known.private_folder) : base::temporary_folder();
    base::Result<std::string> folder = base::make_unique_folder(parent, "tenon-");
    if (!folder) return folder.problem();
    Settings settings;
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

void Host::violation(std::string_view plugin, std::string_view text) noexcept {
    violations_.fetch_add(1, std::memory_order_relaxed);
    log_.write(TENON_LOG_ERROR, plugin, text);
}

}  // namespace tenon::host
