// Waiting for calls that are running: the table polls what threads say of themselves.
#include <algorithm>
#include <chrono>
#include <thread>

#include "host/scope.h"
#include "host/slots.h"
#include "host/table.h"

namespace tenon::host {

namespace {

// Waits a little longer each time.
class Pause {
public:
    void operator()() {
        std::this_thread::sleep_for(next_);
        next_ = std::min(next_ * 2, std::chrono::microseconds(1000));
    }

private:
    std::chrono::microseconds next_{5};
};

}  // namespace

bool Table::wait(const Which& which, std::uint64_t timeout_ns) {
    const std::uint64_t begun = now_ns();
    {
        const std::lock_guard guard(lock_);
        fence();
    }
    for (Pause pause;; pause()) {
        bool any = false;
        each_running(which, [&](const Slot&, const tenon_registration&) { any = true; });
        if (!any) return true;
        if (now_ns() - begun >= timeout_ns) return false;
    }
}

std::vector<Straggler> Table::stragglers(const Which& which) {
    std::vector<Straggler> found;
    each_running(which, [&](const Slot& slot, const tenon_registration& registration) {
        found.push_back(
            {slot.thread.load(std::memory_order_relaxed), registration.place.owner, registration.point->name});
    });
    return found;
}

// A registration is kept as long as a snapshot with it is held, hence as long as it runs. Slots of other
// hosts hold other addresses; they are compared, never followed.
template <class Found>
void Table::each_running(const Which& which, Found&& found) {
    const std::lock_guard guard(lock_);
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next)
        for (const Level& level : slot->levels) {
            const tenon_registration* const at = level.running.load(std::memory_order_seq_cst);
            if (at == nullptr) continue;
            const auto known = registrations_.find(at);
            if (known != registrations_.end() && which(*known->second)) found(*slot, *known->second);
        }
}

bool Table::wait_until_unheard(std::uint64_t timeout_ns) {
    const std::uint64_t begun = now_ns();
    for (Pause pause;; pause()) {
        const std::lock_guard guard(lock_);
        sweep();
        std::erase_if(old_listeners_, [&](const auto& old) { return old == nullptr || !retired_.any_with(old.get()); });
        if (old_listeners_.empty()) return true;
        if (now_ns() - begun >= timeout_ns) return false;
    }
}

}  // namespace tenon::host
