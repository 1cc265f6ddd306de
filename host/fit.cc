#include "host/fit.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/host.h"
#include "host/text.h"
#include "loader/compare.h"

namespace tenon::host {

namespace {

template <class T>
const T* element(const tenon_span& span, std::uint64_t index) {
    return reinterpret_cast<const T*>(static_cast<const char*>(span.data) + index * span.stride);
}

const manifest::HookUse* use_of(const Plugin& plugin, std::string_view contract, std::string_view hook) {
    for (const manifest::HookUse& use : plugin.manifest->hooks)
        if (use.contract == contract && use.name == hook) return &use;
    return nullptr;
}

bool handled(const tenon_span& handlers, const manifest::HookUse& use) {
    for (std::uint64_t i = 0; i < handlers.count; ++i) {
        const tenon_handler& handler = *element<tenon_handler>(handlers, i);
        if (view_of(handler.contract) == use.contract && view_of(handler.hook) == use.name) return true;
    }
    return false;
}

// One problem that tells all.
base::Check as_one(base::Problems problems) {
    if (problems.empty()) return {};
    base::Problem all = problems.front();  // two hooks with the same wrong type say the same
    for (const base::Problem& problem : problems)
        if (all.text.find(problem.text) == std::string::npos) all.text += "\n" + problem.text;
    return all;
}

base::Problems hook_fits(const Plugin& plugin, const manifest::HookUse& use, const FindOffer& find) {
    const std::string name = hook_name(use.contract, use.name);
    const OfferView offered = find(use.contract);
    if (offered.contract == nullptr)
        return {{"contract.unknown",
                 fmt::format("{} handles {}, but nobody offers {}", plugin.name(), name, use.contract),
                 "Load the plugin that offers it, or offer it in the application."}};
    const loader::Contract* const own = contract_of(plugin, use.contract);
    const loader::Hook* const hook = own == nullptr ? nullptr : own->hook(use.name);
    if (hook == nullptr)
        return {{"contract.not-in-note",
                 fmt::format("{} handles {}, but the contract in its note has no such hook", plugin.name(), name),
                 fmt::format("Add TENON_USES(...) of {} to the plugin's note, or rebuild it.", use.contract)}};
    loader::CompareOptions options;
    options.optional_tail = tail_is_optional(plugin, use.contract);
    options.offerer = offered.offerer;
    return loader::compare_hook(*own, *hook, *offered.contract, options);
}

base::Problems undeclared_handlers(const Plugin& plugin, const tenon_span& handlers) {
    base::Problems problems;
    for (std::uint64_t i = 0; i < handlers.count; ++i) {
        const tenon_handler& handler = *element<tenon_handler>(handlers, i);
        const std::string_view contract = view_of(handler.contract);
        const std::string_view hook = view_of(handler.hook);
        if (use_of(plugin, contract, hook) == nullptr)
            problems.push_back(
                {"plugin.handler-undeclared",
                 fmt::format("{} has a function for {}/{}, which its manifest does not list", plugin.name(), contract,
                             hook),
                 fmt::format("Add to plugin.toml: [[hooks]] contract = \"{}\", name = \"{}\".", contract, hook)});
    }
    return problems;
}

// A provider's types are those of the contract on offer, which may be another's: the host describes, a plugin provides.
base::Problems service_fits(Host& host, const Plugin& plugin, std::string_view id) {
    const auto own = std::find_if(plugin.contracts.begin(), plugin.contracts.end(),
                                  [&](const auto& contract) { return contract.service(id) != nullptr; });
    if (own == plugin.contracts.end())
        return {
            {"plugin.service-undescribed",
             fmt::format("{} has functions for service {}, which no contract in its note describes", plugin.name(), id),
             "Add TENON_OFFERS(...) or TENON_USES(...) of the service's contract to the plugin's note."}};
    const Offered* const offered = host.catalogue().with_service(id);
    if (offered == nullptr)
        return {{"service.undescribed", fmt::format("{}: no contract on offer describes service {}", plugin.name(), id),
                 "Offer the contract that describes it first."}};
    if (offered->by == &plugin) return {};
    loader::CompareOptions options;
    options.optional_tail = tail_is_optional(plugin, own->id);
    return loader::compare_service(*own, *own->service(id), *offered->contract, options);
}

}  // namespace

bool tail_is_optional(const Plugin& plugin, std::string_view contract) {
    for (const manifest::ContractUse& use : plugin.manifest->contracts)
        if (use.id == contract) return use.optional_tail;
    return false;
}

base::Problems contracts_fit(const Plugin& plugin, const FindOffer& find) {
    base::Problems problems;
    for (const manifest::HookUse& use : plugin.manifest->hooks)
        for (base::Problem& problem : hook_fits(plugin, use, find))  // two hooks with the same wrong type say the same
            if (std::none_of(problems.begin(), problems.end(),
                             [&](const base::Problem& said) { return said.text == problem.text; }))
                problems.push_back(std::move(problem));
    return problems;
}

base::Check contracts_fit(Host& host, const Plugin& plugin) {
    return as_one(contracts_fit(plugin, [&host](std::string_view id) -> OfferView {
        const Offered* const offered = host.catalogue().find(id);
        if (offered == nullptr) return {};
        return {offered->contract.get(), offered->by == nullptr ? "the host" : offered->by->id()};
    }));
}

base::Check entry_fits_manifest(Host& host, const Plugin& plugin) {
    const tenon_entry_block& entry = plugin.module->entry();
    base::Problems problems = undeclared_handlers(plugin, entry.handlers);
    for (const manifest::HookUse& use : plugin.manifest->hooks)
        if (!handled(entry.handlers, use))
            problems.push_back({"plugin.handler-missing",
                                fmt::format("{} lists {}/{} in its manifest, but has no function for it", plugin.name(),
                                            use.contract, use.name),
                                "Remove it from plugin.toml, or add the function to the entry's handlers."});
    for (std::uint64_t i = 0; i < entry.services.count; ++i)
        for (base::Problem& problem :
             service_fits(host, plugin, view_of(element<tenon_service_table>(entry.services, i)->id)))
            problems.push_back(std::move(problem));
    return as_one(std::move(problems));
}

}  // namespace tenon::host
