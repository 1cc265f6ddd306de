#include "sandbox/confine/look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "base/fd.h"

namespace tenon::sandbox {

namespace {

struct Opened {
    base::Fd file;
    long result = 0;  // 0 or a negative errno
};

// To open a FIFO or a terminal must not wait, and changes nothing of this process.
Opened open_it(const Look& question, int flags) noexcept {
    const int all = flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (question.follow ? 0 : O_NOFOLLOW);
    const long descriptor = ::syscall(SYS_openat, question.folder, question.path, all);
    if (descriptor < 0) return {base::Fd(), -errno};
    return {base::Fd(static_cast<int>(descriptor)), 0};
}

// For reading, or for writing where it may only be written.
Opened open_somehow(const Look& question) noexcept {
    Opened to_read = open_it(question, O_RDONLY);
    if (to_read.result == -ELOOP && !question.follow) to_read.result = -EACCES;  // it is a link
    if (to_read.result != -EACCES) return to_read;
    Opened to_write = open_it(question, O_WRONLY);
    return to_write.file ? std::move(to_write) : std::move(to_read);
}

long facts_of(const Look& question) noexcept {
    const Opened opened = open_somehow(question);
    if (!opened.file) return opened.result;
    return ::syscall(SYS_fstat, opened.file.get(), question.facts) < 0 ? -errno : 0;
}

// Whether a folder may be changed shows only when it is.
long may_write(const Look& question) noexcept {
    const long result = open_it(question, O_WRONLY).result;
    return result == -EISDIR ? open_it(question, O_RDONLY).result : result;
}

long may_search(const Look& question) noexcept {
    const long result = open_it(question, O_RDONLY | O_DIRECTORY).result;
    return result == -ENOTDIR ? -EACCES : result;
}

long may_access(const Look& question) noexcept {
    if ((question.mode & ~(R_OK | W_OK | X_OK)) != 0) return -EINVAL;
    if (question.mode == F_OK) return open_somehow(question).result;
    long result = 0;
    if ((question.mode & R_OK) != 0) result = open_it(question, O_RDONLY).result;
    if (result == 0 && (question.mode & W_OK) != 0) result = may_write(question);
    if (result == 0 && (question.mode & X_OK) != 0) result = may_search(question);
    return result;
}

// What may not be opened is no link all the same: for that the kernel has another error. So the real path of a granted
// file can be found, although the folders above it may not be opened.
long no_link(const Look& question) noexcept {
    const long result = open_it(question, O_RDONLY).result;
    if (result == 0 || result == -EACCES || result == -ENXIO) return -EINVAL;
    return result == -ELOOP ? -EACCES : result;
}

}  // namespace

long look(const Look& question) noexcept {
    switch (question.what) {
        case Look::What::facts:
            return facts_of(question);
        case Look::What::access:
            return may_access(question);
        case Look::What::link:
            return no_link(question);
    }
    return -ENOSYS;
}

}  // namespace tenon::sandbox
