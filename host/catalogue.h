// What is on offer: contracts, and the services in them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/scope.h"
#include "host/table.h"
#include "loader/contract.h"

namespace tenon::host {

// A contract that the host or a plugin offers. The types stay readable after it is withdrawn, for whoever holds them.
struct Offered {
    std::shared_ptr<const loader::Contract> contract;
    const Plugin* by = nullptr;  // null: the host
};

// A service: its methods are points named "<id>/<method>".
struct Service {
    std::string id;
    std::atomic<const Plugin*> provider{nullptr};
    std::atomic<bool> provided{false};
};

}  // namespace tenon::host

// A stub: methods in the order of whoever asked for it. Lives as long as its host.
struct tenon_service {
    const tenon::host::Service* service = nullptr;
    std::vector<tenon_hook*> methods;
};

namespace tenon::host {

// Used under the host's loader turn, except call (any thread).
class Catalogue {
public:
    explicit Catalogue(Table& table, bool checked) : table_(table), checked_(checked) {}

    // Takes the contract on and makes its points. Problems: "contract.already-offered", "contract.unsupported-kind".
    base::Check offer(const loader::Contract& contract, const Plugin* by);
    void withdraw(const Plugin* by);
    const Offered* find(std::string_view id) const;
    const std::map<std::string, Offered, std::less<>>& all() const { return offered_; }

    // The offered contract that describes a service; nullptr if none does.
    const Offered* with_service(std::string_view service_id) const;

    // The service's record, made at first use. Valid until the host is destroyed.
    Service& service(std::string_view id);
    // Attaches a service's functions to the points of its methods. `provider` is null for the host. Problems:
    // "service.undescribed", "service.already-provided".
    base::Check provide(const tenon_service_table& functions, void* self, Plugin* provider, const std::string& owner);
    std::vector<Service*> provided_by(const Plugin& plugin);
    // A stub with the methods of `described`. The catalogue owns it.
    tenon_service& stub(const loader::Service& described);

private:
    void make_points(const Offered& offered);
    void describe(Point& point, const Offered& offered, std::uint32_t kind, std::uint32_t reply_type);

    Table& table_;
    const bool checked_;
    std::map<std::string, Offered, std::less<>> offered_;
    std::map<std::string, std::unique_ptr<Service>, std::less<>> services_;
    std::vector<std::unique_ptr<tenon_service>> stubs_;
};

std::string hook_name(std::string_view contract, std::string_view hook);

// Calls a method of a stub; the scope is the call's own.
std::int32_t call_service(tenon_service& service, tenon_scope& scope, std::uint32_t method, const void* request,
                          void* reply) noexcept;

}  // namespace tenon::host
