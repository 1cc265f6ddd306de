#include "sandbox/confine/clerk.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "base/fd.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

namespace {

constexpr std::size_t clerk_stack = 256 * 1024;

// A folder of the other threads' table, opened in this one. Of this process /proc shows its first thread's table, which
// all but the clerk share. What is no folder comes to nothing: the kernel has an error for that.
base::Fd same_folder(int folder) noexcept {
    std::array<char, 40> path{};
    ::snprintf(path.data(), path.size(), "/proc/self/fd/%d", folder);
    return base::Fd(::open(path.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

long look_from_here(const Look& question) noexcept {
    if (question.folder == AT_FDCWD) return look(question);
    const base::Fd folder = same_folder(question.folder);
    Look here = question;
    here.folder = folder.get();
    return look(here);
}

}  // namespace

int Clerk::begin() noexcept {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, clerk_stack);
    ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // it handles no signals
    pthread_t thread{};
    const int error = ::pthread_create(&thread, &attributes, serve, this);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_attr_destroy(&attributes);
    begun_ = error == 0;
    return error;
}

// The filter keeps the worker's own descriptors (make_filters.cc); no file that has locks is among those up to them.
// Where a sandbox around the host forbids close_range, it looks in the table of all, and locks are dropped.
void* Clerk::serve(void* self) noexcept {
    Clerk& clerk = *static_cast<Clerk*>(self);
    ::syscall(SYS_close_range, bell_descriptor + 1, ~0u, CLOSE_RANGE_UNSHARE);
    clerk.apart_.store(true);
    clerk.apart_.notify_all();
    for (;;) {
        clerk.wait_for(clerks);
        clerk.answer_ = look_from_here(clerk.question_);
        clerk.pass_to(askers);
    }
}

void Clerk::wait_until_apart() const noexcept {
    if (begun_) apart_.wait(false);
}

long Clerk::ask(const Look& question) noexcept {
    if (!begun_) return look(question);
    int free = 0;
    if (!busy_.compare_exchange_strong(free, 1))
        while (busy_.exchange(2) != 0) busy_.wait(2);
    question_ = question;
    pass_to(clerks);
    wait_for(askers);
    const long answer = answer_;
    turn_.store(nobodys);
    if (busy_.exchange(0) == 2) busy_.notify_one();
    return answer;
}

void Clerk::wait_for(Turn turn) noexcept {
    for (int now = turn_.load(); now != turn; now = turn_.load()) turn_.wait(now);
}

void Clerk::pass_to(Turn turn) noexcept {
    turn_.store(turn);
    turn_.notify_one();
}

}  // namespace tenon::sandbox
