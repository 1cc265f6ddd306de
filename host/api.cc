// The C functions of host.h: arguments checked, exceptions stopped, errors filled in; the work is done elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "host/api_call.h"
#include "host/attach.h"
#include "host/budget.h"
#include "host/dispatch.h"
#include "host/host.h"
#include "host/load.h"
#include "host/retire.h"
#include "host/text.h"
#include "loader/compare.h"

using namespace tenon;
using tenon::host::guarded_call;
using tenon::host::invalid;
using tenon::host::on_turn;
using tenon::host::say;
using tenon::host::view_of;

namespace {}  // namespace

const char* tenon_abi_version() {
    static_assert(TENON_ABI_MAJOR == 0 && TENON_ABI_MINOR == 1);
    return "0.1";
}

std::int32_t tenon_host_create(const tenon_host_options* options, tenon_host** out_host, tenon_error* error) {
    return guarded_call(error, [&]() -> std::int32_t {
        if (out_host == nullptr) return invalid(error, "out_host is NULL");
        base::Result<std::unique_ptr<tenon_host>> made = host::Host::create(options);
        if (!made)
            return say(error, made.problem().id == "host.bad-options" ? TENON_E_INVALID : TENON_E_IO, made.problem());
        *out_host = made.take().release();
        return TENON_OK;
    });
}

void tenon_host_destroy(tenon_host* host) {
    if (host == nullptr) return;
    // Calls that never returned still use the host's memory: it is theirs from now on.
    host->reloads().stop();
    const bool all_gone = host::retire_all(*host);
    // What the application lends its providers is not borrowed any more when this returns, whoever never returned.
    host->providers().withdraw_all();
    if (all_gone) {
        delete host;
    } else {
        host->close();
        base::remove_tree(host->settings().private_folder);
    }
}

std::int32_t tenon_host_offer(tenon_host* host, const tenon_record* records, std::uint64_t count, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        if (records == nullptr || count > 1'000'000) return invalid(error, "the records are NULL or too many");
        base::Result<std::vector<loader::Contract>> contracts = loader::read_contracts({records, count}, "the host");
        if (!contracts) return say(error, TENON_E_INVALID, contracts.problem());
        std::vector<tenon_record>& kept = host->offered_records();
        kept.reserve(kept.size() + count);  // what fails, fails before something is on offer
        if (base::Check problem = host->catalogue().offer(contracts.value(), nullptr))
            return say(error, TENON_E_INVALID, *problem);
        kept.insert(kept.end(), records, records + count);
        return TENON_OK;
    });
}

std::int32_t tenon_host_provide(tenon_host* host, const tenon_service_table* table, void* self, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        if (table == nullptr || (table->methods == nullptr && table->method_count != 0))
            return invalid(error, "the service or its methods are NULL");
        const host::Offered* const offered = host->catalogue().with_service(view_of(table->id));
        if (offered == nullptr)
            return say(error, TENON_E_INVALID,
                       {"service.undescribed",
                        fmt::format("the host: no contract on offer describes service {}", view_of(table->id)),
                        "Offer the contract that describes it first."});
        const loader::Service& described = *offered->contract->service(view_of(table->id));
        if (base::Check problem = host->catalogue().provide(
                *table, described, *offered, [self](std::uint64_t) { return self; }, nullptr, "the host"))
            return say(error, TENON_E_INVALID, *problem);
        return TENON_OK;
    });
}

namespace {

base::Result<host::Discovered> find(host::Host& host, const tenon_str* paths, std::uint64_t count) {
    std::vector<std::string> list;
    for (std::uint64_t i = 0; i < count; ++i) list.emplace_back(view_of(paths[i]));
    return host::discover(host, list);
}

std::int32_t hand_out(std::vector<host::Row> rows, std::uint32_t wanted, tenon_report** out_report,
                      tenon_error* error) {
    const bool all = std::all_of(rows.begin(), rows.end(), [&](const host::Row& row) { return row.state == wanted; });
    if (!all)
        say(error, TENON_E_REFUSED, {"load.refused", "some plugins were refused or failed", "See the report's rows."});
    if (out_report != nullptr) *out_report = new tenon_report(std::move(rows));
    return all ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_REFUSED};
}

}  // namespace

std::int32_t tenon_host_discover(tenon_host* host, const tenon_str* paths, std::uint64_t count,
                                 tenon_report** out_report, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        if (paths == nullptr && count != 0) return invalid(error, "the paths are NULL");
        const base::Result<host::Discovered> found = find(*host, paths, count);
        if (!found) return say(error, TENON_E_IO, found.problem());
        return hand_out(host::preview(*host, found.value()), TENON_STATE_RESOLVED, out_report, error);
    });
}

std::int32_t tenon_host_load(tenon_host* host, const tenon_str* paths, std::uint64_t count, tenon_report** out_report,
                             tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        if (paths == nullptr && count != 0) return invalid(error, "the paths are NULL");
        base::Result<host::Discovered> found = find(*host, paths, count);
        if (!found) return say(error, TENON_E_IO, found.problem());
        const std::vector<host::Row> rows = host::load(*host, found.take());
        host->reloads().watch_active();
        return hand_out(rows, TENON_STATE_ACTIVE, out_report, error);
    });
}

std::int32_t tenon_host_unload(tenon_host* host, tenon_str id, tenon_report** out_report, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        base::Result<host::Row> row = host::unload(*host, view_of(id));
        host->reloads().watch_active();
        if (!row)
            return say(
                error,
                row.problem().id == "unload.unknown" ? std::int32_t{TENON_E_NOT_FOUND} : std::int32_t{TENON_E_STATE},
                row.problem());
        const base::Problem why = row.value().joined();
        const bool busy = why.id.starts_with("unload.");
        if (busy) say(error, TENON_E_BUSY, why);
        if (out_report != nullptr) *out_report = new tenon_report({row.take()});
        return busy ? std::int32_t{TENON_E_BUSY} : std::int32_t{TENON_OK};
    });
}

