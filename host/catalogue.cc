#include "host/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/budget.h"
#include "host/dispatch.h"
#include "host/host.h"
#include "host/replay.h"
#include "loader/compare.h"

namespace tenon::host {

std::string hook_name(std::string_view contract, std::string_view hook) {
    return fmt::format("{}/{}", contract, hook);
}

std::string method_name(std::string_view service, std::string_view method) {
    return fmt::format("{}/{}()", service, method);
}

base::Check Catalogue::acceptable(const loader::Contract& contract) const {
    if (find(contract.id) != nullptr)
        return base::Problem{"contract.already-offered", fmt::format("contract {} is already offered", contract.id),
                             "Offer each contract once; give the other one an id of its own."};
    for (const loader::Service& service : contract.services)
        if (const Offered* const other = with_service(service.id))
            return base::Problem{"service.already-described",
                                 fmt::format("service {} of contract {} is already described by contract {}",
                                             service.id, contract.id, other->contract->id),
                                 "A service belongs to one contract; give the other one an id of its own."};
    return {};
}

base::Check Catalogue::offer(const std::vector<loader::Contract>& contracts, const Plugin* by) {
    for (const loader::Contract& contract : contracts)
        if (base::Check problem = acceptable(contract)) return problem;
    for (const loader::Contract& contract : contracts)
        make_points(
            offered_.emplace(contract.id, Offered{std::make_shared<loader::Contract>(contract), by}).first->second);
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

namespace {

// What the contract on offer does not describe is joined by nobody: its types were compared with nothing.
bool describes(const loader::Service& service, std::string_view method) {
    return std::any_of(service.methods.begin(), service.methods.end(),
                       [&](const loader::Method& known) { return known.name == method; });
}

}  // namespace

base::Check Catalogue::provide(const tenon_service_table& functions, const loader::Service& described,
                               const Offered& offered, const SelfOf& self, Plugin* provider, const std::string& owner) {
    Service& provided = service(described.id);
    if (provided.provided)
        return base::Problem{"service.already-provided",
                             fmt::format("{}: service {} is already provided", owner, described.id),
                             "Unload the other provider first."};
    for (PlacedHandler& method : methods(functions, described, offered, self, provider, owner))
        if (base::Result<tenon_registration*> added = table_.add(*method.point, std::move(method.handler)); !added)
            return added.problem();
    provided.provider = provider;
    provided.provided.store(true, std::memory_order_release);
    return {};
}

std::vector<PlacedHandler> Catalogue::methods(const tenon_service_table& functions, const loader::Service& described,
                                              const Offered& offered, const SelfOf& self, Plugin* provider,
                                              const std::string& owner) {
    std::vector<PlacedHandler> found;
    const loader::Service& known = *offered.contract->service(described.id);
    for (std::uint64_t i = 0; i < functions.method_count && i < described.methods.size(); ++i) {
        const std::string& method = described.methods[i].name;
        if (functions.methods == nullptr || functions.methods[i] == nullptr || !describes(known, method)) continue;
        tenon_hook& point = table_.point(method_name(described.id, method));
        NewHandler handler{functions.methods[i], self(i), provider, place_of(owner, "", {}), {}};
        handler.monitor =
            provider != nullptr ? settings_for(*provider, point, {}) : settings_for(*point.host, point, owner, {});
        found.push_back({&point, std::move(handler)});
    }
    return found;
}

base::Result<Catalogue::Offers> Catalogue::renew(const Plugin& from, const std::vector<loader::Contract>& contracts) {
    Offers before = offered_;
    std::erase_if(offered_, [&](const auto& item) { return item.second.by == &from; });
    if (base::Check problem = offer(contracts, &from)) return put_back(std::move(before)), *problem;
    return before;
}

void Catalogue::take_over(const Plugin& from, const Plugin& to) noexcept {
    for (auto& [id, offered] : offered_)
        if (offered.by == &from) offered.by = &to;
}

std::vector<Service*> Catalogue::provided_by(const Plugin& plugin) {
    std::vector<Service*> found;
    for (const auto& [id, service] : services_)
        if (service->provider.load() == &plugin) found.push_back(service.get());
    return found;
}

tenon_service& Catalogue::stub(const loader::Service& described, const Offered& offered) {
    auto made = std::make_unique<tenon_service>();
    made->service = &service(described.id);
    const loader::Service& known = *offered.contract->service(described.id);
    for (const loader::Method& method : described.methods)
        made->methods.push_back(describes(known, method.name) ? &table_.point(method_name(described.id, method.name))
                                                              : nullptr);
    for (const auto& other : stubs_)
        if (other->service == made->service && other->methods == made->methods) return *other;
    return *stubs_.emplace_back(std::move(made));
}

void Catalogue::make_points(const Offered& offered) {
    const loader::Contract& contract = *offered.contract;
    for (const loader::Hook& hook : contract.hooks) make_point(hook_name(contract.id, hook.name), offered, hook);
    for (const loader::Service& service : contract.services)
        for (const loader::Method& method : service.methods)
            make_point(method_name(service.id, method.name), offered,
                       {method.name, kind_method, method.request, method.reply});
}

namespace {

bool fit_both_ways(const loader::Contract& a, std::uint32_t a_type, const loader::Contract& b, std::uint32_t b_type) {
    return loader::compare_types(a, a_type, b, b_type).empty() && loader::compare_types(b, b_type, a, a_type).empty();
}

// Whether what is at the point now goes on to be right when the contract comes (back).
bool says_the_same(const Point& point, const Offered& offered, const loader::Hook& hook) {
    return point.contract && point.kind == hook.kind && point.attributes == hook.attributes &&
           fit_both_ways(*point.contract, point.request_type, *offered.contract, hook.request) &&
           fit_both_ways(*point.contract, point.reply_type, *offered.contract, hook.reply);
}

std::uint32_t special_of(const loader::Hook& hook, std::uint64_t deadline_ns) {
    std::uint32_t special = 0;
    if (deadline_ns != 0) special |= special_deadline;
    if ((hook.attributes & TENON_PARALLEL) != 0) special |= special_parallel;
    if ((hook.attributes & TENON_REPLAY) != 0) special |= special_replay;
    if ((hook.attributes & TENON_ASYNC) != 0) special |= special_async;
    return special;
}

}  // namespace

// What a point says is never changed, because others read it without a lock: a contract that comes back differently
// gets points of its own, and the application's handlers stay with the old ones.
void Catalogue::make_point(const std::string& name, const Offered& offered, const loader::Hook& hook) {
    const tenon_hook* const known = table_.find(name);
    if (known != nullptr && says_the_same(*known, offered, hook)) return;
    auto point = std::make_unique<tenon_hook>();
    point->name = name;
    point->kind = hook.kind;
    point->attributes = hook.attributes;
    point->fails_closed = (hook.attributes & TENON_FAIL_CLOSED) != 0;
    point->checked = checked_;
    point->contract = offered.contract;
    point->request_type = hook.request;
    point->reply_type = hook.reply;
    point->needs_request = hook.request != loader::no_type;
    point->budget = budget_of(hook);
    if (hook.reply != loader::no_type) {
        const loader::Type& type = offered.contract->types[hook.reply];
        point->reply = {type.minimum_size, type.size, type.form == loader::Type::Form::appendable};
    }
    const auto words = operator_.hooks.find(name);
    const bool stated = words != operator_.hooks.end() && words->second.deadline;
    point->deadline_ns = stated ? words->second.deadline->value : hook.deadline_ns;
    point->special = special_of(hook, point->deadline_ns);
    point->plain = point->kind == TENON_NOTIFY && point->special == 0;
    if ((hook.attributes & TENON_REPLAY) != 0) point->replay = std::make_unique<Replay>();
    table_.put(std::move(point));
}

std::int32_t call_service(tenon_service& service, tenon_scope& scope, std::uint32_t method, const void* request,
                          void* reply) noexcept {
    if (method >= service.methods.size()) return TENON_E_UNIMPLEMENTED;
    if (service.methods[method] == nullptr) return TENON_E_UNIMPLEMENTED;
    const std::int32_t status = dispatch(*service.methods[method], scope, request, reply);
    const bool absent = status == TENON_E_GONE && service.service->provided.load(std::memory_order_acquire);
    return absent ? TENON_E_UNIMPLEMENTED : status;
}

}  // namespace tenon::host
