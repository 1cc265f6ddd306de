#include "manifest/state.h"

#include <fmt/format.h>

#include <limits>

#include "manifest/entries.h"
#include "manifest/fields.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view policies[] = {"freeze", "journal", "lossy"};
constexpr ListRule older_list{64};
constexpr std::int64_t newest = std::numeric_limits<std::uint32_t>::max();

bool check_schema_id(const Value& string, std::string_view path, Diagnostics& out) {
    return check_id(string, path, out);
}

void read_type(TableReader& reader, State& state) {
    const std::string whole = read_string(reader, "type", Need::optional, check_described_struct);
    const std::size_t slash = whole.find('/');
    if (slash == whole.npos) return;
    state.contract = whole.substr(0, slash);
    state.type = whole.substr(slash + 1);
}

// Each is older than `version`; if that is missing or wrong itself, it refuses none of them.
std::vector<std::uint32_t> read_migrates(TableReader& reader, std::optional<std::int64_t> version) {
    const ValueCheck older = [&](const Value& number, std::string_view path, Diagnostics& out) {
        if (!check_number(number, path, 1, newest - 1, out)) return false;
        if (!version || number.integer < *version) return true;
        out.add("manifest.out-of-range", number.at, path,
                fmt::format("found {}, wanted a number below version, {}", number.integer, *version),
                "list older versions only: what has the same version is handed over as it is");
        return false;
    };
    std::vector<std::uint32_t> versions;
    for (const std::int64_t number : read_integers(reader, "migrates", older_list, older))
        versions.push_back(static_cast<std::uint32_t>(number));
    return versions;
}

}  // namespace

void read_state(TableReader& root, std::optional<State>& out) {
    const Value* table = root.value("state", Value::Kind::table);
    if (table == nullptr) return;
    TableReader reader(*table, root.path("state"), root.problems());
    State state;
    state.at = reader.at();
    state.schema = read_string(reader, "schema", Need::required, check_schema_id);
    const auto version = reader.integer("version", 1, newest, Need::required);
    state.version = static_cast<std::uint32_t>(version.value_or(0));
    read_type(reader, state);
    if (const auto policy = read_choice(reader, "policy", policies)) state.policy = static_cast<StatePolicy>(*policy);
    state.migrates = read_migrates(reader, version);
    reader.refuse_others();
    out = std::move(state);
}

std::string_view to_string(StatePolicy policy) {
    return policies[static_cast<std::size_t>(policy)];
}

}  // namespace tenon::manifest
