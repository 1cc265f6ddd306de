#include "tools/cli/dev_stop.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tenon::cli {

StopSignal::StopSignal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, &before_);
    fd_ = base::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) throw std::system_error(errno, std::generic_category(), "no signalfd");
}

StopSignal::~StopSignal() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignal::came() {
    signalfd_siginfo what{};
    if (!came_ && ::read(fd_.get(), &what, sizeof what) == sizeof what) {
        came_ = true;
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    return came_;
}

}  // namespace tenon::cli
