#include "host/machine_json.h"

#include <optional>
#include <string>
#include <utility>

#include "host/json.h"
#include "sandbox/group.h"

namespace tenon::host {

namespace {

const char* bool_word(bool value) {
    return value ? "true" : "false";
}

// What the layer does, and what it means that it is missing.
struct LayerWords {
    sandbox::Layer bit;
    bool needed;  // without it, a confined plugin is refused
    const char* what;
    const char* without;
};

constexpr LayerWords layer_words[] = {
    {sandbox::layer_limits, true, "memory, threads, open files, sizes of files, core dumps", ""},
    {sandbox::layer_privileges, true, "no uid 0, no capabilities, none that come later", ""},
    {sandbox::layer_namespaces, false, "network, IPC and host name of its own",
     "the filter of system calls stands for it: no sockets can be made; confined plugins load"},
    {sandbox::layer_landlock, true, "files",
     "confined plugins are refused, unless the operator says allow_degraded: then they open what the user may"},
    {sandbox::layer_seccomp, true, "system calls: no network, no processes",
     "confined plugins are refused, unless the operator says allow_degraded: then the network and processes are open"},
};

std::string group_text(const sandbox::Machine& machine) {
    const std::optional<sandbox::GroupPlace> place = sandbox::group_place(machine);
    if (!place) return "no control groups for workers: processor time is not shared out";
    std::string text = "control groups for workers:";
    for (const auto& [counted, name] : {std::pair(&sandbox::GroupTree::memory, " memory"),
                                        {&sandbox::GroupTree::pids, " pids"},
                                        {&sandbox::GroupTree::cpu, " cpu"}})
        text += place->counts(counted) ? name : "";
    return text;
}

// Threads are counted in a user namespace or in a control group.
std::string limits_text(const sandbox::Machine& machine) {
    const std::optional<sandbox::GroupPlace> place = sandbox::group_place(machine);
    const bool counted = machine.user_namespaces || (place && place->counts(&sandbox::GroupTree::pids));
    return std::string(counted ? ""
                               : "threads are not: no user namespaces to count them in, only memory bounds them; ") +
           group_text(machine);
}

// What is there, or why it is not.
std::string found_text(const sandbox::Machine& machine, const LayerWords& layer, bool missing) {
    if (missing && layer.bit == sandbox::layer_namespaces)
        return "this user may not make them: not root, and no user namespaces";
    if (missing) {
        sandbox::Policy policy;
        policy.level = sandbox::Level::standard;
        policy.without = sandbox::all_layers & ~static_cast<std::uint32_t>(layer.bit);
        const base::Check problem = sandbox::can_enforce(policy, machine);
        return problem ? problem->text : std::string();
    }
    if (layer.bit == sandbox::layer_limits) return limits_text(machine);
    if (layer.bit == sandbox::layer_landlock) return "Landlock, ABI " + std::to_string(machine.landlock_abi);
    return {};
}

void write_layer(Json& json, const sandbox::Machine& machine, const LayerWords& layer) {
    const bool missing = (sandbox::missing_layers(machine) & layer.bit) != 0;
    json.object().member("name", sandbox::to_string(layer.bit)).member("confines", layer.what);
    json.name("needed").raw(bool_word(layer.needed)).name("enforced").raw(bool_word(!missing));
    json.member("found", found_text(machine, layer, missing))
        .member("means", missing ? layer.without : "")
        .end_object();
}

void write_controllers(Json& json, const sandbox::Machine& machine) {
    json.name("controllers").array();
    for (const sandbox::Controller& one : machine.controllers) {
        json.object().member("name", one.name).member("version", one.version).member("folder", one.folder);
        json.name("writable").raw(bool_word(one.writable)).end_object();
    }
    json.end_array();
}

bool can_confine(const sandbox::Machine& machine) {
    sandbox::Policy policy;
    policy.level = sandbox::Level::standard;
    return !sandbox::can_enforce(policy, machine);
}

}  // namespace

std::string to_json(const sandbox::Machine& machine) {
    std::string text;
    Json json(text);
    json.object().name("can_confine").raw(bool_word(can_confine(machine)));
    json.member("kernel", machine.kernel).member("uid", machine.uid).member("landlock_abi", machine.landlock_abi);
    json.name("seccomp")
        .raw(bool_word(machine.seccomp))
        .name("user_namespaces")
        .raw(bool_word(machine.user_namespaces));
    json.name("namespaces").raw(bool_word(machine.namespaces)).member("cgroup_version", machine.cgroup_version);
    write_controllers(json, machine);
    json.name("layers").array();
    for (const LayerWords& layer : layer_words) write_layer(json, machine, layer);
    json.end_array().end_object();
    return text;
}

}  // namespace tenon::host
