#include "host/confinement.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>

#include "host/grants.h"
#include "host/host.h"
#include "host/plugin.h"
#include "sandbox/broker/glob.h"

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
    lower(ceilings.descriptors, asked.files);
    lower(ceilings.file_bytes, asked.file_size);
    set(ceilings.memory_bytes, words.memory);
    set(ceilings.descriptors, words.files);
    set(ceilings.tasks, words.processes);
    set(ceilings.file_bytes, words.file_size);
    return ceilings;
}

// Nothing for a glob that the kernel has no rule for: the broker looks at those.
std::optional<sandbox::PathRule> rule_of(const std::string& text, bool write) {
    const base::Result<sandbox::broker::Glob> glob = sandbox::broker::Glob::parse(text);
    const std::optional<sandbox::broker::Root> root = glob ? root_of(glob.value()) : std::nullopt;
    return root ? std::optional(sandbox::PathRule{root->path, write, root->tree}) : std::nullopt;
}

void add_variable(const std::string& name, std::vector<std::string>& out) {
    if (const char* const value = std::getenv(name.c_str()); value != nullptr) out.push_back(name + "=" + value);
}

void add_rules(const std::vector<std::string>& globs, bool write, std::vector<sandbox::PathRule>& out) {
    for (const std::string& glob : globs)
        if (std::optional<sandbox::PathRule> rule = rule_of(glob, write)) out.push_back(std::move(*rule));
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

std::vector<std::string> placed_all(const std::vector<std::string>& globs, const GlobPlaces& places) {
    std::vector<std::string> out;
    for (const std::string& glob : globs)
        if (std::optional<std::string> path = placed(glob, places)) out.push_back(std::move(*path));
    return out;
}

// Where a folder really is: neither the kernel's rules nor the broker follow links.
std::string real_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    return error || path.empty() ? std::string() : real.string();
}

}  // namespace

GlobPlaces places_of(const Host& host, const Plugin& plugin) {
    const char* const home = std::getenv("HOME");
    std::error_code none;
    return {real_path(host.settings().data_folder + "/" + plugin.id()),
            plugin.staged ? real_path(plugin.staged->resources) : std::string(),
            home != nullptr ? real_path(home) : std::string(),
            real_path(std::filesystem::temp_directory_path(none).string())};
}

sandbox::Level level_of(const Host& host, const Plugin& plugin) {
    if (const auto stated = manifest::sandbox_for(host.settings().words, plugin.id()).level)
        return static_cast<sandbox::Level>(*stated);
    return host.settings().workers.level;
}

std::optional<std::string> placed(std::string_view glob, const GlobPlaces& places) {
    if (!glob.starts_with('$')) return std::string(glob);
    const std::size_t end = std::min(glob.find('/'), glob.size());
    const std::string_view name = glob.substr(0, end);
    const std::string* const place = name == "$data"        ? &places.data
                                     : name == "$resources" ? &places.resources
                                     : name == "$home"      ? &places.home
                                     : name == "$temp"      ? &places.temp
                                                            : nullptr;
    if (place == nullptr || !place->starts_with('/')) return std::nullopt;
    return *place + std::string(glob.substr(end));
}

Granted granted_to(Plugin& plugin) {
    Granted out;
    out.level = level_of(plugin.host, plugin);
    if (out.level == sandbox::Level::locked) return out;
    if (out.level == sandbox::Level::trusted)
        out.permissions = plugin.manifest->permissions;
    else
        judge(plugin, out);
    out.allow_private = manifest::sandbox_for(plugin.host.settings().words, plugin.id()).allow_private.value_or(false);
    const GlobPlaces places = places_of(plugin.host, plugin);
    out.read = placed_all(out.permissions.read, places);
    out.write = placed_all(out.permissions.write, places);
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
    if (!plugin.staged) return policy;
    add_rules(granted.read, false, policy.paths);
    add_rules(granted.write, true, policy.paths);
    return policy;
}

}  // namespace tenon::host
