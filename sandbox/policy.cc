#include "sandbox/policy.h"

#include <array>
#include <utility>

#include "sandbox/packing.h"

namespace tenon::sandbox {

namespace {

constexpr std::array<std::pair<Level, std::string_view>, 4> level_names{
    {{Level::trusted, "trusted"}, {Level::standard, "standard"}, {Level::strict, "strict"}, {Level::locked, "locked"}}};
constexpr std::array<std::pair<Layer, std::string_view>, 5> layer_names{{{layer_limits, "limits"},
                                                                         {layer_privileges, "privileges"},
                                                                         {layer_namespaces, "namespaces"},
                                                                         {layer_landlock, "landlock"},
                                                                         {layer_seccomp, "seccomp"}}};

template <class Names, class Value>
std::string_view name_of(const Names& names, Value value) {
    for (const auto& [known, name] : names)
        if (known == value) return name;
    return "?";
}

template <class Value, std::size_t count>
std::optional<Value> value_of(const std::array<std::pair<Value, std::string_view>, count>& names,
                              std::string_view name) {
    for (const auto& [value, known] : names)
        if (known == name) return value;
    return std::nullopt;
}

constexpr std::uint32_t flag_write = 1;
constexpr std::uint32_t flag_tree = 2;

void pack(Packer& out, const Ceilings& ceilings) {
    for (const std::uint64_t ceiling : {ceilings.memory_bytes, ceilings.cpu_seconds, ceilings.cpu_percent,
                                        ceilings.descriptors, ceilings.tasks, ceilings.file_bytes})
        out.u64(ceiling);
}

Ceilings unpack_ceilings(Unpacker& in) {
    Ceilings ceilings;
    for (std::uint64_t* const ceiling : {&ceilings.memory_bytes, &ceilings.cpu_seconds, &ceilings.cpu_percent,
                                         &ceilings.descriptors, &ceilings.tasks, &ceilings.file_bytes})
        *ceiling = in.u64();
    return ceilings;
}

}  // namespace

std::string_view to_string(Level level) {
    return name_of(level_names, level);
}

std::string_view to_string(Layer layer) {
    return name_of(layer_names, layer);
}

std::optional<Level> level_named(std::string_view name) {
    return value_of(level_names, name);
}

std::optional<Layer> layer_named(std::string_view name) {
    return value_of(layer_names, name);
}

std::string encode(const Policy& policy) {
    Packer out;
    out.u32(static_cast<std::uint32_t>(policy.level));
    out.u32(policy.without);
    out.u32(policy.allow_degraded ? 1 : 0);
    pack(out, policy.ceilings);
    out.u64(policy.paths.size());
    for (const PathRule& rule : policy.paths) {
        out.u32((rule.write ? flag_write : 0) | (rule.tree ? flag_tree : 0));
        out.text(rule.path);
    }
    out.u64(policy.environment.size());
    for (const std::string& variable : policy.environment) out.text(variable);
    return out.bytes();
}

std::optional<Policy> decode_policy(std::string_view bytes) {
    Unpacker in(bytes);
    Policy policy;
    const std::uint32_t level = in.u32();
    policy.level = static_cast<Level>(level);
    policy.without = in.u32();
    const std::uint32_t degraded = in.u32();
    policy.allow_degraded = degraded == 1;
    policy.ceilings = unpack_ceilings(in);
    bool known = level < level_names.size() && policy.without <= all_layers && degraded <= 1;
    for (std::uint64_t left = in.count(12); left != 0 && in.ok(); --left) {
        const std::uint32_t flags = in.u32();
        known = known && flags <= (flag_write | flag_tree);
        policy.paths.push_back({std::string(in.text()), (flags & flag_write) != 0, (flags & flag_tree) != 0});
    }
    for (std::uint64_t left = in.count(8); left != 0 && in.ok(); --left) policy.environment.emplace_back(in.text());
    if (!in.done() || !known) return std::nullopt;
    return policy;
}

}  // namespace tenon::sandbox
