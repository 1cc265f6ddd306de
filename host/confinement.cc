#include "host/confinement.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

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

// What is a plugin's own needs no grant.
bool is_own(std::string_view glob) {
    return glob.starts_with("$data/") || glob.starts_with("$resources/") || glob == "$data" || glob == "$resources";
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

// Which of the manifest's requests count.
class Grants {
public:
    Grants(const Host& host, const Plugin& plugin)
        : words_(manifest::sandbox_for(host.settings().words, plugin.id()).grant), level_(level_of(host, plugin)) {}

    bool has(const std::string& request) const {
        if (level_ == sandbox::Level::trusted) return true;
        return std::find(words_.begin(), words_.end(), request) != words_.end();
    }
    // What is a plugin's own needs no grant.
    bool has_glob(const std::string& kind, const std::string& glob) const { return is_own(glob) || has(kind + glob); }

private:
    const std::vector<std::string> words_;
    const sandbox::Level level_;
};

// Where a folder really is: neither the kernel's rules nor the broker follow links.
std::string real_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    return error || path.empty() ? std::string() : real.string();
}

GlobPlaces places_of(const Host& host, const Plugin& plugin) {
    const char* const home = std::getenv("HOME");
    std::error_code none;
    return {real_path(host.settings().data_folder + "/" + plugin.id()),
            plugin.staged ? real_path(plugin.staged->resources) : std::string(),
            home != nullptr ? real_path(home) : std::string(),
            real_path(std::filesystem::temp_directory_path(none).string())};
}

}  // namespace

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

Granted granted_to(const Host& host, const Plugin& plugin) {
    Granted out;
    if (level_of(host, plugin) == sandbox::Level::locked) return out;
    const manifest::Permissions& asked = plugin.manifest->permissions;
    const Grants grants(host, plugin);
    const GlobPlaces places = places_of(host, plugin);
    const auto take = [&](const std::string& kind, const std::vector<std::string>& globs,
                          std::vector<std::string>& to) {
        for (const std::string& glob : globs)
            if (std::optional<std::string> path = placed(glob, places); path && grants.has_glob(kind, glob))
                to.push_back(std::move(*path));
    };
    take("read:", asked.read, out.read);
    take("write:", asked.write, out.write);
    for (const std::string& name : asked.environment)
        if (grants.has("env:" + name)) out.environment.push_back(name);
    out.notifications = asked.notifications && grants.has("notifications");
    return out;
}

sandbox::Policy policy_of(const Host& host, const Plugin& plugin) {
    const manifest::OperatorSandbox words = manifest::sandbox_for(host.settings().words, plugin.id());
    sandbox::Policy policy;
    policy.level = level_of(host, plugin);
    if (!policy.confines()) return policy;
    policy.without = layers_of(words.without);
    policy.allow_degraded = words.allow_degraded.value_or(false);
    policy.ceilings = ceilings_of(policy.level, plugin.manifest->limits, words.limits);
    const Granted granted = granted_to(host, plugin);
    for (const std::string_view name : harmless_variables) add_variable(std::string(name), policy.environment);
    for (const std::string& name : granted.environment) add_variable(name, policy.environment);
    if (!plugin.staged) return policy;
    add_rules(granted.read, false, policy.paths);
    add_rules(granted.write, true, policy.paths);
    return policy;
}

}  // namespace tenon::host
