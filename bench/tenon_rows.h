// Tenon as a contender, in the ways in which a hook can be dispatched.
#pragma once

#include <string>

#include "contender.h"

namespace bench {

// 64 plugins, each with one handler: the file of number 0 to 63.
std::string handler_library(int number);

Contender tenon_notify();    // handlers of plugins, loaded
Contender tenon_filter();    // the same functions, added by the application; each dispatch keeps the value
Contender tenon_first();     // nobody handles
Contender tenon_listened();  // as notify, with an interceptor that does nothing: each call timed, and told of

// Nanoseconds of one dispatch of NOTIFY in which every handler is timed exactly because it has been slow of late; 0 if
// the host says that they were not.
double exactly_timed(Functions functions);

}  // namespace bench
