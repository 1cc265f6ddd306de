// A descriptor that goes through a Unix socket.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstring>

namespace tenon::test {

// With a message's byte, a copy of the descriptor: whether it was let through.
inline bool pass_descriptor(int to, int descriptor) {
    char byte = 'x';
    iovec part{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    return ::sendmsg(to, &message, MSG_NOSIGNAL) == 1;
}

}  // namespace tenon::test
