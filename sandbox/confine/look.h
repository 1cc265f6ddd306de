// What a process may know of a file, where it may know no more than of files that it may open.
#pragma once

namespace tenon::sandbox {

struct Look {
    enum class What { facts, access, link } what;
    int folder;        // AT_FDCWD, or a descriptor of the caller's
    const char* path;  // the caller's word: only the kernel follows it
    bool follow;       // a link in the last place
    int mode;          // for access
    void* facts;       // for facts: a struct stat, which the kernel writes
};

// Opens the file to see whether that may be, and closes it. As stat, access and readlink: 0 or a negative errno. A link
// itself cannot be opened, and so nothing is told of it (EACCES). A file whose mode lets its owner do nothing, and a
// socket, tell nothing either. Nothing may be executed, so X_OK is for folders only.
// Any thread; but to close a file drops the record locks that the process has on it, unless the calling thread has a
// table of descriptors of its own.
long look(const Look& question) noexcept;

}  // namespace tenon::sandbox
