// What becomes of a plugin in a worker: what it prints, its ends, its new beginnings.
#include <fmt/format.h>
#include <tenon/stats.h>

#include <random>

#include "host/deputy.h"
#include "host/host.h"
#include "host/lifecycle.h"
#include "host/slots.h"
#include "host/worker.h"

namespace tenon::host {

namespace {

// +-20 %, so that many that ended together are not started together.
std::uint64_t jittered(std::uint64_t ns) {
    thread_local std::minstd_rand random{std::random_device{}()};
    return ns * 8 / 10 + std::uniform_int_distribution<std::uint64_t>(0, ns * 4 / 10)(random);
}

}  // namespace

Ward::Ward(Plugin& plugin) : plugin_(plugin) {
    plugin_.host.wards().add(*this);
}

Ward::~Ward() {
    plugin_.host.wards().remove(*this);
}

void Ward::attend(sandbox::Client* its_client) noexcept {
    const std::lock_guard guard(lock_);
    client = its_client;
}

std::optional<Ward::View> Ward::view() const {
    const std::lock_guard guard(lock_);
    if (client == nullptr) return std::nullopt;
    View view{TENON_WORKER_RUNS, client->usage(), last_end_};
    if (quarantine_)
        view.state = TENON_WORKER_QUARANTINED;
    else if (down_.load(std::memory_order_acquire) || view.usage.pid < 0 || client->has_ended())
        view.state = TENON_WORKER_DOWN;
    return view;
}

sandbox::Limits Ward::limits(const tenon_call* raw) noexcept {
    const Level& level = *static_cast<const Level*>(raw);
    sandbox::Limits limits;
    limits.deadline_ns = level.scope->shared->deadline_ns.load(std::memory_order_relaxed);
    const Settings& settings = plugin_.host.settings();
    if (settings.watchdog_period_ns == 0 || settings.breakers == TENON_BREAKER_METRICS_ONLY || !level.runs())
        return limits;
    const std::uint64_t hard = level.handler().monitor.hard_ns();
    const bool first = level.charge.load(std::memory_order_relaxed) == Charge::first_call;
    limits.hard_ns = first && hard != 0 ? stuck_after(hard) : hard;
    return limits;
}

void Ward::lost(const tenon_call* raw) noexcept {
    const Level& level = *static_cast<const Level*>(raw);
    if (!level.runs()) return;
    auto* const handler = const_cast<tenon_registration*>(&level.handler());
    plugin_.host.table().with(handler, [](tenon_registration& known) { known.monitor.crashed(known); });
}

std::int32_t Ward::fail(tenon_call* call, std::int32_t code, const base::Problem& why) noexcept {
    return fail_with(*static_cast<Level*>(call), code, why);
}

std::int32_t Ward::request(tenon_plugin* plugin, const tenon_request& request, tenon_take_fn take, void* data,
                           std::uint64_t until_ns) noexcept {
    return request_until(plugin, request, take, data, until_ns);
}

bool Ward::is_of_application(std::uint32_t kind) const noexcept {
    return Providers::is_kind(kind);
}

void Ward::stop_requests() noexcept {
    if (plugin_.deputy != nullptr) plugin_.deputy->stop();
}

// It may have ended between the end of its start and here.
void Ward::begin_service() noexcept {
    std::optional<base::Problem> early;
    {
        const std::lock_guard guard(lock_);
        serves_.store(true, std::memory_order_release);
        std::swap(early, ended_early_);
    }
    if (early && client->has_ended()) return ended(*early);
    client->admit();
}

void Ward::printed(std::string_view line) noexcept {
    if (line.starts_with(sandbox::last_words_begin)) dying_.store(true, std::memory_order_relaxed);
    const bool dying = dying_.load(std::memory_order_relaxed);
    plugin_.host.log().write(dying ? TENON_LOG_ERROR : TENON_LOG_INFO, plugin_.id(), line);
}

// They have come as lines, unless there were too many lines before them.
void Ward::last_words(std::string_view text) noexcept {
    const std::size_t begin = text.rfind(sandbox::last_words_begin);
    if (dying_.load(std::memory_order_relaxed) || begin == std::string_view::npos) return;
    for (text.remove_prefix(begin); !text.empty();) {
        const std::string_view line = text.substr(0, text.find('\n'));
        plugin_.host.log().write(TENON_LOG_ERROR, plugin_.id(), line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
}

// Its handlers contribute what their hooks declare, as those that a breaker skips.
void Ward::set_down(bool down) noexcept {
    down_.store(down, std::memory_order_release);  // first: handlers that are added from here on look at it
    plugin_.host.table().each_of(plugin_,
                                 [&](tenon_registration& handler) { handler.monitor.set_down(handler, down); });
}

void Ward::ended(const base::Problem& why) noexcept {
    dying_.store(false, std::memory_order_relaxed);
    set_down(true);
    const std::uint64_t now = now_ns();
    try {
        bool stays = false;
        {
            const std::lock_guard guard(lock_);
            last_end_ = why.text;
            if (!serves_.load(std::memory_order_acquire)) {  // who loads it says why, or begin_service
                ended_early_ = why;
                return;
            }
            stop_requests();  // also where no other worker follows; revive() lets them begin again
            ends_.push_back(now);
            while (!ends_.empty() && now - ends_.front() > restarts_within_ns) ends_.pop_front();
            stays = ends_.size() > most_restarts;
            if (stays) {
                due_ = 0;
                quarantine_ =
                    base::Problem{"worker.quarantined",
                                  fmt::format("{}: its workers have ended {} times within a minute; the last time: {}",
                                              plugin_.name(), ends_.size(), why.text),
                                  "Mend the plugin, and reload or load it again."};
            } else {
                due_ = now + jittered(first_pause_ns << (ends_.size() - 1));
            }
        }
        plugin_.host.log().write(
            TENON_LOG_ERROR, plugin_.id(),
            stays ? why.text + "; it stays down, because that happens too often" : why.text + "; it is started again");
        if (!stays) plugin_.host.reloads().wake_for_workers();
    } catch (const std::exception&) {  // without memory it stays down; unloading works
    }
}

void Ward::dismiss(base::Problem why) noexcept {
    serves_.store(false, std::memory_order_relaxed);
    if (client != nullptr) client->end(std::move(why));
}

bool Ward::is_unused(const void* self, std::uint64_t timeout_ns) noexcept {
    return plugin_.host.table().wait([self](const tenon_registration& known) { return known.self == self; },
                                     timeout_ns);
}

bool Ward::is_due(std::uint64_t now) const {
    const std::lock_guard guard(lock_);
    return due_ != 0 && now >= due_;
}

std::uint64_t Ward::due() const {
    const std::lock_guard guard(lock_);
    return due_;
}

std::optional<base::Problem> Ward::quarantine() const {
    const std::lock_guard guard(lock_);
    return quarantine_;
}

// As bring_up does it, for a plugin whose handlers are attached already.
base::Check Ward::start_again() {
    Host& host = plugin_.host;
    if (base::Check problem = loader::is_as_verified(*plugin_.staged, plugin_.image)) return problem;
    if (base::Check problem = client->restart()) return problem;
    plugin_.created = plugin_.started = false;
    if (base::Check problem = create(host, plugin_)) return problem;
    return start(host, plugin_);
}

void Ward::revive() {
    {
        const std::lock_guard guard(lock_);
        due_ = 0;
    }
    // Others load and unload on this turn, and calls may take their time: it is not waited for them.
    if (!client->clear(now_ns() + clearing_ns)) {
        const std::lock_guard guard(lock_);
        due_ = now_ns() + first_pause_ns;
        return;
    }
    plugin_.deputy->resume();
    const base::Check problem = start_again();
    plugin_.state.store(TENON_STATE_ACTIVE, std::memory_order_release);
    if (problem && client->has_worker()) return client->end(*problem);  // which ended() follows
    if (problem) return ended(*problem);
    set_down(false);
    if (client->has_ended()) return set_down(true);  // meanwhile
    plugin_.host.log().write(TENON_LOG_INFO, plugin_.id(), fmt::format("{}: its worker runs again", plugin_.name()));
}

std::uint64_t revive_workers(Host& host) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < host.plugins().size(); ++i) {
        Plugin& plugin = *host.plugins()[i];
        if (plugin.ward == nullptr || !plugin.module || !plugin.is_active()) continue;
        if (plugin.ward->is_due(now_ns())) plugin.ward->revive();
        const std::uint64_t due = plugin.ward->due();
        if (due != 0 && (next == 0 || due < next)) next = due;
    }
    return next;
}

}  // namespace tenon::host
