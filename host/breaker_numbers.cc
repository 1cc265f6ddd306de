#include "host/breaker_numbers.h"

namespace tenon::host {

static_assert(manifest::max_breaker_window == ResultWindow::longest);
static_assert(manifest::max_breaker_probes == Breaker::most_probes);

BreakerOptions breaker_options(const manifest::OperatorBreaker& numbers) {
    BreakerOptions options;
    options.window = numbers.window;
    options.minimum = numbers.minimum;
    options.percent = numbers.percent;
    options.in_a_row = numbers.in_a_row;
    options.open_ns = numbers.open_ns;
    options.max_open_ns = numbers.max_open_ns;
    options.jitter_percent = numbers.jitter_percent;
    options.healthy_ns = numbers.healthy_ns;
    options.probes = numbers.probes;
    options.must_pass = numbers.must_pass;
    return options;
}

BreakerState breaker_state(manifest::BreakerWord word) {
    switch (word) {
        case manifest::BreakerWord::closed:
            return BreakerState::forced_closed;
        case manifest::BreakerWord::open:
            return BreakerState::forced_open;
        case manifest::BreakerWord::metrics:
            return BreakerState::metrics_only;
        case manifest::BreakerWord::automatic:
            break;
    }
    return BreakerState::closed;
}

}  // namespace tenon::host
