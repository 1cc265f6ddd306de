// A generation that has just begun to serve, and the one that stands by in case it fails.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/result.h"
#include "host/inheritance.h"
#include "host/reload_record.h"

namespace tenon::host {

class Host;
class Plugin;

struct Probation {
    Plugin* old = nullptr;    // stands by: started, mapped, serving nobody
    Plugin* fresh = nullptr;  // serves
    std::uint64_t until_ns = 0;
    std::uint64_t calls = 0;  // so many that went well are enough; 0: the time decides
    std::uint64_t began_ns = 0;
    ReloadRecord record;
};

// How it has done so far: why it must not go on, with "reload.failed-probation", or nothing. Three errors or more that
// are a tenth of the calls, or an open breaker.
base::Check judge(Host& host, const Probation& probation);
// Long enough, or often enough.
bool is_over(Host& host, const Probation& probation);

// Ends it: the old generation is retired, or, with a reason, serves again while the fresh one is retired. Loader's
// turn. The record is kept and told.
void trust(Host& host, Probation& probation);
void give_up(Host& host, Probation& probation, base::Problem why, std::string trigger);

// Retires what serves no more, and notes in the record what became of its image.
void retire_into(Host& host, Plugin& plugin, ReloadRecord& record);

}  // namespace tenon::host
