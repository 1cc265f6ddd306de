// --watch: the host reloads plugins whose files change, and the site is made again with them.
#pragma once

#include <signal.h>
#include <tenon/reload.h>

#include <cstdint>
#include <tenon/host.hpp>

namespace pressroom {

// Made before the program has other threads: SIGINT, SIGTERM and SIGUSR1 wait from then on for next(). Used by the
// thread that made it, and outlives the host.
class Watch {
public:
    Watch();

    // Prints a line for each reload of the host's plugins.
    void listen(const tenon::Host& host);
    // Waits. True: other code serves now than before; false: the user wants to end.
    bool next();

private:
    static void heard(void* data, const tenon_reload_record* record);

    sigset_t signals_{};
    pthread_t owner_;
    std::uint64_t number_ = 0;  // of the last record, and its verdict; the host tells one at a time
    std::uint32_t verdict_ = 0;
};

}  // namespace pressroom
