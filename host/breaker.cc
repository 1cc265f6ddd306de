#include "host/breaker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tenon::host {
namespace {

constexpr std::uint64_t longest_open = std::uint64_t{1} << 62;  // so that jitter does not overflow

BreakerOptions workable(BreakerOptions options) {
    options.window = std::clamp(options.window, 1u, ResultWindow::longest);
    options.minimum = std::clamp(options.minimum, 1u, options.window);
    options.percent = std::clamp(options.percent, 1u, 100u);
    options.in_a_row = std::max(options.in_a_row, 1u);
    options.open_ns = std::clamp<std::uint64_t>(options.open_ns, 1, longest_open);
    options.max_open_ns = std::clamp(options.max_open_ns, options.open_ns, longest_open);
    options.jitter_percent = std::min(options.jitter_percent, 100u);
    options.probes = std::clamp(options.probes, 1u, Breaker::most_probes);
    options.must_pass = std::clamp(options.must_pass, 1u, options.probes);
    return options;
}

// splitmix64: any seed will do, and it need not be better than that.
std::uint64_t next_random(std::uint64_t& state) {
    std::uint64_t mixed = state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

std::uint64_t later(std::uint64_t now, std::uint64_t by) {
    return by > UINT64_MAX - now ? UINT64_MAX : now + by;
}

template <class Sentence, class... Args>
void say(Sentence& sentence, fmt::format_string<Args...> format, Args&&... args) {
    char* const begin = sentence.text.data();
    const auto end = fmt::format_to_n(begin, sentence.text.size(), format, std::forward<Args>(args)...).out;
    sentence.size = static_cast<std::uint8_t>(end - begin);
}

bool has_passed(std::uint64_t since, std::uint64_t now, std::uint64_t span) {
    return now >= since && now - since >= span;
}

}  // namespace

Breaker::Breaker(const BreakerOptions& options, std::uint64_t seed, std::uint64_t now)
    : options_(workable(options)), random_(seed), since_(now), window_(options_.window) {}

bool Breaker::held() const {
    return holds_ > 0 &&
           (state_ == BreakerState::closed || state_ == BreakerState::open || state_ == BreakerState::half_open);
}

bool Breaker::skips() const {
    const BreakerState shown = state();
    return shown == BreakerState::open || shown == BreakerState::half_open || shown == BreakerState::forced_open;
}

std::string_view Breaker::reason() const {
    return held() && state_ != BreakerState::open ? hold_reason_.view() : reason_.view();
}

Admission Breaker::admit(std::uint64_t now) {
    if (state_ == BreakerState::half_open) expire_leases(now);
    if (!skips()) return {true, 0, generation_};
    if (held() || state_ == BreakerState::forced_open) return {false, 0, generation_};
    if (state_ == BreakerState::open) {
        if (now < next_probe_) return {false, 0, generation_};
        enter(BreakerState::half_open, now);
    }
    return give_lease(now);
}

void Breaker::successes(std::uint64_t generation, std::uint64_t count) {
    if (generation == generation_ && state_ == BreakerState::closed) window_.add_successes(count);
}

void Breaker::strike(std::uint64_t generation, std::uint64_t lease, Strike kind, std::uint64_t now) {
    if (generation != generation_ || (state_ != BreakerState::closed && state_ != BreakerState::half_open)) return;
    if (kind == Strike::stuck || kind == Strike::crash) {
        say(reason_, "{}", kind == Strike::stuck ? "a call ran past 10 times its hard budget" : "a call crashed");
        trip(now);
    } else if (state_ == BreakerState::closed) {
        window_.add_strike();
        judge(now);
    } else if (take_lease(generation, lease, now)) {
        fail_probe(now);
    }
}

void Breaker::pass(std::uint64_t generation, std::uint64_t lease, std::uint64_t now) {
    if (take_lease(generation, lease, now) && ++passed_ >= options_.must_pass) enter(BreakerState::closed, now);
}

void Breaker::release(std::uint64_t generation, std::uint64_t lease, std::uint64_t now) {
    take_lease(generation, lease, now);
}

bool Breaker::hold(std::uint64_t now) {
    if (holds_++ == 0) held_since_ = now;
    explain_hold();
    return holds_ == 1;
}

bool Breaker::unhold() {
    if (holds_ == 0) return false;
    --holds_;
    explain_hold();
    return holds_ == 0;
}

void Breaker::explain_hold() {
    if (holds_ == 1)
        say(hold_reason_, "a call is running past its hard budget");
    else
        say(hold_reason_, "{} calls are running past their hard budget", holds_);
}

void Breaker::reset(std::uint64_t now) {
    back_off_ = 0;
    enter(BreakerState::closed, now);
}

void Breaker::enter(BreakerState state, std::uint64_t now) {
    state_ = state;
    ++generation_;
    since_ = now;
    leases_ = {};
    out_ = passed_ = failed_ = 0;
    if (state != BreakerState::closed) return;
    window_.clear();
    reason_ = {};
}

void Breaker::enter_forced(BreakerState state, std::string_view why, std::uint64_t now) {
    if (state_ == state) return;
    say(reason_, "{}", why);
    enter(state, now);
}

// Judged at strikes only: a call that went well never opens a breaker.
void Breaker::judge(std::uint64_t now) {
    if (window_.in_a_row() >= options_.in_a_row) {
        say(reason_, "{} strike{} in a row", window_.in_a_row(), window_.in_a_row() == 1 ? "" : "s");
        trip(now);
    } else if (window_.count() >= options_.minimum && window_.strikes() * 100 >= window_.count() * options_.percent) {
        say(reason_, "{} of the last {} calls were strikes", window_.strikes(), window_.count());
        trip(now);
    }
}

void Breaker::trip(std::uint64_t now) {
    if (state_ == BreakerState::closed && has_passed(since_, now, options_.healthy_ns)) back_off_ = 0;
    enter(BreakerState::open, now);
    ++trips_;
    next_probe_ = later(now, time_to_stay_open());
}

std::uint64_t Breaker::time_to_stay_open() {
    std::uint64_t time = options_.open_ns;
    for (std::uint32_t i = 0; i < back_off_ && time < options_.max_open_ns; ++i)
        time = time > options_.max_open_ns / 2 ? options_.max_open_ns : time * 2;
    if (time < options_.max_open_ns) ++back_off_;
    const std::uint64_t span = time / 100 * options_.jitter_percent;
    return later(time - span, next_random(random_) % (2 * span + 1));
}

Admission Breaker::give_lease(std::uint64_t now) {
    if (out_ + passed_ + failed_ >= options_.probes) return {false, 0, generation_};
    const auto free = std::find_if(leases_.begin(), leases_.end(), [](const Lease& lease) { return lease.id == 0; });
    *free = {++last_lease_, later(now, std::max(options_.open_ns, options_.probe_ns))};
    ++out_;
    return {true, last_lease_, generation_};
}

// Whether the lease was out; it is not any more.
bool Breaker::take_lease(std::uint64_t generation, std::uint64_t lease, std::uint64_t now) {
    if (generation != generation_ || state_ != BreakerState::half_open || lease == 0) return false;
    expire_leases(now);
    const auto found = std::find_if(leases_.begin(), leases_.end(), [&](const Lease& l) { return l.id == lease; });
    if (found == leases_.end()) return false;
    *found = {};
    --out_;
    return true;
}

void Breaker::expire_leases(std::uint64_t now) {
    for (Lease& lease : leases_) {
        if (lease.id == 0 || now < lease.expires) continue;
        lease = {};
        --out_;
        fail_probe(now);
        if (state_ != BreakerState::half_open) return;
    }
}

void Breaker::fail_probe(std::uint64_t now) {
    if (++failed_ <= options_.probes - options_.must_pass) return;
    say(reason_, "{} of {} probes failed", failed_, passed_ + failed_ + out_);
    trip(now);
}

}  // namespace tenon::host
