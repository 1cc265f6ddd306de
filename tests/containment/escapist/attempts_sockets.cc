// What may be done with a socket that the host has connected. The first word of each: to whom, as the host is asked.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tenon/request.h>

#include <cstring>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

// A socket, which is kept; below 0: none, and why is in the text.
Outcome socket_to(const Words& words) {
    const std::string target = words[0];
    auto request = tenon::sized<tenon_request>();
    request.kind = TENON_REQUEST_CONNECT;
    request.subject = tenon::str(target);
    Outcome outcome{-1};
    self.request(request, [&](const tenon_answer& answer) {
        outcome = {answer.descriptor, 0, std::string(tenon::view(answer.error))};
    });
    return outcome;
}

sockaddr_in loopback(long port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <class Act>
Outcome with_socket(const Words& words, Act act) {
    const Outcome socket = socket_to(words);
    return socket.result < 0 ? socket : of(act(socket.result));
}

// The words behind the first: the port of somebody else, and what that one is to hear.
Outcome socket_send_elsewhere(const Words& words) {
    return with_socket(words, [&](long socket) {
        const sockaddr_in address = loopback(words.number(1));
        return call(SYS_sendto, socket, words[2], std::strlen(words[2]), 0L, &address, sizeof address);
    });
}

Outcome socket_connect_elsewhere(const Words& words) {
    return with_socket(words, [&](long socket) {
        const sockaddr_in address = loopback(words.number(1));
        const long connected = call(SYS_connect, socket, &address, sizeof address);
        return connected < 0 ? connected : call(SYS_write, socket, words[2], std::strlen(words[2]));
    });
}

// A connection is given up by connecting to nothing; then the socket is as it was made.
Outcome socket_connect_anew(const Words& words) {
    return with_socket(words, [&](long socket) {
        sockaddr nothing{};
        nothing.sa_family = AF_UNSPEC;
        const sockaddr_in address = loopback(words.number(1));
        const long given_up = call(SYS_connect, socket, &nothing, sizeof nothing);
        return given_up < 0 ? given_up : call(SYS_connect, socket, &address, sizeof address);
    });
}

// The word behind the first is what is to be heard.
Outcome socket_send(const Words& words) {
    return with_socket(words, [&](long socket) {
        return call(SYS_sendto, socket, words[1], std::strlen(words[1]), MSG_NOSIGNAL, nullptr, 0L);
    });
}

// Sockets for datagrams do not know the flag.
Outcome socket_send_fast(const Words& words) {
    return with_socket(words, [&](long socket) {
        return call(SYS_sendto, socket, words[1], std::strlen(words[1]), MSG_FASTOPEN, nullptr, 0L);
    });
}

Outcome socket_send_several(const Words& words) {
    return with_socket(words, [&](long socket) {
        iovec part{const_cast<char*>(words[1]), std::strlen(words[1])};
        mmsghdr message{};
        message.msg_hdr.msg_iov = &part;
        message.msg_hdr.msg_iovlen = 1;
        return call(SYS_sendmmsg, socket, &message, 1L, 0L);
    });
}

// A byte that overtakes the others.
Outcome socket_send_urgent(const Words& words) {
    return with_socket(words, [](long socket) { return call(SYS_sendto, socket, "x", 1L, MSG_OOB, nullptr, 0L); });
}

// A byte, with room for one descriptor.
struct Parcel {
    char byte = 'x';
    iovec part{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    Parcel() {
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
    }
    Parcel(const Parcel&) = delete;
    Parcel& operator=(const Parcel&) = delete;
};

// One that the server has passed. recvmsg is allowed by number, so the socket takes the place of the worker's own,
// which gets it back in any case.
Outcome socket_take_descriptor(const Words& words) {
    return with_socket(words, [](long socket) {
        constexpr long workers_own = 3;
        const long kept = call(SYS_dup, workers_own);
        const long placed = call(SYS_dup2, socket, workers_own);
        if (kept < 0 || placed < 0) return placed;
        Parcel parcel;
        msghdr& message = parcel.message;
        const long received = call(SYS_recvmsg, workers_own, &message, 0L);
        call(SYS_dup2, kept, workers_own);
        int passed = -1;
        const cmsghdr* const head = received < 0 ? nullptr : CMSG_FIRSTHDR(&message);
        if (head != nullptr && head->cmsg_type == SCM_RIGHTS) std::memcpy(&passed, CMSG_DATA(head), sizeof passed);
        return received < 0 ? received : call(SYS_write, passed, "got it", 6L);
    });
}

// One of its own descriptors.
Outcome socket_pass_descriptor(const Words& words) {
    return with_socket(words, [&](long socket) {
        Parcel parcel;
        msghdr& message = parcel.message;
        cmsghdr* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        const int own = 0;
        std::memcpy(CMSG_DATA(head), &own, sizeof own);
        return call(SYS_sendmsg, socket, &message, 0L);
    });
}

// To a name that the kernel chooses, which others see.
Outcome socket_bind(const Words& words) {
    return with_socket(words, [](long socket) {
        const sa_family_t family = AF_UNIX;
        return call(SYS_bind, socket, &family, sizeof family);
    });
}

Outcome socket_listen(const Words& words) {
    return with_socket(words, [](long socket) { return call(SYS_listen, socket, 1L); });
}

Outcome socket_set_option(const Words& words) {
    return with_socket(words, [](long socket) {
        const int yes = 1;
        return call(SYS_setsockopt, socket, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    });
}

Outcome socket_ask_option(const Words& words) {
    return with_socket(words, [](long socket) {
        ucred peer{};
        socklen_t size = sizeof peer;
        return call(SYS_getsockopt, socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    });
}

constexpr Attempt attempts[] = {
    {"socket_send", socket_send},
    {"socket_send_elsewhere", socket_send_elsewhere},
    {"socket_send_fast", socket_send_fast},
    {"socket_send_several", socket_send_several},
    {"socket_send_urgent", socket_send_urgent},
    {"socket_take_descriptor", socket_take_descriptor},
    {"socket_connect_elsewhere", socket_connect_elsewhere},
    {"socket_connect_anew", socket_connect_anew},
    {"socket_pass_descriptor", socket_pass_descriptor},
    {"socket_bind", socket_bind},
    {"socket_listen", socket_listen},
    {"socket_set_option", socket_set_option},
    {"socket_ask_option", socket_ask_option},
};

}  // namespace

Attempts socket_attempts() {
    return attempts;
}

}  // namespace escapist
