#include "host/reload.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <system_error>

#include "host/canary.h"
#include "host/fit.h"
#include "host/host.h"
#include "host/lifecycle.h"
#include "host/load.h"
#include "host/probation.h"
#include "host/retire.h"
#include "host/switch_over.h"
#include "host/text.h"
#include "host/time_text.h"
#include "host/worker.h"
#include "loader/stable.h"

namespace tenon::host {

namespace {

// The active plugins that it starts after, and those that they start after, in that order.
std::vector<const Plugin*> needed_by(Host& host, const Plugin& plugin) {
    std::set<std::string> ids;
    std::vector<const Plugin*> needed;
    const auto name = [&](const Plugin& of) {
        for (const After& after : of.after) ids.insert(after.plugin);
        for (const manifest::Dependency& dependency : of.manifest->dependencies)
            if (const Plugin* const found = host.meets(dependency)) ids.insert(found->id());
    };
    name(plugin);
    for (auto at = host.plugins().rbegin(); at != host.plugins().rend(); ++at) {
        if (!(*at)->is_active() || !ids.contains((*at)->id()) || (*at)->id() == plugin.id()) continue;
        needed.insert(needed.begin(), at->get());
        name(**at);
    }
    return needed;
}

constexpr int most_tries = 50;

// One reload on its way. Each step either succeeds or says why not; what was made so far is given back by `refuse`.
class Attempt {
public:
    Attempt(Host& host, Plugin& old, const ReloadWishes& wishes)
        : host_(host),
          old_(old),
          wishes_(wishes),
          path_(wishes.path.empty() ? old.origin : wishes.path),
          stays_down_(old.ward != nullptr && old.ward->quarantine()) {
        record_.number = host.reloads().next_number();
        record_.began_unix = unix_ns();
        record_.plugin = old.id();
        record_.trigger = wishes.trigger;
        record_.from_generation = old.generation;
        record_.from_version = old.version();
        record_.from_build = build_name(old.staged->hash);
        no_memory_ = {"reload.no-memory", fmt::format("{}: there is no memory for it", old.name()),
                      "Reload again when there is."};
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    ReloadRecord run();

private:
    using Step = base::Check (Attempt::*)();
    base::Check wait();
    base::Check check();
    base::Check copy();
    base::Check stage();
    base::Check canary();
    base::Check load();
    base::Check start();
    base::Check hand_over();
    void refuse(base::Problem problem);
    void leave_to_collect(Plugin& plugin) noexcept;
    void succeed();
    void tell() noexcept;
    // The same file does for a plugin whose workers had ended too often: it gets another try.
    bool unchanged() const { return !stays_down_ && fresh_->staged && fresh_->staged->hash == old_.staged->hash; }

    Host& host_;
    Plugin& old_;
    const ReloadWishes& wishes_;
    const std::string path_;
    const bool stays_down_;
    std::unique_ptr<Plugin> made_;  // until it is loaded: then it is the host's
    Plugin* fresh_ = nullptr;
    std::optional<Catalogue::Offers> offers_before_;
    ReloadRecord record_;
    // Made beforehand: where there is no memory, they cannot be, and after the switch nothing may fail.
    base::Problem no_memory_;
    std::optional<loader::Staged> kept_;
    ReloadRecord spare_;
};

base::Check Attempt::wait() {
    const Phase phase(record_, TENON_RELOAD_WAIT);
    host_.reloads().prepare();
    if (const std::string inside = where_inside(host_, old_); !inside.empty())
        return base::Problem{"reload.from-inside",
                             fmt::format("{} cannot be reloaded from inside its own {}", old_.name(), inside),
                             "Reload it after the call has returned, or let the host watch its file."};
    look_again(host_);
    const bool meant_to = host_.settings().reload.never_unmap;
    const auto standing = std::count_if(host_.plugins().begin(), host_.plugins().end(), [&](const auto& plugin) {
        return plugin->state == TENON_STATE_RETIRED && (plugin->module || !meant_to);
    });
    if (static_cast<std::uint64_t>(standing) >= host_.settings().reload.most_retired)
        return base::Problem{"reload.too-many-retired",
                             fmt::format("{} generations of plugins are out of service and still mapped", standing),
                             "Mend what keeps them: the report of tenon_host_plugins names it for each."};
    return loader::wait_until_stable(path_, wishes_.wait_timeout_ns, [this] { return host_.reloads().stopping(); });
}

base::Check Attempt::check() {
    const Phase phase(record_, TENON_RELOAD_CHECK);
    base::Result<std::unique_ptr<Plugin>> read = read_build(host_, old_, path_);
    if (!read) return read.problem();
    made_ = read.take();
    fresh_ = made_.get();
    fresh_->origin = wishes_.path.empty() || wishes_.is_kept ? old_.origin : wishes_.path;
    record_.to_version = fresh_->version();
    return judge_build(host_, old_, *fresh_, wishes_.grants);
}

// The copy, unless the file has become another one since it was read.
base::Check Attempt::copy() {
    const Phase phase(record_, TENON_RELOAD_STAGE);
    if (base::Check problem = stage_build(host_, *fresh_, wishes_.resources)) return problem;
    base::Check problem = loader::is_as_verified(*fresh_->staged, fresh_->image);
    if (!problem) return {};
    loader::unstage(*fresh_->staged);
    fresh_->staged.reset();
    return problem;
}

// Who builds again and again replaces the file in between: then it is read and judged anew.
base::Check Attempt::stage() {
    base::Check problem = copy();
    for (int tries = 0; problem && tries < most_tries; ++tries) {
        if (problem->id != "module.changed" && problem->id != "stage.source-changed") return problem;
        if (base::Check other = check()) return other;
        problem = copy();
    }
    if (problem) return problem;
    record_.to_generation = fresh_->generation;
    record_.to_build = build_name(fresh_->staged->hash);
    return {};
}

base::Check Attempt::canary() {
    if (!wishes_.canary || unchanged()) return {};
    const Phase phase(record_, TENON_RELOAD_CANARY);
    CanaryTask task;
    task.helper = host_.settings().reload.canary;
    task.library = fresh_->staged->path;
    for (const Plugin* other : needed_by(host_, *fresh_)) task.before.push_back(other->staged->path);
    task.contracts = host_.offered_records();
    task.host_id = host_.settings().system.host;
    if (host_.settings().system.host_version) task.host_version = to_string(*host_.settings().system.host_version);
    task.timeout_ns = wishes_.canary_timeout_ns;
    return try_in_canary(task);
}

base::Check Attempt::load() {
    if (unchanged()) return {};
    if (std::optional<Probation> earlier = host_.reloads().take_probation(old_.id())) trust(host_, *earlier);
    const Phase phase(record_, TENON_RELOAD_LOAD);
    std::vector<std::unique_ptr<Plugin>>& all = host_.plugins();
    const auto at = std::find_if(all.begin(), all.end(), [this](const auto& one) { return one.get() == &old_; });
    all.insert(at + 1, std::move(made_));
    fresh_->reload = record_.number;
    host_.watch(*fresh_);
    if (base::Check problem = open_build(*fresh_)) return problem;
    base::Result<Catalogue::Offers> before = host_.catalogue().renew(old_, fresh_->contracts_offered());
    if (!before) return before.problem();
    offers_before_.emplace(before.take());
    if (base::Check problem = contracts_fit(host_, *fresh_)) return problem;
    return entry_fits_manifest(host_, *fresh_);
}

base::Check Attempt::start() {
    if (unchanged()) return {};
    const Phase phase(record_, TENON_RELOAD_START);
    if (base::Check problem = make_folders(host_, *fresh_)) return problem;
    host_.table().hold_back(*fresh_);
    if (base::Check problem = create(host_, *fresh_)) return problem;
    return host::start(host_, *fresh_);
}

base::Check Attempt::hand_over() {
    if (unchanged()) return {};
    Legacy legacy = Legacy::nothing;
    if (!wishes_.without_state) {
        const base::Result<Legacy> found = legacy_of(old_, *fresh_);
        if (!found) return found.problem();
        legacy = found.value();
    }
    old_.stood_by = host_.table().handlers_of(old_);
    kept_ = old_.staged;
    spare_ = record_;
    return switch_over(
        {host_, old_, *fresh_, placed_handlers(host_, *fresh_), legacy, wishes_.freeze_timeout_ns, record_});
}

void Attempt::refuse(base::Problem problem) {
    record_.verdict = TENON_REFUSED;
    record_.problem = std::move(problem);
    if (offers_before_) host_.catalogue().put_back(std::move(*offers_before_));
    if (made_ != nullptr && made_->staged) loader::unstage(*made_->staged);
    if (made_ != nullptr || fresh_ == nullptr) return;
    try {
        give_back(host_, *fresh_, record_.problem);
        host_.forget_gone();
    } catch (const std::bad_alloc&) {
        leave_to_collect(*fresh_);
    }
}

// What could not be retired for want of memory is, as soon as somebody tries again; it may have been, and be gone.
void Attempt::leave_to_collect(Plugin& plugin) noexcept {
    const auto& all = host_.plugins();
    if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one.get() == &plugin; })) return;
    plugin.reload = record_.number;
    if (plugin.module) {
        plugin.state.store(TENON_STATE_QUIESCING, std::memory_order_release);
    } else if (plugin.state != TENON_STATE_UNLOADED) {
        plugin.state.store(TENON_STATE_FAILED, std::memory_order_release);
        if (plugin.staged) loader::unstage(*plugin.staged);
        plugin.staged.reset();
    }
    try {
        host_.reloads().try_again();
    } catch (...) {  // there is no thread for it: tenon_host_collect does it, and the end of the host
    }
}

