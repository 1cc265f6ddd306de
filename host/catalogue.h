// What is on offer: contracts, and the services in them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/scope.h"
#include "host/table.h"
#include "loader/contract.h"
#include "manifest/operator.h"

namespace tenon::host {

// A contract that the host or a plugin offers. The types stay readable after it is withdrawn, for whoever holds them.
struct Offered {
    std::shared_ptr<const loader::Contract> contract;
    const Plugin* by = nullptr;  // null: the host
};

// A service: its methods are points named "<id>/<method>()".
struct Service {
    std::string id;
    std::atomic<const Plugin*> provider{nullptr};
    std::atomic<bool> provided{false};
};

}  // namespace tenon::host

// A stub: methods in the order of whoever asked for it. Lives as long as its host.
struct tenon_service {
    const tenon::host::Service* service = nullptr;
    std::vector<tenon_hook*> methods;  // null: the contract on offer does not describe it
};

namespace tenon::host {

// What a service's method of that number is called with.
using SelfOf = std::function<void*(std::uint64_t method)>;

// Used under the host's loader turn, except call (any thread).
class Catalogue {
public:
    Catalogue(Table& table, bool checked, const manifest::Operator& words)
        : table_(table), checked_(checked), operator_(words) {}

    // Takes the contracts on, all or none, and makes their points. Problems: "contract.already-offered",
    // "service.already-described".
    base::Check offer(const std::vector<loader::Contract>& contracts, const Plugin* by);
    // Whether offer() would take it now.
    base::Check acceptable(const loader::Contract& contract) const;
    void withdraw(const Plugin* by);
    const Offered* find(std::string_view id) const;
    const std::map<std::string, Offered, std::less<>>& all() const { return offered_; }

    // The offered contract that describes a service; nullptr if none does.
    const Offered* with_service(std::string_view service_id) const;

    // The service's record, made at first use. Valid until the host is destroyed.
    Service& service(std::string_view id);
    // Attaches a service's functions, which are in the order of `described` (the provider's own view), to the points of
    // its methods, by name; `offered` has the contract with the service. `provider` is null for the host. Problem:
    // "service.already-provided".
    base::Check provide(const tenon_service_table& functions, const loader::Service& described, const Offered& offered,
                        const SelfOf& self, Plugin* provider, const std::string& owner);
    // The same functions as handlers of those points, added by nobody yet.
    std::vector<PlacedHandler> methods(const tenon_service_table& functions, const loader::Service& described,
                                       const Offered& offered, const SelfOf& self, Plugin* provider,
                                       const std::string& owner);
    // What one generation of a plugin offers is offered by another from now on.
    void take_over(const Plugin& from, const Plugin& to) noexcept;
    // What the next generation offers is on offer from now on, still in the name of `from`; what was there before.
    // Contracts that `from` offers must be the same in it, or more. Problems: those of offer.
    using Offers = std::map<std::string, Offered, std::less<>>;
    base::Result<Offers> renew(const Plugin& from, const std::vector<loader::Contract>& contracts);
    void put_back(Offers offers) noexcept { offered_.swap(offers); }
    std::vector<Service*> provided_by(const Plugin& plugin);
    // A stub with the methods of `described`, the same one for the same methods. The catalogue owns it.
    // `offered` has the contract with the service.
    tenon_service& stub(const loader::Service& described, const Offered& offered);

private:
    void make_points(const Offered& offered);
    void make_point(const std::string& name, const Offered& offered, const loader::Hook& hook);

    Table& table_;
    const bool checked_;
    const manifest::Operator& operator_;
    std::map<std::string, Offered, std::less<>> offered_;
    std::map<std::string, std::unique_ptr<Service>, std::less<>> services_;
    std::vector<std::unique_ptr<tenon_service>> stubs_;
};

std::string hook_name(std::string_view contract, std::string_view hook);
std::string method_name(std::string_view service, std::string_view method);

// Calls a method of a stub; the scope is the call's own.
std::int32_t call_service(tenon_service& service, tenon_scope& scope, std::uint32_t method, const void* request,
                          void* reply) noexcept;

}  // namespace tenon::host
