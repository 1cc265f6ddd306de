#include "sandbox/broker/sigpipe.h"

#include <cerrno>
#include <ctime>

namespace tenon::sandbox::broker {

namespace {

sigset_t only_sigpipe() noexcept {
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGPIPE);
    return only;
}

bool is_pending() noexcept {
    sigset_t pending;
    ::sigemptyset(&pending);
    ::sigpending(&pending);
    return ::sigismember(&pending, SIGPIPE) == 1;
}

}  // namespace

WithoutSigpipe::WithoutSigpipe() noexcept {
    const sigset_t only = only_sigpipe();
    pending_ = is_pending();
    ::pthread_sigmask(SIG_BLOCK, &only, &before_);
}

WithoutSigpipe::~WithoutSigpipe() {
    const sigset_t only = only_sigpipe();
    const timespec now{};
    if (!pending_ && is_pending())
        while (::sigtimedwait(&only, nullptr, &now) < 0 && errno == EINTR) {
        }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace tenon::sandbox::broker