std::int32_t tenon_host_collect(tenon_host* host) {
    return on_turn(host, nullptr, [&]() -> std::int32_t { return host::collect(*host); });
}

std::int32_t tenon_host_plugins(tenon_host* host, tenon_report** out_report) {
    return on_turn(host, nullptr, [&]() -> std::int32_t {
        if (out_report == nullptr) return TENON_E_INVALID;
        std::vector<host::Row> rows;
        for (const std::unique_ptr<host::Plugin>& plugin : host->plugins()) rows.push_back(plugin->row());
        *out_report = new tenon_report(std::move(rows));
        return TENON_OK;
    });
}

std::uint64_t tenon_host_violations(const tenon_host* host) {
    return host == nullptr ? 0 : host->violations();
}

std::int32_t tenon_host_hook(tenon_host* host, tenon_str contract, tenon_str name, tenon_hook** out_hook,
                             tenon_error* error) {
    return guarded_call(error, [&]() -> std::int32_t {
        if (host == nullptr || out_hook == nullptr) return invalid(error, "the host or out_hook is NULL");
        const std::string full = host::hook_name(view_of(contract), view_of(name));
        tenon_hook* const hook = host->table().find(full);
        if (hook == nullptr || hook->kind == host::kind_method)
            return say(error, TENON_E_NOT_FOUND,
                       {"hook.unknown", fmt::format("no hook {} is offered", full),
                        "Offer its contract first; check the spelling."});
        *out_hook = hook;
        return TENON_OK;
    });
}

std::int32_t tenon_host_hook_as(tenon_host* host, const tenon_record* records, std::uint64_t count, tenon_str name,
                                tenon_hook** out_hook, tenon_error* error) {
    return guarded_call(error, [&]() -> std::int32_t {
        if (host == nullptr || out_hook == nullptr) return invalid(error, "the host or out_hook is NULL");
        if (records == nullptr || count > 1'000'000) return invalid(error, "the records are NULL or too many");
        const base::Result<std::vector<loader::Contract>> own = loader::read_contracts({records, count}, "the host");
        if (!own) return say(error, TENON_E_INVALID, own.problem());
        if (own.value().size() != 1) return invalid(error, "the records are not one contract");
        const loader::Contract& contract = own.value().front();
        const std::int32_t status = tenon_host_hook(host, host::borrow(contract.id), name, out_hook, error);
        if (status < 0) return status;
        const loader::Hook* const known = contract.hook(view_of(name));
        if (known == nullptr) return invalid(error, "the hook is not in the records");
        loader::CompareOptions compare;
        compare.user = "the application";
        const base::Problems problems = loader::compare_hook(contract, *known, *(*out_hook)->contract, compare);
        return problems.empty() ? std::int32_t{TENON_OK} : say(error, TENON_E_MISMATCH, host::joined(problems));
    });
}

std::int32_t tenon_host_service(tenon_host* host, tenon_str id, tenon_service** out_service, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        if (out_service == nullptr) return invalid(error, "out_service is NULL");
        const host::Offered* const offered = host->catalogue().with_service(view_of(id));
        if (offered == nullptr)
            return say(error, TENON_E_NOT_FOUND,
                       {"service.unknown", fmt::format("no contract on offer describes service {}", view_of(id)),
                        "Load the plugin that offers it, or offer its contract."});
        *out_service = &host->catalogue().stub(*offered->contract->service(view_of(id)), *offered);
        return TENON_OK;
    });
}

std::int32_t tenon_service_call(tenon_service* service, tenon_scope* scope, std::uint32_t method, const void* request,
                                void* reply) {
    if (service == nullptr || scope == nullptr) return TENON_E_INVALID;
    return host::call_service(*service, *scope, method, request, reply);
}

std::int32_t tenon_hook_around(tenon_hook* hook, tenon_scope* scope, const void* request, void* reply,
                               tenon_handler_fn body, void* self) {
    if (hook == nullptr || scope == nullptr || hook->kind != TENON_AROUND) return TENON_E_INVALID;
    return host::dispatch_around(*hook, *scope, request, reply, {body, self});
}

std::int32_t tenon_hook_add(tenon_hook* hook, const tenon_handler_options* options, tenon_handler_fn fn, void* self,
                            tenon_registration** out_registration, tenon_error* error) {
    if (hook == nullptr || fn == nullptr || out_registration == nullptr)
        return invalid(error, "the hook, the function or out_registration is NULL");
    return guarded_call(error, [&]() -> std::int32_t {
        const base::Result<tenon_handler_options> known = host::read_options(options);
        if (!known) return say(error, TENON_E_INVALID, known.problem());
        const std::string name(view_of(known.value().name));
        const manifest::HookUse use = host::use_of(known.value());
        base::Result<tenon_registration*> added = host::add_handler(
            *hook,
            {fn, self, nullptr, host::place_of(name, "", use), host::settings_for(*hook->host, *hook, name, use)});
        if (!added) return say(error, TENON_E_INVALID, added.problem());
        *out_registration = added.value();
        return TENON_OK;
    });
}

std::int32_t tenon_hook_remove(tenon_hook* hook, tenon_registration* registration, std::uint32_t wait) {
    if (hook == nullptr || registration == nullptr) return TENON_E_INVALID;
    return guarded_call(nullptr, [&] { return hook->host->table().remove(registration, nullptr, hook, wait != 0); });
}
