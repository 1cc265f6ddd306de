#include "host/desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/audit.h"
#include "host/grants.h"
#include "host/json.h"
#include "host/time_text.h"

namespace tenon::host {

namespace {

// As they are kept, each once.
base::Result<Requests> each_once(std::span<const std::string> requests) {
    Requests all;
    for (const std::string& request : requests) {
        base::Result<std::string> one = canonical_request(request);
        if (!one) return one.problem();
        if (std::ranges::find(all, one.value()) == all.end()) all.push_back(one.take());
    }
    return all;
}

std::string decided_json(std::string_view plugin, const Requests& all, const Requests& changed) {
    std::string text;
    Json json(text);
    json.object().member("plugin", plugin).name("requests").array();
    for (const std::string& request : all) {
        const bool has_changed = std::ranges::find(changed, request) != changed.end();
        json.object().member("request", request).name("changed").raw(has_changed ? "true" : "false").end_object();
    }
    json.end_array().end_object();
    return text;
}

void write_audit_row(Json& json, const AuditRow& row) {
    json.object().member("number", row.number).member("time", time_of_day(row.entry.when));
    json.member("who", row.entry.who).member("plugin", row.entry.plugin).member("what", row.entry.what);
    json.member("detail", row.entry.detail).member("previous", row.previous).member("hash", row.hash).end_object();
}

// Grants::grant or Grants::revoke.
using Act = base::Result<Requests> (Grants::*)(std::string_view, std::span<const std::string>, std::string_view,
                                               std::uint64_t);

base::Result<std::string> carry_out(const Decision& decision, std::span<const std::string> requests,
                                    const StoreOptions& options, Act act) {
    const base::Result<Requests> all = each_once(requests);
    if (!all) return all.problem();
    base::Result<Store> store = Store::open(decision.store, options);
    if (!store) return store.problem();
    Grants grants(store.value());
    const base::Result<Requests> changed = (grants.*act)(decision.plugin, all.value(), decision.by, unix_ns());
    if (!changed) return changed.problem();
    return decided_json(decision.plugin, all.value(), changed.value());
}

}  // namespace

base::Result<std::string> grant_answer(const Decision& decision, std::span<const std::string> requests) {
    return carry_out(decision, requests, {}, &Grants::grant);
}

base::Result<std::string> revoke_answer(const Decision& decision, std::span<const std::string> requests) {
    return carry_out(decision, requests, {.create = false}, &Grants::revoke);
}

base::Result<std::string> revoke_all_answer(const Decision& decision) {
    base::Result<Store> store = Store::open(decision.store, {.create = false});
    if (!store) return store.problem();
    const base::Result<Requests> changed = Grants(store.value()).revoke_all(decision.plugin, decision.by, unix_ns());
    if (!changed) return changed.problem();
    return decided_json(decision.plugin, changed.value(), changed.value());
}

base::Result<std::string> audit_answer(const std::string& path, std::string_view plugin, std::uint64_t last) {
    base::Result<Store> store = Store::open(path, {.create = false});
    if (!store) return store.problem();
    const std::uint64_t wanted = std::min<std::uint64_t>(last, Audit::most_listed);
    const auto rows = Audit(store.value()).list({.plugin = plugin, .last = static_cast<std::size_t>(wanted)});
    if (!rows) return rows.problem();
    std::string text;
    Json json(text);
    json.object().name("rows").array();
    for (const AuditRow& row : rows.value()) write_audit_row(json, row);
    json.end_array().end_object();
    return text;
}

base::Result<std::string> verify_answer(const std::string& path, std::string_view known) {
    const std::optional<AuditMark> mark = mark_in(known);
    if (!known.empty() && !mark)
        return base::Problem{"api.invalid-argument", "the known row is no mark",
                             "Wanted NUMBER:HASH, as it was written when the log was verified."};
    base::Result<Store> store = Store::open(path, {.create = false});
    if (!store) return store.problem();
    const base::Result<AuditMark> last = Audit(store.value()).verify(mark);
    if (!last) return last.problem();
    std::string text;
    Json(text)
        .object()
        .member("rows", last.value().number)
        .member("mark", fmt::format("{}:{}", last.value().number, last.value().hash))
        .end_object();
    return text;
}

}  // namespace tenon::host
