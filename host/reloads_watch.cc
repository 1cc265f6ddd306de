// The files of active plugins are watched; whichever changes is reloaded.
#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "host/host.h"
#include "host/reload.h"
#include "host/reloads.h"
#include "loader/stable.h"

namespace tenon::host {

namespace {

// The turn is somebody else's: so long until the next try.
constexpr std::chrono::microseconds pause{500};

}  // namespace

base::Check Reloads::watch(const tenon_watch_options& options) {
    const std::lock_guard guard(watch_lock_);
    if (watching_)
        return base::Problem{"reload.watching", "the plugins' files are being watched already",
                             "Call tenon_host_unwatch first."};
    if (const auto wishes = read_wishes(host_, &options.reload, ""); !wishes) return wishes.problem();
    loader::WatchOptions how;
    how.poll = options.poll != 0;
    if (options.poll_period_ns != 0) how.poll_period_ns = options.poll_period_ns;
    base::Result<std::unique_ptr<loader::Watch>> opened = loader::Watch::open(how);
    if (!opened) return opened.problem();
    watch_ = opened.take();
    watch_options_ = options;
    watch_options_.reload.path = {nullptr, 0};
    watching_ = true;
    try {
        watcher_ = std::thread([this] { run_watch(); });
    } catch (...) {  // no thread: nothing is being watched
        watching_ = false;
        throw;
    }
    return {};
}

void Reloads::unwatch() noexcept {
    const std::lock_guard guard(watch_lock_);
    if (!watching_.exchange(false)) return;
    watch_->wake();
    watcher_.join();
    watch_.reset();
    watched_.clear();
}

// Each that polls says so once.
void Reloads::watch_active() {
    if (!watching_) return;
    std::vector<std::string> now;
    for (const std::unique_ptr<Plugin>& plugin : host_.plugins())
        if (plugin->is_active()) now.push_back(plugin->origin);
    for (const std::string& path : watched_)
        if (std::find(now.begin(), now.end(), path) == now.end()) watch_->remove(path);
    for (const std::string& path : now) {
        if (std::find(watched_.begin(), watched_.end(), path) != watched_.end()) continue;
        if (const base::Check problem = watch_->add(path)) host_.log().write(TENON_LOG_WARNING, "", problem->text);
        for (const loader::Polled& polled : watch_->polled())
            if (polled.path == path)
                host_.log().write(TENON_LOG_INFO, "", path + " is looked at every so often: " + polled.why);
    }
    watched_ = std::move(now);
}

void Reloads::run_watch() noexcept {
    while (watching_) {
        try {
            for (const std::string& path : watch_->wait(UINT64_MAX)) reload_changed(path);
        } catch (...) {  // for want of memory; the file's next change is another chance
        }
    }
}

void Reloads::reload_changed(const std::string& path) {
    base::Result<ReloadWishes> wishes = read_wishes(host_, &watch_options_.reload, "file changed");
    const base::Check unstable =
        loader::wait_until_stable(path, wishes.value().wait_timeout_ns, [this] { return !watching_; });
    // Gone, for now: the running build goes on. Other problems the reload itself finds and records.
    if (unstable && (unstable->id == "reload.missing" || unstable->id == "reload.cancelled")) return;
    while (watching_) {
        const Host::Turn turn(host_, Host::Turn::For::reloads);
        if (!turn.taken()) {
            std::this_thread::sleep_for(pause);
            continue;
        }
        for (const std::unique_ptr<Plugin>& plugin : host_.plugins()) {
            if (!plugin->is_active() || plugin->origin != path) continue;
            const std::string id = plugin->id();
            const base::Result<ReloadRecord> record = host::reload(host_, id, wishes.value());
            if (record && record.value().verdict == TENON_REFUSED)
                host_.log().write(TENON_LOG_ERROR, id, "not reloaded: " + record.value().problem.text);
            break;
        }
        return;
    }
}

}  // namespace tenon::host