void Attempt::succeed() {
    if (unchanged()) {
        record_.verdict = TENON_UNCHANGED;
        record_.to_generation = 0;
        loader::unstage(*fresh_->staged);
        return;
    }
    fresh_->reload = 0;
    fresh_->previous = std::move(kept_);
    spare_ = record_;
    Probation probation{&old_, fresh_, 0, wishes_.probation_calls, now_ns(), std::move(spare_)};
    if (wishes_.probation_ns != 0) {
        record_.verdict = probation.record.verdict = TENON_ON_PROBATION;
        probation.until_ns = probation.began_ns + wishes_.probation_ns;
        host_.reloads().put_on_probation(std::move(probation));
        return;
    }
    record_.verdict = TENON_RELOADED;
    try {
        trust(host_, probation);
    } catch (const std::bad_alloc&) {
        leave_to_collect(old_);
    }
    record_ = std::move(probation.record);
}

// A record that there is no memory for is not kept.
void Attempt::tell() noexcept {
    try {
        host_.reloads().keep(record_);
    } catch (...) {
    }
}

ReloadRecord Attempt::run() {
    constexpr Step steps[] = {&Attempt::wait, &Attempt::check, &Attempt::stage,    &Attempt::canary,
                              &Attempt::load, &Attempt::start, &Attempt::hand_over};
    for (const Step step : steps) {
        base::Check problem;
        try {
            problem = (this->*step)();
        } catch (const std::bad_alloc&) {
            problem = std::move(no_memory_);
        } catch (const std::system_error& error) {
            problem = base::Problem{"reload.no-memory", fmt::format("{}: {}", old_.name(), error.what()),
                                    "Reload again when there is room for another thread."};
        }
        if (!problem) continue;
        refuse(std::move(*problem));
        tell();
        return std::move(record_);
    }
    succeed();
    if (record_.verdict != TENON_RELOADED) tell();  // trust has kept that one
    return std::move(record_);
}

