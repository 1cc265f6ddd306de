// The facts of a file for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "tools/cli/inspect.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

std::string or_none(std::string_view text) {
    return text.empty() ? "-" : std::string(text);
}

// A description may have several lines; a cell has one.
std::string in_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string budget(std::uint64_t nanoseconds) {
    if (nanoseconds == 0) return "-";
    if (nanoseconds % 1'000'000 == 0) return fmt::format("{} ms", nanoseconds / 1'000'000);
    if (nanoseconds % 1'000 == 0) return fmt::format("{} us", nanoseconds / 1'000);
    return fmt::format("{} ns", nanoseconds);
}

void add_plugin(Table& table, const manifest::Manifest& manifest) {
    table.add({{"name", Tone::faint}, {manifest.name}});
    table.add({{"description", Tone::faint}, {or_none(in_one_line(manifest.description))}});
    table.add({{"licence", Tone::faint}, {or_none(manifest.license)}});
    table.add({{"authors", Tone::faint}, {or_none(fmt::format("{}", fmt::join(manifest.authors, ", ")))}});
}

void add_image(Table& table, const loader::Image& image) {
    table.add({{"ABI", Tone::faint},
               {fmt::format("{}.{}, requires {}.{}", image.abi_major, image.abi_minor_built, image.abi_major,
                            image.abi_minor_required)}});
    table.add({{"build id", Tone::faint}, {or_none(image.build_id)}});
    table.add({{"libraries", Tone::faint}, {or_none(fmt::format("{}", fmt::join(image.needed, ", ")))}});
}

std::string used(const Facts& facts, const manifest::ContractUse& use) {
    const loader::Contract* const contract = facts.contract(use.id);
    return fmt::format("{} {}, {}{}", use.id, use.range.text(),
                       contract == nullptr ? "not in the note" : "built with " + contract->version(),
                       use.optional_tail ? ", optional tail" : "");
}

void add_relations(Table& table, const Facts& facts) {
    if (!facts.manifest) return;
    for (const manifest::ContractUse& use : facts.manifest->contracts)
        table.add({{"uses", Tone::faint}, {used(facts, use)}});
    for (const manifest::Dependency& dependency : facts.manifest->dependencies)
        table.add({{dependency.optional ? "starts after" : "depends on", Tone::faint},
                   {fmt::format("{} {}", dependency.id, dependency.range.text())}});
}

// The columns that a hook has wherever it is shown.
void append_hook(Row& row, const loader::Contract& contract, const loader::Hook& hook) {
    row.push_back({std::string(loader::hook_kind_name(hook.kind))});
    row.push_back({or_none(type_name(contract, hook.request))});
    row.push_back({or_none(type_name(contract, hook.reply))});
    row.push_back({budget(hook.soft_budget_ns), Tone::plain, true});
    row.push_back({budget(hook.hard_budget_ns), Tone::plain, true});
}

void print_handled(const Screen& screen, const Facts& facts) {
    const std::vector<HandledHook> all = handled_hooks(facts);
    if (all.empty()) return;
    Table table;
    table.add_head({"handles", "priority", "kind", "request", "reply", "soft", "hard"});
    for (const HandledHook& handled : all) {
        Row row = {{handled.use->contract + "/" + handled.use->name},
                   {fmt::format("{}", handled.use->priority), Tone::plain, true}};
        if (handled.hook != nullptr)
            append_hook(row, *handled.contract, *handled.hook);
        else
            row.push_back({"not in the note", Tone::bad});
        table.add(std::move(row));
    }
    table.print(screen, "  ");
}

void print_hooks(const Screen& screen, const loader::Contract& contract) {
    if (contract.hooks.empty()) return;
    Table table;
    table.add_head({"hook", "kind", "request", "reply", "soft", "hard"});
    for (const loader::Hook& hook : contract.hooks) {
        Row row = {{hook.name}};
        append_hook(row, contract, hook);
        table.add(std::move(row));
    }
    table.print(screen, "    ");
}

void print_services(const Screen& screen, const loader::Contract& contract) {
    for (const loader::Service& service : contract.services) {
        Table table;
        table.add_head({"service " + service.id, "request", "reply"});
        for (const loader::Method& method : service.methods)
            table.add({{method.name},
                       {or_none(type_name(contract, method.request))},
                       {or_none(type_name(contract, method.reply))}});
        table.print(screen, "    ");
    }
}

// What a plugin only uses is described by whoever offers it: here its types are shown at most.
void print_contract(const Screen& screen, const loader::Contract& contract, bool types) {
    if (!contract.offered && !types) return;
    screen.line(fmt::format("  {} {}", contract.offered ? "offers" : "uses",
                            screen.paint(Tone::strong, contract.id + " " + contract.version())));
    if (contract.offered) print_hooks(screen, contract);
    if (contract.offered) print_services(screen, contract);
    if (types) print_types(screen, contract);
}

}  // namespace

void print_facts(const Screen& screen, const Facts& facts, bool types) {
    screen.line(fmt::format("{}: {}", shown(facts.path), screen.paint(Tone::strong, title(facts))));
    Table table;
    if (facts.manifest) add_plugin(table, *facts.manifest);
    if (facts.image) add_image(table, *facts.image);
    add_relations(table, facts);
    if (facts.manifest) add_wishes(table, *facts.manifest);
    table.print(screen, "  ");
    print_handled(screen, facts);
    for (const loader::Contract& contract : facts.contracts) print_contract(screen, contract, types);
    for (const base::Problem& problem : facts.problems)
        print_problem(screen, "  ", problem.id, problem.text, problem.fix);
}

}  // namespace tenon::cli
