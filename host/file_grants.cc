#include "host/file_grants.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "host/host.h"
#include "host/plugin.h"
#include "host/real_places.h"
#include "manifest/glob_entry.h"

namespace tenon::host {

using sandbox::broker::FileDenial;
using sandbox::broker::FileGrant;
using sandbox::broker::FileRules;
using sandbox::broker::Glob;
using sandbox::broker::Letters;
using sandbox::broker::Root;

namespace {

std::optional<Glob> if_fine(base::Result<Glob> glob) {
    return glob ? std::optional(glob.take()) : std::nullopt;
}

// As shells have it.
std::string home_folder() {
    if (const char* const home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
    std::vector<char> buffer(16384);
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
    return error == 0 && found != nullptr && found->pw_dir != nullptr ? found->pw_dir : "";
}

// An entry about these needs no grant: nobody has agreed to its exceptions, and those may name folders that the host
// had better not look at (/net).
bool is_own(std::string_view glob) {
    return glob.starts_with("$data") || glob.starts_with("$resources");
}

bool are_in_line(std::string_view one, std::string_view other) {
    return is_in(one, other, Letters::in_any_case) || is_in(other, one, Letters::in_any_case);
}

void add_grants(const std::vector<std::string>& entries, const GlobPlaces& places, std::vector<FileGrant>& out) {
    for (const std::string& entry : entries)
        if (std::optional<FileGrant> grant = placed_entry(entry, places, Links::followed))
            out.push_back(std::move(*grant));
}

Glob everything() {
    return Glob::parse("/**").take();
}

// What its last part names, wherever that is.
Glob anywhere(const Glob& glob) {
    std::string_view text = glob.text();
    while (text.ends_with("/**")) text.remove_suffix(3);
    base::Result<Glob> wide = Glob::parse(fmt::format("/**{}", text.substr(std::min(text.rfind('/'), text.size()))));
    return wide ? wide.take() : everything();
}

void add_denial(const std::string& text, const GlobPlaces& places, std::vector<FileDenial>& out,
                base::Problems& troubles) {
    const std::optional<manifest::Denial> denial = manifest::denial_of(text);
    const bool only_writing = denial && denial->only_writing;
    const std::optional<Glob> glob = denial ? placed(denial->glob, places) : std::nullopt;
    out.emplace_back(glob ? *glob : everything(), only_writing, text);
    if (!glob) {
        troubles.push_back({"operator.no-place",
                            fmt::format("the denial \"{}\" names no place here, so that all files are denied", text),
                            "let HOME and TMPDIR name folders, or write a path"});
        return;
    }
    RealPlaces real = real_places(*glob);
    for (Glob& place : real.globs) out.emplace_back(std::move(place), only_writing, text);
    if (real.all) return;
    out.emplace_back(anywhere(*glob), only_writing, text);
    troubles.push_back({"operator.wide-denial",
                        fmt::format("not all links behind the wildcards of the denial \"{}\" could be looked for, so "
                                    "that \"{}\" is denied",
                                    text, out.back().glob.text()),
                        "name the folders that it is about"});
}

// Of a folder: whether it may, by the parts before the wildcards.
bool touches(const FileDenial& denial, const Root& root) {
    return root.tree ? are_in_line(root.path, denial.glob.fixed()) : denial.covers(root.path);
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

std::optional<FileGrant> placed_entry(std::string_view entry, const GlobPlaces& places, Links links) {
    const manifest::GlobEntry parts = manifest::split_entry(entry);
    const std::optional<Glob> glob = placed(parts.glob, places);
    if (!glob) return std::nullopt;
    std::vector<Glob> exceptions;
    for (const std::string_view text : parts.exceptions) {
        const std::optional<Glob> exception = placed(text, places);
        if (!exception) return std::nullopt;
        exceptions.push_back(*exception);
        if (links == Links::not_looked_at) continue;
        if (is_own(parts.glob) && !are_in_line(glob->fixed(), exception->fixed())) continue;
        if (const std::optional<Glob> real = where_it_leads(*exception)) exceptions.push_back(*real);
    }
    return FileGrant(*glob, std::move(exceptions));
}

GlobPlaces places_of(const Host& host, const Plugin& plugin) {
    std::error_code none;
    return {real_path(host.settings().data_folder + "/" + plugin.id()),
            plugin.staged ? real_path(plugin.staged->resources) : std::string(), real_path(home_folder()),
            real_path(std::filesystem::temp_directory_path(none).string())};
}

FileRules file_rules_of(const manifest::Permissions& permissions, const std::vector<std::string>& deny,
                        const GlobPlaces& places, base::Problems& troubles) {
    FileRules rules;
    add_grants(permissions.read, places, rules.read);
    add_grants(permissions.write, places, rules.write);
    for (const std::string& text : deny) add_denial(text, places, rules.deny, troubles);
    return rules;
}

std::vector<sandbox::PathRule> path_rules_of(const FileRules& rules) {
    std::vector<sandbox::PathRule> out;
    add_rules(rules.read, false, rules.deny, out);
    add_rules(rules.write, true, rules.deny, out);
    return out;
}

}  // namespace tenon::host
