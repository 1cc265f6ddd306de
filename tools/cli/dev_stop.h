// The wish of the user that the program ends.
#pragma once

#include <signal.h>

#include "base/fd.h"

namespace tenon::cli {

// While it lives, SIGINT and SIGTERM are not delivered to this thread, nor to those that it makes; they make the
// descriptor readable. Used by one thread, and before there are others.
class StopSignal {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    // To wait on for reading.
    int descriptor() const { return fd_.get(); }
    // Whether one has come. From then on another ends the process at once, if this thread gets it.
    bool came();
    // The signals that were blocked before: what a child process is to begin with.
    const sigset_t& before() const { return before_; }

private:
    sigset_t before_{};
    base::Fd fd_;
    bool came_ = false;
};

}  // namespace tenon::cli
