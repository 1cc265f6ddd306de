// What else calls a list of functions, each used as its documentation shows.
#pragma once

#include "contender.h"

namespace bench {

Contender boost_signals2();
Contender libsigcpp();
Contender gobject();
Contender qt();  // a direct connection

}  // namespace bench
