#include "host/reload_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/host.h"
#include "host/permission_words.h"
#include "host/planning.h"
#include "loader/compare.h"

namespace tenon::host {

namespace {

std::string list(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

base::Check new_permissions(const Plugin& old, const Plugin& fresh) {
    const std::vector<std::string> before = words_of(old.manifest->permissions);
    std::vector<std::string> more;
    for (std::string& word : words_of(fresh.manifest->permissions))
        if (std::find(before.begin(), before.end(), word) == before.end()) more.push_back(std::move(word));
    if (more.empty()) return {};
    return base::Problem{"reload.new-permission",
                         fmt::format("{} asks for what {} did not ask for: {}", fresh.name(), old.name(), list(more)),
                         "Reload with TENON_RELOAD_ALLOW_PERMISSIONS to take it on."};
}

base::Check new_dependencies(const Plugin& old, const Plugin& fresh) {
    std::vector<std::string> more;
    for (const manifest::Dependency& dependency : fresh.manifest->dependencies) {
        const auto same = [&](const manifest::Dependency& other) { return other.id == dependency.id; };
        const auto& before = old.manifest->dependencies;
        if (std::none_of(before.begin(), before.end(), same)) more.push_back(dependency.id);
    }
    if (more.empty()) return {};
    return base::Problem{
        "reload.new-dependency",
        fmt::format("{} depends on what {} did not depend on: {}", fresh.name(), old.name(), list(more)),
        "Reload with TENON_RELOAD_ALLOW_DEPENDENCIES to take it "
        "on."};
}

// Who needs the running build must be able to live with the new one.
base::Check dependants_live(Host& host, const Plugin& old, const Plugin& fresh) {
    for (const std::unique_ptr<Plugin>& other : host.plugins()) {
        if (!other->is_active() || other.get() == &old) continue;
        for (const manifest::Dependency& dependency : other->manifest->dependencies)
            if (!dependency.optional && meets(old, dependency) && !meets(fresh, dependency))
                return base::Problem{"reload.breaks-dependant",
                                     fmt::format("{} needs {} {}, the new build is {}", other->name(), dependency.id,
                                                 dependency.range.text(), fresh.version()),
                                     fmt::format("Reload {} first, or keep a version that it admits.", other->id())};
    }
    return {};
}

// Those that say something new: two hooks with the same wrong type say the same.
void append(base::Problems& problems, base::Problems more) {
    for (base::Problem& problem : more)
        if (std::none_of(problems.begin(), problems.end(),
                         [&](const base::Problem& other) { return other.text == problem.text; }))
            problems.push_back(std::move(problem));
}

constexpr loader::CompareOptions forth{false, "the running build", "the new one"};
constexpr loader::CompareOptions back{false, "the new build", "the running one"};

void compare_methods(const loader::Service& running, const loader::Service& fresh, base::Problems& problems) {
    for (const loader::Method& method : running.methods)
        if (std::none_of(fresh.methods.begin(), fresh.methods.end(),
                         [&](const loader::Method& other) { return other.name == method.name; }))
            problems.push_back({"", fmt::format("method {}/{} is gone", running.id, method.name), ""});
}

// What is there must be the same, in both directions; more hooks, services and methods may come.
base::Problems differences(const loader::Contract& running, const loader::Contract& fresh) {
    base::Problems problems;
    for (const loader::Hook& hook : running.hooks) {
        append(problems, loader::compare_hook(running, hook, fresh, forth));
        if (const loader::Hook* const same = fresh.hook(hook.name); same != nullptr && problems.empty())
            append(problems, loader::compare_hook(fresh, *same, running, back));
    }
    for (const loader::Service& service : running.services) {
        append(problems, loader::compare_service(running, service, fresh, forth));
        const loader::Service* const same = fresh.service(service.id);
        if (same == nullptr || !problems.empty()) continue;
        append(problems, loader::compare_service(fresh, *same, running, back));
        compare_methods(service, *same, problems);
    }
    return problems;
}

// Others hold hooks and stubs of what it offers; those must go on to mean the same.
base::Check contracts_stay(const Plugin& old, const Plugin& fresh) {
    for (const loader::Contract& running : old.contracts) {
        if (!running.offered) continue;
        const loader::Contract* const same = contract_of(fresh, running.id);
        base::Problems problems;
        if (same == nullptr || !same->offered)
            problems.push_back({"", "the new build does not offer it", ""});
        else
            problems = differences(running, *same);
        if (!problems.empty())
            return base::Problem{"reload.contract-changed",
                                 fmt::format("contract {} {} of {} is in use: {}", running.id, running.version(),
                                             old.name(), joined(problems).text),
                                 "Unload it and who uses it, and load the new build."};
    }
    return {};
}

}  // namespace

base::Result<std::unique_ptr<Plugin>> read_build(Host& host, const Plugin& old, const std::string& path) {
    base::Result<Discovered> found = discover(host, {path});
    if (!found) return found.problem();
    Discovered discovered = found.take();
    if (discovered.plugins.size() != 1)  // a folder took its place a moment ago
        return base::Problem{"file.not-regular", fmt::format("{}: is not a regular file", path), "Name a file."};
    std::unique_ptr<Plugin>& fresh = discovered.plugins.front();
    if (!fresh->problems.empty()) return joined(fresh->problems);
    if (fresh->id() != old.id())
        return base::Problem{"reload.other-plugin", fmt::format("{}: is {}, not {}", path, fresh->id(), old.id()),
                             "A plugin's id never changes; load the other plugin beside it."};
    plan(host, discovered.plugins, &old);
    if (!fresh->problems.empty()) return joined(fresh->problems);
    return std::move(fresh);
}

base::Check judge_build(Host& host, const Plugin& old, const Plugin& fresh, const ReloadGrants& grants) {
    if (!grants.permissions)
        if (base::Check problem = new_permissions(old, fresh)) return problem;
    if (!grants.dependencies)
        if (base::Check problem = new_dependencies(old, fresh)) return problem;
    if (base::Check problem = dependants_live(host, old, fresh)) return problem;
    return contracts_stay(old, fresh);
}

}  // namespace tenon::host
