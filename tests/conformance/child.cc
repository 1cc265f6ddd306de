#include "tests/conformance/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace tenon::conformance {

namespace {

std::string read_all(int descriptor, std::size_t most) {
    std::string out;
    char block[65536];
    ::lseek(descriptor, 0, SEEK_SET);
    for (ssize_t got = 0; (got = ::read(descriptor, block, sizeof block)) > 0;)
        out.append(block, static_cast<std::size_t>(got));
    return out.size() > most ? out.substr(out.size() - most) : out;
}

class Folder {
public:
    Folder() {
        path = (std::filesystem::temp_directory_path() / "tenon-conformance-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path;
};

// In a group of its own, and without core files.
[[noreturn]] void become(std::vector<std::string>& words, int written, int output) {
    ::setpgid(0, 0);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::fcntl(written, F_SETFD, 0);
    ::dup2(output, 1);
    ::dup2(output, 2);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
}

std::string wait_for(pid_t process, unsigned seconds) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    pollfd ended{handle, POLLIN, 0};
    const bool in_time = ::poll(&ended, 1, static_cast<int>(seconds * 1000)) == 1;
    ::close(handle);
    ::kill(-process, SIGKILL);
    int status = 0;
    ::waitpid(process, &status, 0);
    if (!in_time) return "did not end";
    if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
    return WEXITSTATUS(status) == 0 ? "ended" : "exited with " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Outcome make_transcript(const std::string& fixture, unsigned workers, const std::vector<std::string>& more,
                        unsigned seconds) {
    const Folder folder;
    const int written = ::memfd_create("transcript", MFD_CLOEXEC), output = ::memfd_create("output", MFD_CLOEXEC);
    std::vector<std::string> words = {CONFORMANCE_PROGRAM,     CONFORMANCE_LIST,        fixture,
                                      std::to_string(workers), std::to_string(written), folder.path};
    words.insert(words.end(), more.begin(), more.end());
    const pid_t process = ::fork();
    if (process < 0) throw std::runtime_error("no process");
    if (process == 0) become(words, written, output);
    ::setpgid(process, process);
    Outcome out;
    out.end = wait_for(process, seconds);
    out.transcript = read_all(written, SIZE_MAX);
    out.output = read_all(output, 4000);
    ::close(written);
    ::close(output);
    return out;
}

}  // namespace tenon::conformance
