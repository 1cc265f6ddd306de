#include "host/switch_over.h"

#include <fmt/format.h>

#include "host/host.h"
#include "host/lifecycle.h"
#include "host/replay.h"
#include "host/slots.h"

namespace tenon::host {

namespace {

// Calls of the old generation wait for as long as this lives, unless the switch is made.
class Frozen {
public:
    Frozen(Host& host, Plugin& plugin, Handover& handover, ReloadRecord& record) noexcept
        : host_(host), plugin_(plugin), handover_(handover), record_(record) {
        handover_.serve(Handover::Serving::nobody);
        host_.table().hand_over(plugin_, handover_);
    }
    ~Frozen() {
        if (handover_.serving() == Handover::Serving::nobody) handover_.serve(Handover::Serving::predecessor);
        record_.pause_ns = now_ns() - begun_;
        record_.calls_waited = handover_.waited();
        host_.table().keep(plugin_);
    }
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;

    // Until the calls that have begun are over.
    base::Check settle(std::uint64_t timeout_ns) {
        const auto its_own = [this](const tenon_registration& handler) { return handler.plugin == &plugin_; };
        if (host_.table().wait(its_own, timeout_ns)) return {};
        std::string calls;
        for (const Straggler& call : host_.table().stragglers(its_own))
            calls += fmt::format("{}thread {} in {}", calls.empty() ? "" : ", ", call.thread, call.point);
        return base::Problem{"reload.busy",
                             fmt::format("{}: its state cannot be handed over while a call goes on: {}", plugin_.name(),
                                         calls.empty() ? "it has just ended" : calls),
                             "Reload again when the call has returned, or state policy = \"lossy\"."};
    }

private:
    Host& host_;
    Plugin& plugin_;
    Handover& handover_;
    ReloadRecord& record_;
    const std::uint64_t begun_ = now_ns();
};

// The services change hands right before the handlers do: a call in between finds the old method.
void hand_services_over(Host& host, const Plugin& from, Plugin& to, const std::vector<Service*>& provided) noexcept {
    for (Service* service : provided) {
        service->provider = &to;
        service->provided.store(true, std::memory_order_release);
    }
    for (Service* service : host.catalogue().provided_by(from)) {
        service->provided.store(false, std::memory_order_release);
        service->provider = nullptr;
    }
    host.catalogue().take_over(from, to);
}

// Handlers that come to a REPLAY hook get its last request, like all late subscribers.
void replay(Host& host, const Plugin& to) {
    std::vector<tenon_registration*> late;
    host.table().each_of(to, [&](tenon_registration& handler) {
        if (handler.point->replay) late.push_back(&handler);
    });
    for (tenon_registration* handler : late) replay_to(*handler->point, *handler, handler->point->replay->added([] {}));
}

base::Check publish_in_place(SwitchOver& change, Handover& handover) {
    Host& host = change.host;
    std::vector<Service*> provided;
    for (const std::string& id : services_of(change.to)) provided.push_back(&host.catalogue().service(id));
    const Phase phase(change.record, TENON_RELOAD_PUBLISH);
    return host.table().take_over(change.from, change.to, std::move(change.handlers), handover,
                                  [&] { hand_services_over(host, change.from, change.to, provided); });
}

base::Check hand_state(Plugin& from, Plugin& to, ReloadRecord& record) {
    const Phase phase(record, TENON_RELOAD_STATE);
    base::Result<std::unique_ptr<Inheritance>> saved = save_state(from);
    if (!saved) return saved.problem();
    to.inherited = saved.take();
    record.state_bytes = to.inherited->data.size;
    return restore_state(to, *to.inherited);
}

// Ends the journal whatever happens.
struct Journaled {
    explicit Journaled(Plugin& of) : plugin(of) { plugin.journal.begin(); }
    ~Journaled() { plugin.journal.end(); }
    Journaled(const Journaled&) = delete;
    Journaled& operator=(const Journaled&) = delete;
    Plugin& plugin;
};

base::Check switch_frozen(SwitchOver& change, Handover& handover) {
    Frozen frozen(change.host, change.from, handover, change.record);
    if (base::Check problem = frozen.settle(change.freeze_timeout_ns)) return problem;
    if (base::Check problem = hand_state(change.from, change.to, change.record)) return problem;
    return publish_in_place(change, handover);
}

base::Check switch_with_journal(SwitchOver& change, Handover& handover) {
    const Journaled journaled(change.from);
    if (base::Check problem = hand_state(change.from, change.to, change.record)) return problem;
    Frozen frozen(change.host, change.from, handover, change.record);
    if (base::Check problem = frozen.settle(change.freeze_timeout_ns)) return problem;
    if (base::Check problem = apply_journal(change.to, change.from.journal.end())) return problem;
    return publish_in_place(change, handover);
}

base::Check switch_at_once(SwitchOver& change, Handover& handover) {
    if (change.legacy == Legacy::lossy)
        if (base::Check problem = hand_state(change.from, change.to, change.record)) return problem;
    return publish_in_place(change, handover);
}

}  // namespace

base::Check switch_over(SwitchOver&& change) {
    Handover& handover = *change.from.handovers.emplace_back(std::make_unique<Handover>(thread_id()));
    base::Check problem = change.legacy == Legacy::waits   ? switch_frozen(change, handover)
                          : change.legacy == Legacy::notes ? switch_with_journal(change, handover)
                                                           : switch_at_once(change, handover);
    if (problem) return problem;
    try {
        replay(change.host, change.to);
    } catch (const std::bad_alloc&) {  // too late to go back; the next request reaches them
        change.host.log().write(TENON_LOG_WARNING, change.to.id(), "there is no memory for the last requests");
    }
    change.to.state.store(TENON_STATE_ACTIVE, std::memory_order_release);
    change.from.state.store(TENON_STATE_STARTED, std::memory_order_release);
    return {};
}

}  // namespace tenon::host
