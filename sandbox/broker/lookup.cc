#include "sandbox/broker/lookup.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Problem;
using base::Result;

namespace {

using Found = Result<std::vector<Address>>;

struct Desk {
    std::mutex lock;
    std::condition_variable changed;
    unsigned running = 0;
};

// The library that this code is in stays, too, when the application unloads it: a thread may still be in it. The
// program itself, which stays anyway, is not found by its name.
void pin_this_code() {
    Dl_info here{};
    if (::dladdr(reinterpret_cast<const void*>(&pin_this_code), &here) != 0)
        ::dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

// Never destroyed: threads that were left behind may come back to it while the process ends.
Desk& desk() {
    static Desk* const one = (pin_this_code(), new Desk);
    return *one;
}

// Who asks. Under the desk's lock.
struct Asker {
    unsigned running = 0;
};

struct Lookup {
    const Resolve resolve;
    const std::shared_ptr<Asker> asker;
    const std::string host;
    const Deadline until;
    std::optional<Found> found;  // under the desk's lock
};

// A signal is for the threads of the application.
class WithoutSignals {
public:
    WithoutSignals() noexcept {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~WithoutSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    WithoutSignals(const WithoutSignals&) = delete;
    WithoutSignals& operator=(const WithoutSignals&) = delete;

private:
    sigset_t before_{};
};

Problem no_room(const std::string& host) {
    return {"broker.unknown-host", fmt::format("{} cannot be looked up: there is no memory, or no thread", host),
            "free memory or threads of the host"};
}

Found answer_of(const Lookup& lookup) noexcept try { return lookup.resolve(lookup.host, lookup.until); } catch (...) {
    return no_room(lookup.host);
}

// Under the lock.
void end_one(Asker& asker) noexcept {
    --asker.running;
    --desk().running;
    desk().changed.notify_all();
}

void run(const std::shared_ptr<Lookup>& lookup) noexcept {
    Found found = answer_of(*lookup);
    const std::lock_guard<std::mutex> guard(desk().lock);
    lookup->found.emplace(std::move(found));
    end_one(*lookup->asker);
}

Problem no_answer(const std::string& host) {
    return {"broker.timeout", fmt::format("no address of {} was found in time", host),
            "look at the name servers of this machine (/etc/resolv.conf), or allow more seconds"};
}

Problem no_turn(const std::string& host) {
    return {"broker.timeout", fmt::format("{} was not looked up in time: too many names are being looked up", host),
            "ask for fewer names at once, and look at the name servers of this machine (/etc/resolv.conf)"};
}

// Waits, under the lock, until it is so. A stop has no condition to wait for, so it is looked at often.
template <class IsSo>
Check wait_until(std::unique_lock<std::mutex>& guard, const std::string& host, const Patience& patience,
                 Problem (*late)(const std::string& host), IsSo is_so) {
    constexpr int look_every_ms = 5;
    while (!is_so()) {
        if (patience.stopped()) return stopped("network:" + host);
        const int left_ms = patience.left_ms();
        if (left_ms == 0) return late(host);
        desk().changed.wait_for(guard, std::chrono::milliseconds(std::min(left_ms, look_every_ms)));
    }
    return {};
}

// False where there is no memory or no thread for it.
bool begin(const std::shared_ptr<Lookup>& lookup) noexcept try {
    const WithoutSignals quiet;
    std::thread([lookup] { run(lookup); }).detach();
    return true;
} catch (const std::exception&) {
    return false;
}

Found look_up(const Resolve& resolve, const std::shared_ptr<Asker>& asker, const std::string& host,
              const Patience& patience) {
    const auto lookup = std::make_shared<Lookup>(Lookup{resolve, asker, host, patience.until, std::nullopt});
    std::unique_lock<std::mutex> guard(desk().lock);
    const auto has_turn = [&] { return asker->running < most_lookups_of_one && desk().running < most_lookups; };
    if (Check no = wait_until(guard, host, patience, no_turn, has_turn)) return std::move(*no);
    ++asker->running;
    ++desk().running;
    if (!begin(lookup)) return end_one(*asker), no_room(host);
    const auto is_found = [&] { return lookup->found.has_value(); };
    if (Check no = wait_until(guard, host, patience, no_answer, is_found)) return std::move(*no);
    return std::move(*lookup->found);
}

}  // namespace

LookUp lookups_of(Resolve resolve) {
    return [resolve = std::move(resolve), asker = std::make_shared<Asker>()](
               const std::string& host, const Patience& patience) { return look_up(resolve, asker, host, patience); };
}

}  // namespace tenon::sandbox::broker
