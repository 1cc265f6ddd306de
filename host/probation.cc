#include "host/probation.h"

#include <fmt/format.h>

#include "host/host.h"
#include "host/retire.h"
#include "host/switch_over.h"

namespace tenon::host {

namespace {

// Retiring never keeps who reloads waiting for long: what is still in use then is tried again by the host's thread.
constexpr std::uint64_t patience_ns = 50'000'000;
constexpr std::uint64_t most_errors = 3;

struct Conduct {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    std::string open;  // the hook whose breaker is open
};

Conduct conduct_of(Host& host, const Plugin& plugin) {
    Conduct conduct;
    host.table().each_of(plugin, [&](tenon_registration& handler) {
        const Monitor::View view = handler.monitor.view();
        conduct.calls += calls_of(handler.number.index) - view.calls_before;
        conduct.errors += handler.monitor.errors.load() + handler.monitor.exceptions.load();
        if (view.breaker == BreakerState::open && view.trips != 0) conduct.open = handler.point->name;  // not held only
    });
    return conduct;
}

}  // namespace

base::Check judge(Host& host, const Probation& probation) {
    const Conduct conduct = conduct_of(host, *probation.fresh);
    const char* const id = "reload.failed-probation";
    const std::string fix = "Mend the build, and save it again; the log has the errors.";
    if (!conduct.open.empty())
        return base::Problem{id, fmt::format("{}: its breaker at {} has opened", probation.fresh->name(), conduct.open),
                             fix};
    if (conduct.errors < most_errors || conduct.errors * 10 < conduct.calls) return {};
    return base::Problem{
        id, fmt::format("{}: {} of its first {} calls failed", probation.fresh->name(), conduct.errors, conduct.calls),
        fix};
}

bool is_over(Host& host, const Probation& probation) {
    if (now_ns() >= probation.until_ns) return true;
    return probation.calls != 0 && conduct_of(host, *probation.fresh).calls >= probation.calls;
}

void retire_into(Host& host, Plugin& plugin, ReloadRecord& record) {
    plugin.reload = 0;  // what becomes of it now is in this record
    const std::uint64_t patience = std::min(patience_ns, host.settings().drain_timeout_ns);
    bool drained = false;
    {
        const Phase phase(record, TENON_RELOAD_GRACE);
        drained =
            host.table().wait([&](const tenon_registration& handler) { return handler.plugin == &plugin; }, patience);
    }
    {
        const Phase phase(record, TENON_RELOAD_RETIRE);
        record.unmapped = retire(host, plugin, drained ? patience : 0);
    }
    plugin.reload = record.number;
    if (!record.unmapped && !plugin.problems.empty()) {
        record.unmapped_reason = plugin.problems.back().id;
        record.unmapped_text = plugin.problems.back().text;
    }
    const bool still_in_use = plugin.module.has_value();
    host.forget_gone();  // the plugin may be gone from here on
    if (still_in_use) host.reloads().try_again();
}

void trust(Host& host, Probation& probation) {
    ReloadRecord& record = probation.record;
    if (probation.until_ns != 0) record.phase_ns[TENON_RELOAD_PROBATION] = now_ns() - probation.began_ns;
    record.verdict = TENON_RELOADED;
    probation.old->staged.reset();  // the copy is kept for a rollback, as the fresh one's `previous`
    retire_into(host, *probation.old, record);
    host.reloads().keep(record);
}

void give_up(Host& host, Probation& probation, base::Problem why, std::string trigger) {
    ReloadRecord& record = probation.record;
    record.phase_ns[TENON_RELOAD_PROBATION] = now_ns() - probation.began_ns;
    Plugin &old = *probation.old, &fresh = *probation.fresh;
    const base::Check problem = switch_over({host, fresh, old, old.stood_by, Legacy::nothing, 0, record});
    if (problem) {  // an order that was possible before is so again: only memory can be wanting
        host.log().write(TENON_LOG_ERROR, old.id(), problem->text);
        return trust(host, probation);
    }
    old.reload = 0;
    fresh.previous.reset();
    record.verdict = TENON_ROLLED_BACK;
    record.problem = std::move(why);
    if (!trigger.empty() && trigger != "probation") record.trigger = std::move(trigger);
    host.log().write(
        TENON_LOG_WARNING, old.id(),
        fmt::format("rolled back to {} (generation {}): {}", old.name(), old.generation, record.problem.text));
    host.reloads().wake_for_workers();  // its worker may have ended while it stood by
    retire_into(host, fresh, record);
    host.reloads().keep(record);
}

}  // namespace tenon::host
