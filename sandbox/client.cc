// A worker's beginning.
#include "sandbox/client.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

// A confined worker gets what its policy says, any other what the host has.
std::vector<std::string> environment(const Policy& policy) {
    if (policy.confines()) return policy.environment;
    std::vector<std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) all.emplace_back(*entry);
    return all;
}

}  // namespace

base::Problem Client::no_memory(const char* what) const {
    return {"worker.no-memory",
            fmt::format("{}: its worker cannot be given {}: {}", options_.name, what, std::strerror(errno)),
            "Raise the limits of open files and of memory."};
}

std::int32_t call_thunk(void* self, tenon_call* call, const void* request, void* reply) {
    const Thunk& thunk = *static_cast<const Thunk*>(self);
    return thunk.client->invoke(thunk, call, request, reply);
}

base::Result<std::unique_ptr<Client>> Client::start(Workshop& workshop, Superior& superior, ClientOptions options) {
    std::unique_ptr<Client> client(new Client(workshop, superior, std::move(options)));
    if (base::Check problem = client->launch()) return *problem;
    return client;
}

base::Result<loader::Module> Client::open(std::unique_ptr<Client> client, ClientOptions options) {
    {
        const std::lock_guard guard(client->lock_);  // its worker is watched already, and its end would name it
        client->options_ = std::move(options);
    }
    if (base::Check problem = client->read_contracts()) return *problem;
    if (base::Check problem = client->hand_over()) return *problem;
    return loader::Module(std::move(client));
}

Client::~Client() {
    close();
    superior_.closed();
}

base::Check Client::read_contracts() {
    base::Result<std::vector<loader::Contract>> own = loader::read_contracts(options_.own, options_.origin);
    if (!own) return own.problem();
    own_ = own.take();
    base::Result<Contracts> offered = Contracts::read(options_.offered, options_.origin);
    if (!offered) return offered.problem();
    contracts_.emplace(offered.take());
    return {};
}

base::Check Client::send(const Control& control, std::initializer_list<int> descriptors) const {
    iovec bytes{const_cast<Control*>(&control), sizeof control};
    alignas(cmsghdr) char room[CMSG_SPACE(2 * sizeof(int))] = {};
    msghdr header{};
    header.msg_iov = &bytes;
    header.msg_iovlen = 1;
    if (descriptors.size() != 0) {
        const std::size_t size = descriptors.size() * sizeof(int);
        header.msg_control = room;
        header.msg_controllen = CMSG_SPACE(size);
        cmsghdr* const part = CMSG_FIRSTHDR(&header);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(part), descriptors.begin(), size);
    }
    ssize_t sent = 0;
    do sent = ::sendmsg(control_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent == static_cast<ssize_t>(sizeof control)) return {};
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return why_ended();
    return no_memory("a message");
}

std::unique_ptr<ClientLane> Client::make_lane(std::uint32_t number, Control::What what) {
    base::Result<Region> mine = Region::make(outbox_size(lane_room), Writer::host);
    if (!mine) return nullptr;
    base::Result<Region> theirs = Region::make(outbox_size(lane_room), Writer::worker);
    if (!theirs) return nullptr;
    LaneEnd end = LaneEnd::of_host(mine.take(), theirs.take(), {&workshop_.spins, &gone_});
    if (send({what, number, 0}, {end.my_region().fd(), end.their_region().fd()})) return nullptr;
    end.close_fds();
    Traffic& traffic = (number & upwards) != 0 ? traffic_upwards_[number & ~upwards] : lanes_.traffic(number);
    return std::make_unique<ClientLane>(number, std::move(end), *this, traffic);
}

namespace {

std::optional<Ceilings> group_ceilings(const Policy& policy) {
    const bool limited = policy.confines() && (policy.without & layer_limits) == 0;
    return limited ? std::optional(policy.ceilings) : std::nullopt;
}

}  // namespace

base::Check Client::launch() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return no_memory("a socket");
    control_ = base::Fd(ends[0]);
    const base::Fd theirs(ends[1]);
    // Nothing comes back: what a worker would send, descriptors too, never reaches this process.
    if (::shutdown(control_.get(), SHUT_RD) != 0) return no_memory("a socket");
    bell_ = base::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell_) return no_memory("a bell");
    {
        const std::lock_guard guard(lock_);
        verdict_.reset();
        closing_ = false;
        ++usage_.starts;
    }
    gone_.store(false);
    doomed_.store(false);
    const Launch launch{options_.helper,
                        {"--parent", std::to_string(::getpid())},
                        environment(options_.policy),
                        {theirs.get(), bell_.get()},
                        group_ceilings(options_.policy)};
    base::Result<WorkerId> started = workshop_.supervisor.start(launch, bell_.get(), *this);
    if (!started) {
        gone_.store(true);
        return started.problem();
    }
    worker_ = started.value();
    return {};
}

// The order, and the lane of the life cycle; then the plugin is loaded.
base::Check Client::hand_over() {
    const std::string policy = options_.policy.confines() ? encode(options_.policy) : std::string();
    const std::string order = encode(Order{options_.library, options_.origin, options_.offered, policy});
    base::Result<Region> memory = Region::make(order.size(), Writer::host);
    if (!memory) return memory.problem();
    std::memcpy(memory.value().writable().data(), order.data(), order.size());
    base::Check problem = send({Control::What::order, 0, order.size()}, {memory.value().fd()});
    Seat* const seat = lanes_.claim_this(0);
    seat->lane = problem ? nullptr : make_lane(0, Control::What::lane);
    if (!problem && seat->lane == nullptr) problem = no_memory("a lane");
    lanes_.release(*seat);
    return problem ? problem : load();
}

}  // namespace tenon::sandbox
