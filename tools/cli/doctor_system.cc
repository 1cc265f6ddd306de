#include "tools/cli/doctor_system.h"

#include <fmt/format.h>

#include <stdexcept>

#include "tools/cli/answer.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

std::string yes_or_no(const Json& machine, const char* key) {
    return machine.at(key).get<bool>() ? "yes" : "no";
}

std::string user(const Json& machine) {
    const auto uid = machine.at("uid").get<std::uint64_t>();
    return fmt::format("uid {}{}", uid, uid == 0 ? ", root" : "");
}

std::string landlock(const Json& machine) {
    const auto abi = machine.at("landlock_abi").get<std::uint64_t>();
    return abi == 0 ? std::string("no") : fmt::format("ABI {}", abi);
}

std::string groups(const Json& machine) {
    const auto version = machine.at("cgroup_version").get<std::uint64_t>();
    return version == 0 ? std::string("none") : fmt::format("version {}", version);
}

void print_facts(const Screen& screen, const Json& machine) {
    Table table;
    const auto add = [&](const char* name, std::string value) { table.add({{name, Tone::faint}, {std::move(value)}}); };
    add("kernel", text_of(machine, "kernel"));
    add("user", user(machine));
    add("Landlock", landlock(machine));
    add("filters of system calls", yes_or_no(machine, "seccomp"));
    add("user namespaces", yes_or_no(machine, "user_namespaces"));
    add("network, IPC, host name of its own", yes_or_no(machine, "namespaces"));
    add("control groups", groups(machine));
    for (const Json& one : machine.at("controllers"))
        add("", fmt::format("{}: version {}, {}, {}", text_of(one, "name"), one.at("version").dump(),
                            text_of(one, "folder"), one.at("writable").get<bool>() ? "writable" : "not writable"));
    table.print(screen, "");
}

// What is there, or what that it is missing means.
std::string remark(const Json& layer) {
    std::string text = text_of(layer, "confines");
    for (const char* key : {"found", "means"})
        if (const std::string more = text_of(layer, key); !more.empty()) text += "; " + more;
    return text;
}

void print_layers(const Screen& screen, const Json& machine) {
    Table table;
    for (const Json& layer : machine.at("layers")) {
        const bool enforced = layer.at("enforced").get<bool>();
        const Tone missing = layer.at("needed").get<bool>() ? Tone::bad : Tone::faint;
        table.add({{text_of(layer, "name"), Tone::strong},
                   {enforced ? "enforced" : "missing", enforced ? Tone::good : missing},
                   {remark(layer)}});
    }
    table.print(screen, "  ");
}

}  // namespace

int doctor_system(const DoctorOptions& options) {
    base::Result<Json> answer = ask(tenon_machine);
    if (!answer) throw std::runtime_error(answer.problem().text);
    const Json machine = answer.take();
    const bool confines = machine.at("can_confine").get<bool>();
    const int exit_code = confines ? exit_fine : exit_refused;
    if (options.json) return print_json(machine), exit_code;
    const Screen screen(options.no_color);
    print_facts(screen, machine);
    screen.line(confines ? screen.paint(Tone::good, "Plugins can be confined here:")
                         : screen.paint(Tone::bad, "Confined plugins are refused here (sandbox.missing-feature):"));
    print_layers(screen, machine);
    return exit_code;
}

}  // namespace tenon::cli
