#include "host/confinement.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "host/grants.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/worker.h"

namespace tenon::host {

namespace {

// What every worker may see of the environment: in which language and time zone it is.
constexpr std::string_view harmless_variables[] = {"LANG",        "LANGUAGE",    "LC_ALL",     "LC_COLLATE", "LC_CTYPE",
                                                   "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME",    "TZ"};

std::uint32_t layers_of(const std::vector<std::string>& names) {
    std::uint32_t layers = 0;
    for (const std::string& name : names)
        if (const std::optional<sandbox::Layer> layer = sandbox::layer_named(name)) layers |= *layer;
    return layers;
}

std::vector<std::string_view> names_of(std::uint32_t layers) {
    std::vector<std::string_view> names;
    for (std::uint32_t bit = 1; bit <= sandbox::all_layers; bit <<= 1)
        if ((layers & bit) != 0) names.push_back(sandbox::to_string(static_cast<sandbox::Layer>(bit)));
    return names;
}

sandbox::Ceilings ceilings_of(sandbox::Level level) {
    sandbox::Ceilings ceilings;
    if (level == sandbox::Level::standard) return ceilings;
    ceilings.memory_bytes = 256u << 20;
    ceilings.descriptors = 64;
    ceilings.tasks = 16;
    ceilings.file_bytes = 16u << 20;
    if (level == sandbox::Level::locked) ceilings.file_bytes = 1;  // 0 would be none
    return ceilings;
}

template <class Ceiling, class Stated>
void lower(Ceiling& ceiling, const std::optional<Stated>& wish) {
    if (wish) ceiling = std::min<Ceiling>(ceiling, *wish);
}

template <class Ceiling, class Stated>
void set(Ceiling& ceiling, const std::optional<Stated>& word) {
    if (word) ceiling = *word;
}

// A manifest may ask for less than the level gives, the operator for anything.
sandbox::Ceilings ceilings_of(sandbox::Level level, const manifest::Limits& asked, const manifest::Limits& words) {
    sandbox::Ceilings ceilings = ceilings_of(level);
    lower(ceilings.memory_bytes, asked.memory);
    if (asked.cpu) ceilings.cpu_percent = *asked.cpu;  // no level has a ceiling of its own
    lower(ceilings.descriptors, asked.files);
    lower(ceilings.file_bytes, asked.file_size);
    set(ceilings.memory_bytes, words.memory);
    set(ceilings.cpu_percent, words.cpu);
    if (words.cpu_time) ceilings.cpu_seconds = std::max<std::uint64_t>(1, *words.cpu_time / 1'000'000'000);
    set(ceilings.descriptors, words.files);
    set(ceilings.tasks, words.processes);
    set(ceilings.file_bytes, words.file_size);
    return ceilings;
}

void add_variable(const std::string& name, std::vector<std::string>& out) {
    if (const char* const value = std::getenv(name.c_str()); value != nullptr) out.push_back(name + "=" + value);
}

// The operator's words, as the store would keep them.
void add_words(const Host& host, const std::string& id, Requests& out, base::Problems& troubles) {
    for (const std::string& word : manifest::sandbox_for(host.settings().words, id).grant) {
        base::Result<std::string> request = canonical_request(word);
        if (request)
            out.push_back(request.take());
        else
            troubles.push_back(request.problem());
    }
}

void add_stored(Host& host, const std::string& id, Requests& out, base::Problems& troubles) {
    if (host.store() == nullptr) return;
    const base::Result<std::vector<Grant>> grants = Grants(*host.store()).of(id);
    if (!grants) return troubles.push_back(grants.problem());
    const Requests stored = requests_of(grants.value());
    out.insert(out.end(), stored.begin(), stored.end());
}

// Splits what is asked for. What goes wrong grants less.
void judge(Plugin& plugin, Granted& out) {
    const base::Result<Requests> asked = requests_of(plugin.manifest->permissions);
    if (!asked) return out.troubles.push_back(asked.problem());
    Requests words, counting;
    add_words(plugin.host, plugin.id(), words, out.troubles);
    add_stored(plugin.host, plugin.id(), words, out.troubles);
    const std::set<std::string_view> known(words.begin(), words.end());
    for (const std::string& request : asked.value())
        (is_its_own(request) || known.contains(request) ? counting : out.waiting).push_back(request);
    base::Result<manifest::Permissions> granted = permissions_of(counting);
    if (granted)
        out.permissions = granted.take();
    else
        out.troubles.push_back(granted.problem());
}

}  // namespace

sandbox::Level level_of(const Host& host, const Plugin& plugin) {
    if (const auto stated = manifest::sandbox_for(host.settings().words, plugin.id()).level)
        return static_cast<sandbox::Level>(*stated);
    return host.settings().workers.level;
}

Granted granted_to(Plugin& plugin) {
    Granted out;
    out.level = level_of(plugin.host, plugin);
    if (out.level == sandbox::Level::locked) return out;
    if (out.level == sandbox::Level::trusted)
        out.permissions = plugin.manifest->permissions;
    else
        judge(plugin, out);
    const manifest::OperatorSandbox words = manifest::sandbox_for(plugin.host.settings().words, plugin.id());
    out.allow_private = words.allow_private.value_or(false);
    const GlobPlaces places = places_of(plugin.host, plugin);
    out.files = file_rules_of(out.permissions, words.deny, places, out.denials);
    for (const std::string& socket : out.permissions.sockets)
        if (std::optional<sandbox::broker::Glob> path = placed(socket, places)) out.sockets.push_back(std::move(*path));
    return out;
}

sandbox::Policy policy_of(const Host& host, Plugin& plugin) {
    const manifest::OperatorSandbox words = manifest::sandbox_for(host.settings().words, plugin.id());
    sandbox::Policy policy;
    policy.level = level_of(host, plugin);
    if (!policy.confines()) return policy;
    policy.without = layers_of(words.without);
    policy.allow_degraded = words.allow_degraded.value_or(false);
    policy.ceilings = ceilings_of(policy.level, plugin.manifest->limits, words.limits);
    const Granted granted = granted_to(plugin);
    for (const std::string_view name : harmless_variables) add_variable(std::string(name), policy.environment);
    for (const std::string& name : granted.permissions.environment) add_variable(name, policy.environment);
    if (plugin.staged) policy.paths = path_rules_of(granted.files);
    return policy;
}

// Namespaces are used where they are allowed, and nothing is refused for want of them: they are never missing.
Confined confined(const Host& host, const Plugin& plugin, const sandbox::Machine& machine) {
    Confined out;
    const sandbox::Level level = level_of(host, plugin);
    out.trust = TENON_TRUST_TRUSTED + static_cast<std::uint32_t>(level);
    out.in_worker = wants_worker(host, plugin);
    if (level == sandbox::Level::trusted) return out;
    const manifest::OperatorSandbox words = manifest::sandbox_for(host.settings().words, plugin.id());
    const std::uint32_t without = layers_of(words.without);
    out.without = names_of(without);
    out.missing = names_of(sandbox::missing_layers(machine) & ~without & ~std::uint32_t{sandbox::layer_namespaces});
    out.allow_degraded = words.allow_degraded.value_or(false);
    return out;
}

Confined confined(const Host& host, const Plugin& plugin) {
    const bool confines = level_of(host, plugin) != sandbox::Level::trusted;
    return confined(host, plugin, confines ? sandbox::look_at_kernel() : sandbox::Machine());
}

}  // namespace tenon::host
