// From bytes to an Operator. Reads on after a problem, so that an operator sees them all at once.
#include "manifest/operator.h"

#include <fmt/format.h>

#include <utility>

#include "manifest/guard.h"
#include "manifest/manifest.h"
#include "manifest/operator_section.h"
#include "manifest/text_check.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::uint64_t microsecond = 1'000;
constexpr std::uint64_t millisecond = 1'000 * microsecond;
constexpr std::uint64_t second = 1'000 * millisecond;
constexpr std::uint64_t hour = 3'600 * second;

// Calls read(Section&) for the table under the key, if it is there; keys that it did not ask for are refused.
template <class Read>
void read_section(TableReader& root, std::string_view key, Read read) {
    const Value* table = root.value(key, Value::Kind::table);
    if (table == nullptr) return;
    Section section(*table, root.path(key), root.problems());
    read(section);
    section.reader().refuse_others();
}

// [plugins.org.acme.slow] without quotes is a table "org" that holds a table "acme": all in it would be wrong, too.
bool looks_unquoted(const Value& value) {
    return value.entries.size() == 1 && value.entries[0].value.kind == Value::Kind::table &&
           value.entries[0].key != "hooks";
}

// Calls read(section, name, place) for each table of the table under the key. check(name, place, path) says whether the
// name of it is right.
template <class Check, class Read>
void read_named(TableReader& parent, std::string_view key, Check check, Read read) {
    const Value* table = parent.value(key, Value::Kind::table);
    if (table == nullptr) return;
    for (const Entry& entry : table->entries) {
        const std::string path = key_path(parent.path(key), entry.key);
        const bool good = check(entry.key, entry.at, path);
        if (!expect_kind(entry.value, Value::Kind::table, path, parent.problems())) continue;
        if (!good && looks_unquoted(entry.value)) continue;
        Section section(entry.value, path, parent.problems());
        read(section, entry.key, entry.at);  // also under a wrong name: all problems are told at once
        section.reader().refuse_others();
    }
}

bool is_hook_name(std::string_view name) {
    Diagnostics unheard("");
    Value value;
    value.string = name;
    return check_hook_name(value, "", unheard);
}

bool check_hook(std::string_view name, Location at, std::string_view path, Diagnostics& out) {
    const std::size_t slash = name.find('/');
    if (slash != name.npos && is_id(name.substr(0, slash)) && is_hook_name(name.substr(slash + 1))) return true;
    out.add("operator.bad-hook", at, path,
            fmt::format("{} names no hook: wanted a contract, a slash and the hook", in_quotes(name)),
            "write both between quotes, as statistics show them: \"org.tenon.pressroom/render\"");
    return false;
}

template <class Read>
void read_hooks(TableReader& parent, Read read) {
    const auto check = [&](std::string_view name, Location at, std::string_view path) {
        return check_hook(name, at, path, parent.problems());
    };
    read_named(parent, "hooks", check, read);
}

void read_plugin(Section& section, OperatorPlugin& out) {
    out.budget = section.budget();
    out.max_errors = section.number("max_errors", 1, 1'000'000'000);
    out.breaker = section.breaker("breaker");
    out.isolation = section.isolation();
    out.sandbox = read_sandbox(section.reader());
    read_hooks(section.reader(), [&](Section& hook, const std::string& name, Location at) {
        const OperatorBudget budget = hook.budget();
        out.hooks[name] = {budget, hook.breaker("breaker"), at};
    });
}

void read_plugins(TableReader& root, Operator& out) {
    const auto check = [&](std::string_view id, Location at, std::string_view path) {
        return check_id(id, at, path, root.problems());
    };
    read_named(root, "plugins", check, [&](Section& section, const std::string& id, Location at) {
        OperatorPlugin& plugin = out.plugins[id];
        plugin.at = at;
        read_plugin(section, plugin);
    });
}

template <class T>
void take(T& number, const std::optional<Stated<T>>& stated) {
    if (stated) number = stated->value;
}

void check_breaker(Section& section, const OperatorBreaker& numbers) {
    if (numbers.minimum > numbers.window)
        section.refuse_order("minimum", std::to_string(numbers.minimum), "window", std::to_string(numbers.window));
    if (numbers.open_ns > numbers.max_open_ns)
        section.refuse_order("open", time_text(numbers.open_ns), "max_open", time_text(numbers.max_open_ns));
    if (numbers.must_pass > numbers.probes)
        section.refuse_order("must_pass", std::to_string(numbers.must_pass), "probes", std::to_string(numbers.probes));
}

void read_breaker(Section& section, OperatorBreaker& out) {
    const std::size_t problems = section.reader().problems().count();
    take(out.window, section.number("window", 1, max_breaker_window));
    take(out.minimum, section.number("minimum", 1, max_breaker_window));
    take(out.percent, section.number("percent", 1, 100));
    take(out.in_a_row, section.number("in_a_row", 1, 1'000'000));
    take(out.open_ns, section.time("open", millisecond, hour));
    take(out.max_open_ns, section.time("max_open", millisecond, day));
    take(out.jitter_percent, section.share("jitter"));
    take(out.healthy_ns, section.time("healthy", millisecond, day));
    take(out.probes, section.number("probes", 1, max_breaker_probes));
    take(out.must_pass, section.number("must_pass", 1, max_breaker_probes));
    if (section.reader().problems().count() == problems) check_breaker(section, out);
}

Operator read_operator(const Value& root, std::string_view file, Diagnostics& out) {
    TableReader reader(root, "", out);
    Operator words;
    words.file = file;
    read_section(reader, "watchdog", [&](Section& section) {
        words.watchdog_period = section.time("period", 100 * microsecond, second);
        words.stacks = section.boolean("stacks");
    });
    read_section(reader, "budget", [&](Section& section) { words.budget = section.budget(); });
    read_section(reader, "breaker", [&](Section& section) { read_breaker(section, words.breaker); });
    read_hooks(reader, [&](Section& section, const std::string& name, Location at) {
        const OperatorBudget budget = section.budget();
        words.hooks[name] = {budget, section.time("deadline", 1, day), at};
    });
    words.sandbox = read_sandbox(reader);
    read_plugins(reader, words);
    reader.refuse_others();
    return words;
}

base::Problem too_large(std::string_view file, std::size_t size) {
    return {"operator.too-large",
            fmt::format("{}: the operator's file has {} bytes, {} are the most", printable(file, 4096), size,
                        max_operator_size),
            "leave out what the defaults say already, or state a budget for a hook rather than for each plugin"};
}

}  // namespace

ParsedOperator parse_operator(std::string_view toml, std::string_view file) {
    toml = without_byte_order_mark(toml);
    if (toml.size() > max_operator_size) return {std::nullopt, {too_large(file, toml.size())}};
    if (auto problem = guard(toml, file)) return {std::nullopt, {std::move(*problem)}};
    auto root = read_toml(toml, file);
    if (!root.ok()) return {std::nullopt, {root.problem()}};
    Diagnostics out(file);
    Operator words = read_operator(root.value(), file, out);
    if (!out.empty()) return {std::nullopt, out.take()};
    return {std::move(words), {}};
}

}  // namespace tenon::manifest
