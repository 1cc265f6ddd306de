// Files: what is in them, and making, changing and removing them.
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

Outcome read_file(const Words& words) {
    return contents(call(SYS_openat, AT_FDCWD, words[0], O_RDONLY));
}

// Does not tell what is in it: how much there is suffices.
Outcome read_secretly(const Words& words) {
    Outcome outcome = read_file(words);
    outcome.text.clear();
    return outcome;
}

Outcome list_folder(const Words& words) {
    const long folder = call(SYS_openat, AT_FDCWD, words[0], O_RDONLY | O_DIRECTORY);
    if (folder < 0) return of(folder);
    std::string entries(65536, '\0');
    const long size = call(SYS_getdents64, folder, entries.data(), entries.size());
    return of(size, size < 0 ? "" : legible(entries.substr(0, static_cast<std::size_t>(size))));
}

Outcome write_to(long descriptor, std::string_view text) {
    if (descriptor < 0) return of(descriptor);
    const Outcome outcome = of(call(SYS_write, descriptor, text.data(), text.size()));
    call(SYS_close, descriptor);
    return outcome;
}

Outcome create_file(const Words& words) {
    return write_to(call(SYS_openat, AT_FDCWD, words[0], O_WRONLY | O_CREAT | O_EXCL, 0600), "created");
}

Outcome overwrite_file(const Words& words) {
    return write_to(call(SYS_openat, AT_FDCWD, words[0], O_WRONLY), "changed");
}

Outcome truncate_file(const Words& words) {
    return of(call(SYS_truncate, words[0], 0L));
}

Outcome truncate_on_opening(const Words& words) {
    return of(call(SYS_openat, AT_FDCWD, words[0], O_RDONLY | O_TRUNC));
}

Outcome remove_file(const Words& words) {
    return of(call(SYS_unlinkat, AT_FDCWD, words[0], 0));
}

Outcome rename_file(const Words& words) {
    return of(call(SYS_renameat2, AT_FDCWD, words[0], AT_FDCWD, words[1], 0u));
}

Outcome make_folder(const Words& words) {
    return of(call(SYS_mkdirat, AT_FDCWD, words[0], 0700));
}

Outcome write_and_read(const Words& words) {
    const Outcome written = create_file(words);
    return written.result < 0 ? written : read_file(words);
}

// Words: a file, and how many MiB it is to have.
Outcome write_much(const Words& words) {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, nullptr);
    const long file = call(SYS_openat, AT_FDCWD, words[0], O_WRONLY | O_CREAT, 0600);
    if (file < 0) return of(file);
    const std::string mebibyte(1u << 20, 'x');
    for (long i = 0; i < words.number(1); ++i)
        if (const long size = call(SYS_write, file, mebibyte.data(), mebibyte.size()); size < 0) return of(size);
    return {words.number(1)};
}

constexpr Attempt attempts[] = {
    {"read_file", read_file},
    {"read_secretly", read_secretly},
    {"list_folder", list_folder},
    {"create_file", create_file},
    {"overwrite_file", overwrite_file},
    {"truncate_file", truncate_file},
    {"truncate_on_opening", truncate_on_opening},
    {"remove_file", remove_file},
    {"rename_file", rename_file},
    {"make_folder", make_folder},
    {"write_and_read", write_and_read},
    {"write_much", write_much},
};

}  // namespace

Attempts file_attempts() {
    return attempts;
}

}  // namespace escapist
