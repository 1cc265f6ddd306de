// What is to be seen of an attempt by others than the plugin.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace tenon::test {

// A socket of the test's, which hears whether anybody comes. Removed with the object.
class Listener {
public:
    enum class Kind { tcp, udp, path, abstract };
    // `name`: the file, or the abstract name. `port`: of the loopback; any where it is 0 or taken.
    explicit Listener(Kind kind, const std::string& name = "", int port = 0);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    int port() const { return port_; }
    bool was_reached() const;   // somebody has connected, or is about to
    std::string heard() const;  // a datagram, if there is one
    int visitor() const;        // who has connected, the caller's to close; below 0: nobody

private:
    int socket_ = -1;
    int port_ = 0;
};

// Whether somebody listens on this port of the loopback.
bool can_connect(std::int64_t port);

// A process of this user's that does nothing, and which anybody may trace who may do so at all.
class Bystander {
public:
    Bystander();
    ~Bystander();
    Bystander(const Bystander&) = delete;
    Bystander& operator=(const Bystander&) = delete;
    pid_t pid() const { return pid_; }

private:
    pid_t pid_;
};

// Signals of this number that come to this process, for as long as the object lives; from that sender only, if there is
// one.
class Ear {
public:
    explicit Ear(int number, pid_t sender = 0);
    ~Ear();
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;
    int heard() const;

private:
    const int number_;
};

// What /proc/keys shows to the user of confined workers: that shows each user his own.
std::string keys_of_the_worker();

// A line of /proc/PID/status, after its name: "Seccomp" -> "2".
std::string status_of(pid_t process, const std::string& name);

}  // namespace tenon::test
