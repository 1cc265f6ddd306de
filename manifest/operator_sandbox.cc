#include "manifest/operator_sandbox.h"

#include "manifest/fields.h"
#include "manifest/path_check.h"
#include "manifest/quantity.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view levels[] = {"trusted", "standard", "strict", "locked"};
constexpr std::string_view layers[] = {"limits", "privileges", "namespaces", "landlock", "seccomp"};
constexpr TextRule one_request{4096, false};
constexpr std::uint32_t most_percent = 100'000;  // of one processor

std::optional<std::uint32_t> read_count(TableReader& reader, std::string_view key) {
    const auto found = reader.integer(key, 1, 1'000'000);
    if (!found) return std::nullopt;
    return static_cast<std::uint32_t>(*found);
}

template <class T>
const T& first_of(const T& special, const T& general) {
    return special ? special : general;
}

}  // namespace

OperatorSandbox read_sandbox(TableReader& parent) {
    OperatorSandbox out;
    const Value* const table = parent.value("sandbox", Value::Kind::table);
    if (table == nullptr) return out;
    TableReader reader(*table, parent.path("sandbox"), parent.problems());
    out.at = table->at;
    if (const auto level = read_choice(reader, "level", levels)) out.level = static_cast<Trust>(*level);
    out.allow_degraded = reader.boolean("allow_degraded");
    out.allow_private = reader.boolean("allow_private");
    out.without = read_strings(reader, "without", {std::size(layers)}, one_of(layers));
    out.grant = read_strings(reader, "grant", {256}, text(one_request));
    out.deny = read_strings(reader, "deny", {256}, check_denial);
    out.limits.memory = read_size(reader, "memory");
    out.limits.cpu = read_share(reader, "cpu", most_percent);
    out.limits.cpu_time = read_time(reader, "cpu_time");
    out.limits.files = read_count(reader, "files");
    out.limits.processes = read_count(reader, "processes");
    out.limits.file_size = read_size(reader, "file_size");
    reader.refuse_others();
    return out;
}

OperatorSandbox combine(const OperatorSandbox& special, const OperatorSandbox& general) {
    OperatorSandbox out = special;
    out.level = first_of(special.level, general.level);
    out.allow_degraded = first_of(special.allow_degraded, general.allow_degraded);
    out.allow_private = first_of(special.allow_private, general.allow_private);
    if (special.without.empty()) out.without = general.without;
    out.grant.insert(out.grant.end(), general.grant.begin(), general.grant.end());
    out.deny.insert(out.deny.end(), general.deny.begin(), general.deny.end());
    out.limits.memory = first_of(special.limits.memory, general.limits.memory);
    out.limits.cpu = first_of(special.limits.cpu, general.limits.cpu);
    out.limits.cpu_time = first_of(special.limits.cpu_time, general.limits.cpu_time);
    out.limits.files = first_of(special.limits.files, general.limits.files);
    out.limits.processes = first_of(special.limits.processes, general.limits.processes);
    out.limits.file_size = first_of(special.limits.file_size, general.limits.file_size);
    if (!out.at) out.at = general.at;
    return out;
}

std::string_view to_string(Trust level) {
    return levels[static_cast<std::size_t>(level)];
}

}  // namespace tenon::manifest