base::Problem unknown(std::string_view id) {
    return {"reload.unknown", fmt::format("no plugin {} is active", id), "tenon_host_plugins lists those that are."};
}

}  // namespace

base::Result<ReloadRecord> reload(Host& host, std::string_view id, const ReloadWishes& wishes) {
    Plugin* const old = host.active(id);
    if (old == nullptr) return unknown(id);
    return Attempt(host, *old, wishes).run();
}

base::Result<ReloadRecord> rollback(Host& host, std::string_view id, std::string trigger) {
    if (std::optional<Probation> probation = host.reloads().take_probation(id)) {
        base::Problem why{"reload.rolled-back", fmt::format("{}: {}", probation->fresh->name(), trigger),
                          "Nothing is wrong."};
        give_up(host, *probation, std::move(why), std::move(trigger));
        return probation->record;
    }
    Plugin* const current = host.active(id);
    if (current == nullptr) return unknown(id);
    if (!current->previous)
        return base::Problem{"reload.nothing-before",
                             fmt::format("{} has not been reloaded: there is no build before it", current->name()),
                             "Reload it with the path of the build that is wanted."};
    base::Result<ReloadWishes> wishes = read_wishes(host, nullptr, std::move(trigger));
    if (!wishes) return wishes.problem();
    ReloadWishes back = wishes.take();
    back.path = current->previous->path;
    back.resources = current->previous->resources;
    back.is_kept = true;
    back.grants = {true, true};
    back.canary = false;
    const loader::Staged kept = *current->previous;  // its folder must outlive the copy that is made of it
    return Attempt(host, *current, back).run();
}

}  // namespace tenon::host
