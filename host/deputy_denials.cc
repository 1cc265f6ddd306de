#include "host/deputy_denials.h"

#include <fmt/format.h>

#include "host/audit.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/time_text.h"

namespace tenon::host {

namespace {

bool is_power_of_ten(std::uint64_t number) {
    while (number != 0 && number % 10 == 0) number /= 10;
    return number == 1;
}

}  // namespace

Denials::Tell Denials::enter(const std::string& permission, std::uint64_t& times) {
    const std::lock_guard guard(lock_);
    const auto known = times_.find(permission);
    if (known == times_.end() && times_.size() == most) {
        const bool told = std::exchange(ended_, true);
        return told ? Tell::nothing : Tell::end;
    }
    times = known == times_.end() ? times_[permission] = 1 : ++known->second;
    if (times == 1) return Tell::all;
    return is_power_of_ten(times) ? Tell::count : Tell::nothing;
}

void Denials::record(const std::string& detail) const {
    Store* const store = plugin_.host.store();
    if (store == nullptr) return;
    const base::Check problem = Audit(*store).append({unix_ns(), "host", plugin_.id(), "denied", detail});
    if (problem)
        plugin_.host.log().write(TENON_LOG_ERROR, plugin_.id(),
                                 fmt::format("a denial is not in the audit log: {}", problem->text));
}

// The lock is not held while anything is told: the log is the application's, and the disk takes its time.
void Denials::note(const std::string& permission, const std::string& text) {
    std::uint64_t times = 0;
    const auto log = [&](const std::string& line) { plugin_.host.log().write(TENON_LOG_WARNING, plugin_.id(), line); };
    switch (enter(permission, times)) {
        case Tell::all:
            log(text);
            return record(permission);
        case Tell::count:
            return log(fmt::format("{} was denied {} times", permission, times));
        case Tell::end: {
            const std::string end =
                fmt::format("more than {} different requests were denied; no others are told", most);
            log(end);
            return record(end);
        }
        case Tell::nothing:
            return;
    }
}

}  // namespace tenon::host
