#include "host/file_grants.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "host/host.h"
#include "host/plugin.h"
#include "manifest/glob_entry.h"

namespace tenon::host {

using sandbox::broker::FileDenial;
using sandbox::broker::FileGrant;
using sandbox::broker::FileRules;
using sandbox::broker::Glob;
using sandbox::broker::Root;

namespace {

// Where a folder really is: neither the kernel's rules nor the broker follow links.
std::string real_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    return error || path.empty() ? std::string() : real.string();
}

std::optional<Glob> if_fine(base::Result<Glob> glob) {
    return glob ? std::optional(glob.take()) : std::nullopt;
}

// The same glob below the folder that its fixed part leads to; nothing, if that is the same.
std::optional<Glob> where_it_leads(const Glob& glob) {
    const std::string real = real_path(glob.fixed());
    if (real.empty() || real == glob.fixed()) return std::nullopt;
    return if_fine(
        Glob::below(real, std::string_view(glob.text()).substr(glob.fixed() == "/" ? 0 : glob.fixed().size())));
}

void add_grants(const std::vector<std::string>& entries, const GlobPlaces& places, std::vector<FileGrant>& out) {
    for (const std::string& entry : entries)
        if (std::optional<FileGrant> grant = placed_entry(entry, places)) out.push_back(std::move(*grant));
}

// One whose beginning has no value denies nothing: there are no such files.
void add_denial(const std::string& text, const GlobPlaces& places, std::vector<FileDenial>& out) {
    const std::optional<manifest::Denial> denial = manifest::denial_of(text);
    const std::optional<Glob> glob = denial ? placed(denial->glob, places) : std::nullopt;
    if (!glob) return;
    out.emplace_back(*glob, denial->only_writing, text);
    if (const std::optional<Glob> real = where_it_leads(*glob)) out.emplace_back(*real, denial->only_writing, text);
}

bool is_in(std::string_view path, std::string_view folder) {
    if (folder == "/" || path == folder) return true;
    return path.starts_with(folder) && path[folder.size()] == '/';
}

// Of a folder: whether it may, by the parts before the wildcards.
bool touches(const FileDenial& denial, const Root& root) {
    if (!root.tree) return denial.glob.matches(root.path);
    return is_in(root.path, denial.glob.fixed()) || is_in(denial.glob.fixed(), root.path);
}

void add_rules(const std::vector<FileGrant>& grants, bool write, const std::vector<FileDenial>& deny,
               std::vector<sandbox::PathRule>& out) {
    for (const FileGrant& grant : grants) {
        const std::optional<Root> root = root_of(grant.glob);
        if (!root || !grant.exceptions.empty()) continue;
        const auto denied = [&](bool writing) {
            return std::ranges::any_of(
                deny, [&](const FileDenial& one) { return (writing || !one.only_writing) && touches(one, *root); });
        };
        if (!denied(false)) out.push_back({root->path, write && !denied(true), root->tree});
    }
}

}  // namespace

std::optional<Glob> placed(std::string_view glob, const GlobPlaces& places) {
    if (!glob.starts_with('$')) return if_fine(Glob::parse(glob));
    const std::size_t end = std::min(glob.find('/'), glob.size());
    const std::string_view name = glob.substr(0, end);
    const std::string* const place = name == "$data"        ? &places.data
                                     : name == "$resources" ? &places.resources
                                     : name == "$home"      ? &places.home
                                     : name == "$temp"      ? &places.temp
                                                            : nullptr;
    if (place == nullptr || !place->starts_with('/')) return std::nullopt;
    return if_fine(Glob::below(*place, glob.substr(end)));
}

std::optional<FileGrant> placed_entry(std::string_view entry, const GlobPlaces& places) {
    const manifest::GlobEntry parts = manifest::split_entry(entry);
    const std::optional<Glob> glob = placed(parts.glob, places);
    if (!glob) return std::nullopt;
    std::vector<Glob> exceptions;
    for (const std::string_view text : parts.exceptions) {
        const std::optional<Glob> exception = placed(text, places);
        if (!exception) return std::nullopt;
        exceptions.push_back(*exception);
        if (const std::optional<Glob> real = where_it_leads(*exception)) exceptions.push_back(*real);
    }
    return FileGrant(*glob, std::move(exceptions));
}

GlobPlaces places_of(const Host& host, const Plugin& plugin) {
    const char* const home = std::getenv("HOME");
    std::error_code none;
    return {real_path(host.settings().data_folder + "/" + plugin.id()),
            plugin.staged ? real_path(plugin.staged->resources) : std::string(),
            home != nullptr ? real_path(home) : std::string(),
            real_path(std::filesystem::temp_directory_path(none).string())};
}

FileRules file_rules_of(const manifest::Permissions& permissions, const std::vector<std::string>& deny,
                        const GlobPlaces& places) {
    FileRules rules;
    add_grants(permissions.read, places, rules.read);
    add_grants(permissions.write, places, rules.write);
    for (const std::string& text : deny) add_denial(text, places, rules.deny);
    return rules;
}

std::vector<sandbox::PathRule> path_rules_of(const FileRules& rules) {
    std::vector<sandbox::PathRule> out;
    add_rules(rules.read, false, rules.deny, out);
    add_rules(rules.write, true, rules.deny, out);
    return out;
}

}  // namespace tenon::host
