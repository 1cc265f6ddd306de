// The operator's numbers for breakers.
#pragma once

#include "host/breaker.h"
#include "manifest/operator.h"

namespace tenon::host {

// manifest/ does not know host/, so both state the bounds and the defaults; breaker_numbers.cc and its test hold them
// together.
BreakerOptions breaker_options(const manifest::OperatorBreaker& numbers);

// The operator's word, as a state of the breaker; automatic is closed.
BreakerState breaker_state(manifest::BreakerWord word);

}  // namespace tenon::host
