#include "tests/containment/evidence.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>

#include "tests/containment/observer.h"
#include "tests/support/catch.h"

namespace tenon::test {
namespace {

std::atomic<int> signals{0};
std::atomic<pid_t> wanted{0};  // whose signals are counted; 0: everybody's

void count_signal(int, siginfo_t* signal, void*) {
    if (wanted == 0 || wanted == signal->si_pid) ++signals;
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bind_to_loopback(int socket, int port) {
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    if (port != 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0)
        return bind_to_loopback(socket, 0);
    if (port == 0) REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin_port);
}

void bind_to_name(int socket, const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(name.size() < sizeof address.sun_path);
    std::copy(name.begin(), name.end(), address.sun_path);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
    if (name[0] == '/') REQUIRE(::chmod(name.c_str(), 0777) == 0);
}

std::string all_of(int file) {
    std::string all;
    std::array<char, 4096> text{};
    for (ssize_t size; (size = ::read(file, text.data(), text.size())) > 0;)
        all.append(text.data(), static_cast<std::size_t>(size));
    return all;
}

}  // namespace

Listener::Listener(Kind kind, const std::string& name, int port) {
    const bool local = kind == Kind::path || kind == Kind::abstract;
    const int type = (kind == Kind::udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK;
    REQUIRE((socket_ = ::socket(local ? AF_UNIX : AF_INET, type, 0)) >= 0);
    if (local)
        bind_to_name(socket_, kind == Kind::path ? name : std::string(1, '\0') + name);
    else
        port_ = bind_to_loopback(socket_, port);
    if (kind != Kind::udp) REQUIRE(::listen(socket_, 8) == 0);
}

Listener::~Listener() {
    ::close(socket_);
}

bool Listener::was_reached() const {
    pollfd wait{socket_, POLLIN, 0};
    return ::poll(&wait, 1, 0) > 0;
}

int Listener::visitor() const {
    return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
}

std::string Listener::heard() const {
    std::array<char, 256> text{};
    const ssize_t size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
}

bool can_connect(std::int64_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(static_cast<int>(port));
    const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return connected;
}

Bystander::Bystander() : pid_(::fork()) {
    if (pid_ == 0)
        for (;;) ::pause();
    REQUIRE(pid_ > 0);
}

Bystander::~Bystander() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, WNOHANG);  // who traces it would keep it: nothing_is_left() collects it then
}

Ear::Ear(int number, pid_t sender) : number_(number) {
    signals = 0;
    wanted = sender;
    struct sigaction action{};
    action.sa_sigaction = count_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    ::sigaction(number_, &action, nullptr);
}

Ear::~Ear() {
    ::signal(number_, SIG_IGN);  // a pipe tells of its end, too
}

// A signal that is on its way reaches the process when this thread comes back from the kernel, at the latest.
int Ear::heard() const {
    ::sched_yield();
    return signals;
}

// By a process of its own: who changes his user is not to be looked into any more.
std::string keys_of_the_worker() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const pid_t reader = ::fork();
    CHECK(reader >= 0);
    if (reader == 0) {
        const bool may = ::geteuid() == nobody || ::setresuid(nobody, nobody, nobody) == 0;
        const int keys = may ? ::open("/proc/keys", O_RDONLY | O_CLOEXEC) : -1;
        std::array<char, 4096> text{};
        for (ssize_t size; (size = ::read(keys, text.data(), text.size())) > 0;)
            if (::write(ends[1], text.data(), static_cast<std::size_t>(size)) != size) break;
        ::_exit(0);
    }
    ::close(ends[1]);
    const std::string all = all_of(ends[0]);
    ::close(ends[0]);
    if (reader > 0) ::waitpid(reader, nullptr, 0);
    return all;
}

std::string status_of(pid_t process, const std::string& name) {
    const std::string text = "\n" + look_at_file("/proc/" + std::to_string(process) + "/status");
    const std::size_t at = text.find("\n" + name + ":\t");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 3;
    return text.substr(from, text.find('\n', from) - from);
}

}  // namespace tenon::test
