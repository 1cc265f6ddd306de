// A write to a pipe or socket that nobody reads any more must not end the host.
#pragma once

#include <signal.h>

namespace tenon::sandbox::broker {

// For the calling thread, while it lives: SIGPIPE is blocked, and one that came meanwhile is taken back.
class WithoutSigpipe {
public:
    WithoutSigpipe() noexcept;
    ~WithoutSigpipe();
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

private:
    sigset_t before_{};
    bool pending_ = false;
};

}  // namespace tenon::sandbox::broker
