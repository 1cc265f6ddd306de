// What keeps programs going whose calls for metadata of files the filter has trapped.
#pragma once

#include <signal.h>

namespace tenon::sandbox {

// Whether this process answers trapped calls: then a thread that blocks SIGSYS ends the process with its next one.
bool answers_metadata() noexcept;

// As pthread_sigmask; but where this process answers trapped calls, SIGSYS is blocked by nobody. An errno.
int change_signal_mask(int how, const sigset_t* set, sigset_t* before) noexcept;

}  // namespace tenon::sandbox
