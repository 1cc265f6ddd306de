// A thread that looks at files for the others, with a table of descriptors of its own: when it closes a file, the
// record locks that the process has on it stay, which a database in the plugin depends on.
#pragma once

#include <atomic>

#include "sandbox/confine/look.h"

namespace tenon::sandbox {

// Has to stay as long as the process. Any thread may ask; one is answered after the other.
class Clerk {
public:
    // Once, while there is no other thread. The thread is bound as the calling one is, and need not run yet. An errno.
    int begin() noexcept;
    // Waits until the thread has a table of descriptors of its own, after which nobody else need be able to get one.
    // Returns at once where there is no such thread.
    void wait_until_apart() const noexcept;
    // As look(). Signal handlers may ask, while no handler can interrupt them that asks as well. Before begin(): the
    // calling thread looks itself.
    long ask(const Look& question) noexcept;

private:
    enum Turn { nobodys, askers, clerks };
    static void* serve(void* self) noexcept;
    void wait_for(Turn turn) noexcept;
    void pass_to(Turn turn) noexcept;

    bool begun_ = false;
    std::atomic<bool> apart_{false};
    std::atomic<int> busy_{0};  // 1: somebody asks; 2: others wait
    std::atomic<int> turn_{nobodys};
    Look question_{};
    long answer_ = 0;
};

}  // namespace tenon::sandbox
