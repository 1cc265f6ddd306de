#include "sandbox/spin.h"

#include <sched.h>

namespace tenon::sandbox {

unsigned usable_cpus() noexcept {
    cpu_set_t set;
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;  // more than 1,024 CPUs: rather none spins
    return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

void leave_cpu(unsigned cpu) noexcept {
    cpu_set_t all;
    if (cpu >= CPU_SETSIZE || ::sched_getaffinity(0, sizeof all, &all) != 0) return;
    cpu_set_t others = all;
    CPU_CLR(cpu, &others);
    if (CPU_COUNT(&others) == 0 || ::sched_setaffinity(0, sizeof others, &others) != 0) return;
    ::sched_setaffinity(0, sizeof all, &all);
}

bool SpinPool::renew(Lease& lease, std::uint64_t now_ns) noexcept {
    const std::uint64_t until = now_ns + waking_ns + 2 * spin_ns;
    if (lease.until_ns != 0 && slots_[lease.slot].until_ns.compare_exchange_strong(lease.until_ns, until)) {
        lease.until_ns = until;
        return true;
    }
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
        std::uint64_t taken_until = slots_[slot].until_ns.load(std::memory_order_relaxed);
        if (taken_until > now_ns || !slots_[slot].until_ns.compare_exchange_strong(taken_until, until)) continue;
        lease = {slot, until};
        return true;
    }
    lease = {};
    return false;
}

}  // namespace tenon::sandbox
