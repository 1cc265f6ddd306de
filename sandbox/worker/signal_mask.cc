// Threads block signals to be left alone, all of them often. Where SIGSYS carries the calls for metadata of files, a
// thread that blocks it ends the process with its next one. So these two stand in the place of libc's, for the plugin
// and for all libraries: the program comes first when the dynamic linker looks for a name.
#include <errno.h>

#include "sandbox/confine/metadata.h"

extern "C" {

[[gnu::visibility("default")]] int pthread_sigmask(int how, const sigset_t* set, sigset_t* before) noexcept {
    return tenon::sandbox::change_signal_mask(how, set, before);
}

[[gnu::visibility("default")]] int sigprocmask(int how, const sigset_t* set, sigset_t* before) noexcept {
    const int error = tenon::sandbox::change_signal_mask(how, set, before);
    if (error == 0) return 0;
    errno = error;
    return -1;
}
}
