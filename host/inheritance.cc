#include "host/inheritance.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/dispatch.h"
#include "host/host.h"
#include "host/plugin_call.h"
#include "host/text.h"
#include "loader/compare.h"

namespace tenon::host {

void Journal::begin() {
    const std::lock_guard guard(lock_);
    entries_ = {};
    bytes_ = 0;
    open_.store(true, std::memory_order_release);
}

std::int32_t Journal::add(std::string_view entry) {
    if (!open_.load(std::memory_order_acquire)) return TENON_OK;
    const std::lock_guard guard(lock_);
    if (!open_.load(std::memory_order_relaxed)) return TENON_OK;
    if (bytes_ + entry.size() > most_bytes) {
        entries_.complete = false;
        return TENON_E_NO_MEMORY;
    }
    entries_.all.emplace_back(entry);
    bytes_ += entry.size();
    return TENON_OK;
}

Journal::Entries Journal::end() {
    const std::lock_guard guard(lock_);
    open_.store(false, std::memory_order_release);
    return std::exchange(entries_, {});
}

namespace {

constexpr std::string_view code_names[] = {"",     "u8",    "u16",     "u32",  "u64",    "i8",  "i16",
                                           "i32",  "i64",   "boolean", "f32",  "f64",    "str", "bytes",
                                           "enum", "array", "list",    "span", "nested", "pad"};

struct Described {
    const loader::Contract* contract = nullptr;
    std::uint32_t type = loader::no_type;
};

// The struct that the manifest names; nothing if it names none, or none that the note has.
Described described(const Plugin& plugin) {
    const manifest::State& state = *plugin.manifest->state;
    const loader::Contract* const contract = contract_of(plugin, state.contract);
    const loader::Type* const type = contract == nullptr ? nullptr : contract->type(state.type);
    if (type == nullptr) return {};
    return {contract, static_cast<std::uint32_t>(type - contract->types.data())};
}

std::string fields_of(const Plugin& plugin) {
    const Described described = host::described(plugin);
    if (described.contract == nullptr) return "";
    std::string text;
    for (const loader::Field& field : described.contract->types[described.type].fields)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", code_names[static_cast<std::size_t>(field.code)],
                            field.name);
    return fmt::format(" {{{}}}", text);
}

// "org.acme.counter 2 {u64 sold, str label}"
std::string schema_of(const Plugin& plugin) {
    if (!plugin.manifest->state) return "no [state]";
    return fmt::format("{} {}{}", plugin.manifest->state->schema, plugin.manifest->state->version, fields_of(plugin));
}

std::string migrations_of(const manifest::State& state) {
    return state.migrates.empty() ? "migrates from no other"
                                  : fmt::format("migrates from {}", fmt::join(state.migrates, ", "));
}

base::Problem schemas_differ(const Plugin& from, const Plugin& to, std::string why) {
    return {"reload.state-schema",
            fmt::format("the state of {} is {}; {} has {}: {}", from.name(), schema_of(from), to.name(), schema_of(to),
                        why),
            "Raise [state] version, let restore_state migrate the old one and list it in [state] migrates, or reload "
            "without the state."};
}

// The same schema in the same version must be the same bytes.
base::Check same_layout(const Plugin& from, const Plugin& to) {
    const Described old = described(from), fresh = described(to);
    if (old.contract == nullptr || fresh.contract == nullptr) return {};
    loader::CompareOptions options;
    options.user = "the new build";
    options.offerer = "the running one";
    base::Problems problems = loader::compare_types(*fresh.contract, fresh.type, *old.contract, old.type, options);
    if (problems.empty())
        problems = loader::compare_types(*old.contract, old.type, *fresh.contract, fresh.type, options);
    if (problems.empty()) return {};
    return schemas_differ(from, to, joined(problems).text);
}

base::Check takes(const Plugin& from, const Plugin& to) {
    if (!to.manifest->state) return schemas_differ(from, to, "nobody would take it");
    const manifest::State &old = *from.manifest->state, &fresh = *to.manifest->state;
    if (old.schema != fresh.schema) return schemas_differ(from, to, "the schemas are different ones");
    if (old.version == fresh.version) return same_layout(from, to);
    if (std::find(fresh.migrates.begin(), fresh.migrates.end(), old.version) != fresh.migrates.end()) return {};
    return schemas_differ(from, to, migrations_of(fresh));
}

// A call as the state functions see it: with memory, and a place for words.
class StateCall {
public:
    explicit StateCall(Plugin& plugin, Shared& shared) : plugin_(plugin), scope_(&shared) {
        level_.ops = &call_operations;
        level_.scope = &scope_;
    }
    template <class Function>
    std::int32_t run(Function&& function) noexcept {
        return guarded(plugin_, [&] { return function(&level_); });
    }
    std::string words(std::int32_t status) const {
        if (const tenon_error* const error = scope_.errors.last()) return error->text;
        return plugin_.init.said ? plugin_.init.said->text : fmt::format("it returned {} without a reason", status);
    }

private:
    Plugin& plugin_;
    tenon_scope scope_;
    Level level_;
};

base::Problem refused(const char* id, const Plugin& plugin, const char* what, const std::string& words) {
    return {id, fmt::format("{}: {} failed: {}", plugin.name(), what, words),
            "The plugin said no itself; the running build goes on with its state."};
}

}  // namespace

