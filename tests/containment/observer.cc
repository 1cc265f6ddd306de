#include "tests/containment/observer.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string_view>

#include "base/file.h"

namespace tenon::test {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t most = 65536;

std::string file_here(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    std::string text;
    std::array<char, 4096> room{};
    for (ssize_t size = 0; file >= 0 && text.size() + room.size() <= most; text.append(room.data(), std::size_t(size)))
        if ((size = ::read(file, room.data(), room.size())) <= 0) break;
    if (file >= 0) ::close(file);
    return text;
}

std::string link_here(const std::string& path) {
    std::array<char, 4096> room{};
    const ssize_t size = ::readlink(path.c_str(), room.data(), room.size());
    return size < 0 ? "" : std::string(room.data(), static_cast<std::size_t>(size));
}

std::string links_here(const std::string& path) {
    std::string all;
    DIR* const folder = ::opendir(path.c_str());
    if (folder == nullptr) return all;
    while (const dirent* const entry = ::readdir(folder))
        if (entry->d_name[0] != '.' && all.size() < most - 4096) all += link_here(path + "/" + entry->d_name) + "\n";
    ::closedir(folder);
    return all;
}

// A question is a letter for what is wanted, and a path.
std::string answer(std::string_view question) {
    const std::string path(question.substr(1));
    return question[0] == 'f' ? file_here(path) : question[0] == 'l' ? link_here(path) : links_here(path);
}

[[noreturn]] void keep_looking(int socket) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::array<char, 4096> question{};
    for (ssize_t size = 0; (size = ::recv(socket, question.data(), question.size(), 0)) > 0;) {
        const std::string text = answer({question.data(), static_cast<std::size_t>(size)});
        if (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::_exit(0);
}

// The process's, from its start to its end.
struct Who {
    Who();
    ~Who() {
        if (!folder.empty()) base::remove_tree(folder);
    }
    void become_user();

    int eyes = -1;
    std::mutex lock;  // of the talk with who stayed behind
    std::string folder, plugin = ESCAPIST, worker = REAL_WORKER, languages = TENON_FIXTURES "/languages/plugins";
};

[[noreturn]] void cannot(const char* what) {
    std::perror(what);
    ::_exit(2);
}

void give(const std::string& path) {
    if (::chown(path.c_str(), nobody, nobody) != 0) cannot("chown");
}

Who::Who() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what a worker leaves behind becomes a child of this process, and is seen
    const char* const as = std::getenv("TENON_TEST_AS");
    if (as != nullptr && std::string_view(as) == "user" && ::geteuid() == 0) become_user();
}

void Who::become_user() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) cannot("socketpair");
    const pid_t child = ::fork();
    if (child < 0) cannot("fork");
    if (child == 0) keep_looking((::close(ends[0]), ends[1]));
    ::close(ends[1]);
    eyes = ends[0];
    folder = (fs::temp_directory_path() / "tenon-containment-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) cannot("mkdtemp");
    plugin = folder + "/escapist.so";
    worker = folder + "/tenon-worker";
    fs::copy_file(ESCAPIST, plugin);
    fs::copy_file(REAL_WORKER, worker);
    for (const std::string& path : {folder, plugin, worker}) give(path);
    if (fs::is_directory(languages)) fs::copy(languages, folder + "/languages");
    languages = folder + "/languages";
    ::setenv("TMPDIR", folder.c_str(), 1);
    ::setenv("HOME", folder.c_str(), 1);
    if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
        ::setresuid(nobody, nobody, nobody) != 0)
        cannot("setresuid");
    ::prctl(PR_SET_DUMPABLE, 1);  // as the program of an ordinary user is
}

Who who;

std::string ask(char what, const std::string& path) {
    if (who.eyes < 0) return answer(what + path);
    const std::lock_guard guard(who.lock);
    const std::string question = what + path;
    if (::send(who.eyes, question.data(), question.size(), MSG_NOSIGNAL) < 0) return "";
    std::string text(most, '\0');
    const ssize_t size = ::recv(who.eyes, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
}

}  // namespace

bool as_root() {
    return ::geteuid() == 0;
}

bool can_look() {
    return as_root() || who.eyes >= 0;
}

const std::string& plugin_file() {
    return who.plugin;
}

const std::string& worker_file() {
    return who.worker;
}

const std::string& languages_folder() {
    return who.languages;
}

std::string look_at_file(const std::string& path) {
    return ask('f', path);
}

std::string look_at_links(const std::string& folder) {
    return ask('d', folder);
}

std::string look_at_link(const std::string& path) {
    return ask('l', path);
}

}  // namespace tenon::test
