#include "sandbox/worker/control.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tenon::sandbox::worker {

namespace {

std::vector<base::Fd> descriptors_of(msghdr& header) {
    std::vector<base::Fd> descriptors;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int raw = -1;
            std::memcpy(&raw, CMSG_DATA(part) + i * sizeof raw, sizeof raw);
            descriptors.emplace_back(raw);
        }
    }
    return descriptors;
}

}  // namespace

std::optional<Message> receive(int socket) {
    Message message;
    iovec bytes{&message.control, sizeof message.control};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> room{};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    header.msg_control = room.data();
    header.msg_controllen = room.size();
    ssize_t got = 0;
    do got = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    message.descriptors = descriptors_of(header);
    if (got != static_cast<ssize_t>(sizeof message.control)) return std::nullopt;
    return message;
}

void ring() noexcept {
    while (::eventfd_write(bell_descriptor, 1) < 0 && errno == EINTR) {
    }
}

}  // namespace tenon::sandbox::worker