base::Result<Legacy> legacy_of(const Plugin& from, const Plugin& to) {
    if (!from.manifest->state || slots_of(from).save_state == nullptr) return Legacy::nothing;
    if (slots_of(to).restore_state == nullptr)
        return base::Problem{"reload.state-dropped",
                             fmt::format("{} saves its state, {} has no restore_state", from.name(), to.name()),
                             "Give the new build a restore_state, or reload without the state."};
    if (base::Check problem = takes(from, to)) return *problem;
    const manifest::StatePolicy policy = from.manifest->state->policy;
    if (policy == manifest::StatePolicy::lossy) return Legacy::lossy;
    if (policy == manifest::StatePolicy::freeze) return Legacy::waits;
    if (slots_of(to).apply_journal != nullptr) return Legacy::notes;
    return base::Problem{
        "reload.state-journal",
        fmt::format("{} keeps a journal of its state, {} has no apply_journal", from.name(), to.name()),
        "Give the new build an apply_journal."};
}

base::Result<std::unique_ptr<Inheritance>> save_state(Plugin& from) {
    auto saved = std::make_unique<Inheritance>();
    saved->memory = std::make_unique<Shared>(from.host.settings().arena_limit);
    StateCall call(from, *saved->memory);
    tenon_state state{};
    state.struct_size = sizeof state;
    const std::int32_t status =
        call.run([&](tenon_call* raw) { return slots_of(from).save_state(from.self, raw, &state); });
    if (status < 0) return refused("reload.state-save", from, "save_state", call.words(status));
    if (state.data.size != 0 && state.data.data == nullptr)
        return refused("reload.state-save", from, "save_state", "its data is NULL");
    saved->schema = view_of(state.schema);
    saved->version = state.schema_version;
    if (saved->schema != from.manifest->state->schema || saved->version != from.manifest->state->version)
        return refused("reload.state-save", from, "save_state",
                       fmt::format("it saved {} {}, its manifest says {} {}", saved->schema, saved->version,
                                   from.manifest->state->schema, from.manifest->state->version));
    saved->data = state.data;
    return saved;
}

base::Check restore_state(Plugin& to, const Inheritance& saved) {
    tenon_state state{sizeof(tenon_state), saved.version, {saved.schema.data(), saved.schema.size()}, saved.data};
    Shared memory(to.host.settings().arena_limit);
    StateCall call(to, memory);
    const std::int32_t status =
        call.run([&](tenon_call* raw) { return slots_of(to).restore_state(to.self, raw, &state); });
    if (status < 0) return refused("reload.state-restore", to, "restore_state", call.words(status));
    return {};
}

base::Check apply_journal(Plugin& to, const Journal::Entries& entries) {
    if (!entries.complete)
        return base::Problem{
            "reload.state-journal",
            fmt::format("{}: its journal of changes is beyond {} MiB", to.name(), Journal::most_bytes >> 20),
            "Reload while less is going on, or use the policy freeze."};
    for (const std::string& entry : entries.all) {
        Shared memory(to.host.settings().arena_limit);
        StateCall call(to, memory);
        const tenon_bytes bytes{entry.data(), entry.size()};
        const std::int32_t status =
            call.run([&](tenon_call* raw) { return slots_of(to).apply_journal(to.self, raw, bytes); });
        if (status < 0) return refused("reload.state-journal", to, "apply_journal", call.words(status));
    }
    return {};
}

}  // namespace tenon::host
