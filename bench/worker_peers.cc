// Crossings through the kernel, and through Boost's queue.
#include "worker_peers.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/interprocess/ipc/message_queue.hpp>
#include <memory>
#include <stdexcept>

namespace bench {

namespace {

// A descriptor to write to and one to read from, for each side.
struct Ends {
    int out, in;
};

void write_all(int file, const char* bytes, std::size_t size, std::size_t most) {
    while (size != 0) {
        const ssize_t written = ::write(file, bytes, std::min(size, most));
        if (written <= 0) throw std::runtime_error("nobody reads");
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
}

// False at the end.
bool read_all(int file, char* bytes, std::size_t size) {
    while (size != 0) {
        const ssize_t came = ::read(file, bytes, size);
        if (came < 0) throw std::runtime_error("a descriptor cannot be read");
        if (came == 0) return false;
        bytes += came;
        size -= static_cast<std::size_t>(came);
    }
    return true;
}

// `most`: bytes of one write.
Trip through(Ends caller, Ends answerer, const Placement& placement, std::size_t size, std::size_t most) {
    answer_apart(placement.answerer, [=] {
        ::close(caller.out);  // so that the end of the one is the end of the other
        std::vector<char> request(size), reply(reply_size(size));
        while (read_all(answerer.in, request.data(), size)) {
            answer(request.data(), size, reply.data());
            write_all(answerer.out, reply.data(), reply.size(), most);
        }
    });
    return [=](const char* request, char* reply) {
        write_all(caller.out, request, size, most);
        if (!read_all(caller.in, reply, reply_size(size))) throw std::runtime_error("nobody answers");
    };
}

using boost::interprocess::message_queue;

std::unique_ptr<message_queue> queue(const std::string& name, std::size_t size) {
    const std::string own = name + "-" + std::to_string(::getpid());
    auto made = std::make_unique<message_queue>(boost::interprocess::create_only, own.c_str(), 4, size);
    message_queue::remove(own.c_str());  // the child has it mapped
    return made;
}

struct Queues {
    explicit Queues(std::size_t size)
        : there(queue("tenon-bench-there", size)), back(queue("tenon-bench-back", reply_size(size))) {}
    std::unique_ptr<message_queue> there, back;
};

void receive(message_queue& from, char* bytes, std::size_t size) {
    message_queue::size_type came = 0;
    unsigned priority = 0;
    from.receive(bytes, size, came, priority);
    if (came != size) throw std::runtime_error("a message of another size");
}

}  // namespace

Crossing pipes() {
    return {"pipes", [](const Placement& placement, std::size_t size) {
                int there[2], back[2];
                if (::pipe2(there, O_CLOEXEC) != 0 || ::pipe2(back, O_CLOEXEC) != 0)
                    throw std::runtime_error("no pipe");
                ::fcntl(there[1], F_SETPIPE_SZ, 1 << 20);  // the most that anybody may have
                return through({there[1], back[0]}, {back[1], there[0]}, placement, size, SIZE_MAX);
            }};
}

Crossing seqpacket() {
    return {"Unix socket, SEQPACKET", [](const Placement& placement, std::size_t size) {
                int ends[2];
                if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
                    throw std::runtime_error("no socket");
                return through({ends[0], ends[0]}, {ends[1], ends[1]}, placement, size, 64 * 1024);
            }};
}

Crossing message_queues() {
    return {"Boost.Interprocess message_queue", [](const Placement& placement, std::size_t size) -> Trip {
                auto queues = std::make_shared<Queues>(size);
                answer_apart(placement.answerer, [&] {
                    std::vector<char> request(size), reply(reply_size(size));
                    for (;;) {
                        receive(*queues->there, request.data(), size);
                        answer(request.data(), size, reply.data());
                        queues->back->send(reply.data(), reply.size(), 0);
                    }
                });
                return [queues, size](const char* request, char* reply) {
                    queues->there->send(request, size, 0);
                    receive(*queues->back, reply, reply_size(size));
                };
            }};
}

}  // namespace bench
