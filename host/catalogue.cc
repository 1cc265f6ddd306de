#include "host/catalogue.h"

#include <fmt/format.h>

#include "host/dispatch.h"
#include "host/text.h"

namespace tenon::host {

std::string hook_name(std::string_view contract, std::string_view hook) {
    return fmt::format("{}/{}", contract, hook);
}

base::Check Catalogue::offer(const loader::Contract& contract, const Plugin* by) {
    if (find(contract.id) != nullptr)
        return base::Problem{"contract.already-offered", fmt::format("contract {} is already offered", contract.id),
                             "Offer each contract once; give the other one an id of its own."};
    for (const loader::Hook& hook : contract.hooks)
        if (hook.kind > TENON_FIRST)
            return base::Problem{"contract.unsupported-kind",
                                 fmt::format("hook {}/{} is of kind {}, which this host does not dispatch", contract.id,
                                             hook.name, loader::hook_kind_name(hook.kind)),
                                 "Use NOTIFY, FILTER or FIRST, or a newer Tenon."};
    const auto at = offered_.emplace(contract.id, Offered{std::make_shared<loader::Contract>(contract), by}).first;
    make_points(at->second);
    return {};
}

void Catalogue::withdraw(const Plugin* by) {
    std::erase_if(offered_, [&](const auto& item) { return item.second.by == by; });
}

const Offered* Catalogue::find(std::string_view id) const {
    const auto found = offered_.find(id);
    return found == offered_.end() ? nullptr : &found->second;
}

const Offered* Catalogue::with_service(std::string_view service_id) const {
    for (const auto& [id, offered] : offered_)
        if (offered.contract->service(service_id) != nullptr) return &offered;
    return nullptr;
}

Service& Catalogue::service(std::string_view id) {
    const auto found = services_.find(id);
    if (found != services_.end()) return *found->second;
    auto made = std::make_unique<Service>();
    made->id = id;
    return *services_.emplace(std::string(id), std::move(made)).first->second;
}

base::Check Catalogue::provide(const tenon_service_table& functions, void* self, Plugin* provider,
                               const std::string& owner) {
    const std::string id(view_of(functions.id));
    const Offered* const offered = with_service(id);
    if (offered == nullptr)
        return base::Problem{"service.undescribed",
                             fmt::format("{}: no contract on offer describes service {}", owner, id),
                             "Offer the contract that describes it first."};
    Service& provided = service(id);
    if (provided.provided)
        return base::Problem{"service.already-provided", fmt::format("{}: service {} is already provided", owner, id),
                             "Unload the other provider first."};
    const std::vector<loader::Method>& methods = offered->contract->service(id)->methods;
    for (std::uint64_t i = 0; i < functions.method_count && i < methods.size(); ++i)
        if (functions.methods[i] != nullptr)
            table_.add(table_.point(hook_name(id, methods[i].name)), functions.methods[i], self, provider, owner, 0);
    provided.provider = provider;
    provided.provided.store(true, std::memory_order_release);
    return {};
}

std::vector<Service*> Catalogue::provided_by(const Plugin& plugin) {
    std::vector<Service*> found;
    for (const auto& [id, service] : services_)
        if (service->provider.load() == &plugin) found.push_back(service.get());
    return found;
}

tenon_service& Catalogue::stub(const loader::Service& described) {
    auto made = std::make_unique<tenon_service>();
    made->service = &service(described.id);
    for (const loader::Method& method : described.methods)
        made->methods.push_back(&table_.point(hook_name(described.id, method.name)));
    return *stubs_.emplace_back(std::move(made));
}

void Catalogue::make_points(const Offered& offered) {
    const loader::Contract& contract = *offered.contract;
    for (const loader::Hook& hook : contract.hooks)
        describe(table_.point(hook_name(contract.id, hook.name)), offered, hook.kind, hook.reply);
    for (const loader::Service& service : contract.services)
        for (const loader::Method& method : service.methods)
            describe(table_.point(hook_name(service.id, method.name)), offered, kind_method, method.reply);
}

// A point that was there before (its plugin has come back) has no handlers now, so nobody reads what changes here.
void Catalogue::describe(Point& point, const Offered& offered, std::uint32_t kind, std::uint32_t reply_type) {
    point.kind = kind;
    point.checked = checked_;
    point.contract = offered.contract;
    point.reply_type = reply_type;
    point.reply = {};
    if (reply_type == loader::no_type) return;
    const loader::Type& type = offered.contract->types[reply_type];
    point.reply = {type.minimum_size, type.form == loader::Type::Form::appendable};
}

std::int32_t call_service(tenon_service& service, tenon_scope& scope, std::uint32_t method, const void* request,
                          void* reply) noexcept {
    if (method >= service.methods.size()) return TENON_E_UNIMPLEMENTED;
    const std::int32_t status = dispatch(*service.methods[method], scope, request, reply);
    const bool absent = status == TENON_E_GONE && service.service->provided.load(std::memory_order_acquire);
    return absent ? TENON_E_UNIMPLEMENTED : status;
}

}  // namespace tenon::host
