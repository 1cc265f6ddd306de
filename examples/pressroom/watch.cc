#include "watch.h"

#include <fmt/core.h>

#include <cstdio>

namespace pressroom {

Watch::Watch() : owner_(pthread_self()) {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void Watch::listen(const tenon::Host& host) {
    tenon_host_on_reload(host.raw(), heard, this);
}

bool Watch::next() {
    int signal = 0;
    return sigwait(&signals_, &signal) == 0 && signal == SIGUSR1;
}

// A record comes again when its verdict changes, at the end of probation, and when the old build is gone.
void Watch::heard(void* data, const tenon_reload_record* record) {
    auto& self = *static_cast<Watch*>(data);
    const bool again = record->number == self.number_;
    if (record->verdict == TENON_UNCHANGED || (again && record->verdict == self.verdict_)) return;
    self.number_ = record->number;
    self.verdict_ = record->verdict;
    std::uint64_t ns = 0;
    for (std::uint32_t phase = 0; phase <= TENON_RELOAD_PUBLISH; ++phase) ns += record->phase_ns[phase];
    const std::string_view to = tenon::view(record->to_version);
    fmt::print("{} {} -> {}: {}, {:.2f} ms\n", tenon::view(record->plugin), tenon::view(record->from_version),
               to.empty() ? "?" : to, tenon_reload_verdict_name(record->verdict), static_cast<double>(ns) / 1e6);
    if (record->reason.size != 0)
        fmt::print("  {}: {}\n  Fix: {}\n", tenon::view(record->reason), tenon::view(record->text),
                   tenon::view(record->fix));
    std::fflush(stdout);
    const bool trusted = again && record->verdict == TENON_RELOADED;  // it has served already
    if (record->verdict != TENON_REFUSED && !trusted) pthread_kill(self.owner_, SIGUSR1);
}

}  // namespace pressroom
