#include "host/share.h"

#include <fmt/format.h>

#include <utility>

#include "host/host.h"
#include "host/thread_time.h"

namespace tenon::host {

namespace {

constexpr std::uint64_t window_ns = 1'000'000'000;
// Longer than so many times what the watchdog has counted: it, or the whole process, stood still.
constexpr std::uint64_t most_stretch = 3;

}  // namespace

void Shares::judge(Host& host, const Ticks& ticks) {
    const std::uint64_t now = now_ns();
    const std::uint64_t elapsed = now - since_ns_;
    if (since_ns_ != 0 && elapsed < window_ns) return;
    const std::uint64_t counted = Ticks::between(since_tick_, ticks.load()) * ticks.period_ns;
    const bool charged = since_ns_ != 0 && elapsed <= counted * most_stretch && !is_traced();
    since_ns_ = now;
    since_tick_ = ticks.load();
    now_.clear();
    std::vector<Excess> found;
    host.table().each([&](tenon_registration& handler) {
        if (handler.monitor.share() != 0) judge_one(handler, elapsed, charged, found);
    });
    std::swap(before_, now_);
    for (const Excess& excess : found) host.log().write(TENON_LOG_WARNING, excess.owner, excess.text);
}

void Shares::judge_one(tenon_registration& handler, std::uint64_t elapsed_ns, bool charged,
                       std::vector<Excess>& found) {
    Used& used = now_[handler.number.tag];
    Distribution times;
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next)
        if (const Timing* const timing = slot->cells.timing(handler.number)) times.add(timing->self);
    used = {calls_of(handler.number.index), times.count(), times.sum_ns(),
            (handler.word.load(std::memory_order_relaxed) & word_first) == 0};
    const auto last = before_.find(handler.number.tag);
    if (last == before_.end()) return;
    used.strikes = last->second.strikes;
    const std::uint64_t known = used.known - last->second.known;
    if (!charged || !last->second.was_called || known == 0) return;

    // The calls that were timed stand for all of them.
    const double mean_ns = static_cast<double>(used.self_ns - last->second.self_ns) / static_cast<double>(known);
    const double taken_ns = mean_ns * static_cast<double>(used.calls - last->second.calls);
    const double percent = taken_ns * 100 / static_cast<double>(elapsed_ns);
    const std::uint32_t share = handler.monitor.share();
    if (percent <= share) return handler.monitor.within_share(handler);
    handler.monitor.over_share(handler);
    const std::uint64_t before = used.strikes++;
    if ((before & (before + 1)) != 0) return;  // the 1st, 2nd, 4th, 8th ...
    found.push_back(
        {handler.place.owner,
         fmt::format("{} took {:.1f} % of a thread's time in the last {:.1f} s, more than its share of {} % "
                     "({} so far)",
                     handler.point->name, percent, static_cast<double>(elapsed_ns) / 1e9, share, used.strikes)});
}

}  // namespace tenon::host
