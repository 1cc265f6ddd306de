// A worker's beginning and end.
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
#include <thread>
#include <utility>

#include "base/clock.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

namespace {

std::string refusal_text(const Letter& letter, std::size_t part) {
    return escaped(std::string(letter.text(part).substr(0, 64 * 1024)));
}

// How many lanes upwards the worker has rung for. It may have changed the mode of the bell, or have emptied it; reading
// so never waits. 0: there is nothing to be read; one: kernels may not know how to read so.
std::uint64_t rings_of(int bell) noexcept {
    eventfd_t count = 0;
    const iovec bytes{&count, sizeof count};
    if (::preadv2(bell, &bytes, 1, -1, RWF_NOWAIT) == static_cast<ssize_t>(sizeof count)) return count;
    return errno == EAGAIN ? 0 : 1;
}

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

namespace {

// Its names go into messages.
bool is_clean(const Entry& entry) {
    const auto clean = [](const std::string& name) { return escaped(name) == name; };
    return std::all_of(entry.handlers.begin(), entry.handlers.end(),
                       [&](const Entry::Handler& one) { return clean(one.contract) && clean(one.hook); }) &&
           std::all_of(entry.services.begin(), entry.services.end(),
                       [&](const Entry::Service& one) { return clean(one.id); });
}

// Nothing if it cannot be meant.
std::optional<Entry> said_of_plugin(const Letter& letter) {
    constexpr std::size_t largest = 16u << 20;
    if (letter.parts[0].size() > largest) return std::nullopt;
    std::optional<Entry> entry = decode_entry(std::string(letter.text(0)));
    return entry && is_clean(*entry) ? std::move(entry) : std::nullopt;
}

}  // namespace

base::Problem Client::not_understood(const char* what) const {
    return {"worker.broke-protocol", fmt::format("{}: {}", options_.name, what),
            "The plugin overwrites memory that is not its own, or is hostile."};
}

base::Check Client::load() {
    const HeldSeat seat(lanes_, lanes_.claim_this(0));
    Letter letter;
    Talk::End end;
    base::Check problem;
    {
        Talk talk(*this, *seat->lane, nullptr, nullptr, nullptr);
        talk.limit(base::monotonic_ns() + options_.start_timeout_ns);
        Head head;
        head.kind = Kind::open;
        end = talk.run(head, [](Composer&) {}, letter);
    }
    if (!end.arrived)
        problem = end.why;
    else if (end.status < 0)
        problem = base::Problem{refusal_text(letter, 0), refusal_text(letter, 1), refusal_text(letter, 2)};
    else if (const std::optional<Entry> entry = said_of_plugin(letter))
        problem =
            handlers_.empty() && methods_.empty() && block_.magic == 0 ? understand(*entry) : understand_again(*entry);
    else
        problem = not_understood("what its worker says of the plugin is not to be understood");
    if (problem && problem->id == "worker.broke-protocol") condemn(*problem);
    loaded_.store(!problem, std::memory_order_release);
    return problem;
}

namespace {

bool same_shape(const Entry& a, const Entry& b) {
    const auto handler = [](const Entry::Handler& x, const Entry::Handler& y) {
        return x.contract == y.contract && x.hook == y.hook;
    };
    const auto service = [](const Entry::Service& x, const Entry::Service& y) {
        return x.id == y.id && std::equal(x.methods.begin(), x.methods.end(), y.methods.begin(), y.methods.end(),
                                          [](std::uint64_t m, std::uint64_t n) { return (m == 0) == (n == 0); });
    };
    return a.slots == b.slots &&
           std::equal(a.handlers.begin(), a.handlers.end(), b.handlers.begin(), b.handlers.end(), handler) &&
           std::equal(a.services.begin(), a.services.end(), b.services.begin(), b.services.end(), service);
}

Client& of_self(void* self) {
    return *static_cast<Client*>(self);
}

tenon_lifecycle slots_for(std::uint32_t bits) {
    tenon_lifecycle slots{};
    slots.struct_size = sizeof slots;
    // The host gives `out_self` what the module says (Module::self).
    slots.create = [](tenon_init* init, void** self) { return of_self(*self).run_slot(Kind::create, init); };
    slots.start = [](void* self, tenon_init* init) { return of_self(self).run_slot(Kind::start, init); };
    slots.stop = [](void* self) { return of_self(self).run_slot(Kind::stop, nullptr); };
    slots.destroy = [](void* self) { static_cast<void>(of_self(self).run_slot(Kind::destroy, nullptr)); };
    if ((bits & slot_save_state) != 0)
        slots.save_state = [](void* self, tenon_call* call, tenon_state* out) {
            return of_self(self).save_state(call, out);
        };
    if ((bits & slot_restore_state) != 0)
        slots.restore_state = [](void* self, tenon_call* call, const tenon_state* state) {
            return of_self(self).restore_state(call, *state);
        };
    if ((bits & slot_apply_journal) != 0)
        slots.apply_journal = [](void* self, tenon_call* call, tenon_bytes entry) {
            return of_self(self).apply_journal(call, entry);
        };
    return slots;
}

tenon_str borrowed(const std::string& text) {
    return {text.data(), text.size()};
}

}  // namespace

// The tables that the host reads in place of the plugin's own.
base::Check Client::understand(const Entry& entry) {
    said_ = entry;
    for (const Entry::Handler& handler : said_.handlers) {
        const Contracts::Hook hook = contracts_->hook(handler.contract, handler.hook);
        handlers_.emplace_back(this, handler.target, hook.types, hook.kind, 0);
        handler_table_.push_back({borrowed(handler.contract), borrowed(handler.hook), call_thunk});
    }
    for (const Entry::Service& service : said_.services) {
        const loader::Service* const own = service_in(own_, service.id);
        std::vector<Types> types = own != nullptr ? contracts_->methods(*own) : std::vector<Types>();
        types.resize(service.methods.size());
        std::deque<Thunk>& thunks = methods_.emplace_back();
        std::vector<tenon_handler_fn>& functions = method_table_.emplace_back();
        for (std::size_t method = 0; method < service.methods.size(); ++method) {
            thunks.emplace_back(this, service.methods[method], types[method], 0, 0);
            functions.push_back(service.methods[method] != 0 ? call_thunk : nullptr);
        }
        service_table_.push_back({borrowed(service.id), functions.data(), functions.size()});
    }
    slots_ = slots_for(entry.slots);
    block_ = {TENON_MAGIC,
              TENON_ABI_MAJOR,
              TENON_ABI_MINOR_REQUIRED,
              TENON_ABI_MINOR,
              0,
              0,
              nullptr,
              0,
              &slots_,
              {handler_table_.data(), handler_table_.size(), sizeof(tenon_handler), 0},
              {service_table_.data(), service_table_.size(), sizeof(tenon_service_table), 0}};
    return {};
}

// A worker that is started again has the same plugin; only the numbers of its functions are new. Calls that will find
// no lane may look at all else meanwhile.
base::Check Client::understand_again(const Entry& entry) {
    if (!same_shape(entry, said_)) return not_understood("its new worker says something else of the plugin");
    for (std::size_t i = 0; i < entry.handlers.size(); ++i) handlers_[i].target.store(entry.handlers[i].target);
    for (std::size_t i = 0; i < entry.services.size(); ++i)
        for (std::size_t method = 0; method < entry.services[i].methods.size(); ++method)
            methods_[i][method].target.store(entry.services[i].methods[method]);
    return {};
}

bool Client::contains(const void*) const {
    return false;  // nothing of the plugin is in this process
}

base::Problem Client::why_ended() const {
    const std::lock_guard guard(lock_);
    if (verdict_) return *verdict_;
    return {"worker.ended", fmt::format("{}: its worker does not run", options_.name),
            "It is started again; if it ends too often, its row in the report says why."};
}

void Client::condemn(base::Problem why, Kill kill) noexcept {
    {
        const std::lock_guard guard(lock_);
        if (!verdict_) verdict_ = std::move(why);
    }
    superior_.ending();
    loaded_.store(false);
    admits_.store(false);
    gone_.store(true);
    doomed_.store(true);
    if (kill == Kill::soon) return workshop_.supervisor.kill_doomed_soon();
    workshop_.supervisor.kill(worker_);
}

namespace {

// The kernel knows a process that has ended less exactly, or not at all; what was said must not be taken back.
Usage at_least(Usage usage, const LiveUsage& seen) {
    const std::uint64_t cpu_ns = usage.user_ns + usage.system_ns;
    if (cpu_ns < seen.cpu_ns) usage.user_ns += seen.cpu_ns - cpu_ns;
    usage.peak_resident_kib = std::max(usage.peak_resident_kib, seen.peak_resident_kib);
    usage.minor_faults = std::max(usage.minor_faults, seen.minor_faults);
    usage.major_faults = std::max(usage.major_faults, seen.major_faults);
    usage.voluntary_switches = std::max(usage.voluntary_switches, seen.voluntary_switches);
    usage.involuntary_switches = std::max(usage.involuntary_switches, seen.involuntary_switches);
    return usage;
}

void add(Usage& sum, const Usage& more) {
    sum.user_ns += more.user_ns;
    sum.system_ns += more.system_ns;
    sum.minor_faults += more.minor_faults;
    sum.major_faults += more.major_faults;
    sum.voluntary_switches += more.voluntary_switches;
    sum.involuntary_switches += more.involuntary_switches;
    sum.peak_resident_kib = std::max(sum.peak_resident_kib, more.peak_resident_kib);
}

// What the live process says now, but never less than it said before: threads that end take their switches along.
LiveUsage no_less(LiveUsage now, const LiveUsage& seen) {
    now.cpu_ns = std::max(now.cpu_ns, seen.cpu_ns);
    now.peak_resident_kib = std::max(now.peak_resident_kib, seen.peak_resident_kib);
    now.minor_faults = std::max(now.minor_faults, seen.minor_faults);
    now.major_faults = std::max(now.major_faults, seen.major_faults);
    now.voluntary_switches = std::max(now.voluntary_switches, seen.voluntary_switches);
    now.involuntary_switches = std::max(now.involuntary_switches, seen.involuntary_switches);
    return now;
}

}  // namespace

// Before callers see the end and report it.
void Client::pass_on_last_words(const Ending& ending) noexcept {
    try {
        if (ending.how == Ending::How::signalled) superior_.last_words(workshop_.supervisor.last_words(worker_));
    } catch (const std::bad_alloc&) {  // then without them
    }
}

void Client::on_end(const Ending& ending) noexcept {
    base::Problem why;
    bool meant = false;
    {
        const std::lock_guard guard(lock_);
        meant = closing_;
        if (!verdict_)
            verdict_ = base::Problem{"worker.ended", fmt::format("{}: its worker {}", options_.name, to_text(ending)),
                                     "The log has what it printed last; mend the plugin."};
        why = *verdict_;
        add(usage_.ended, at_least(ending.usage, seen_));
        seen_ = {};
        ++ends_;
    }
    if (!meant) {
        superior_.ending();
        pass_on_last_words(ending);
    }
    loaded_.store(false);
    admits_.store(false);
    gone_.store(true);
    give_up_pendings();
    if (meant) return;
    superior_.ended(why);
}

// What a worker has promised nobody will answer now.
void Client::give_up_pendings() noexcept {
    std::unordered_map<std::uint64_t, Promise> promises;
    {
        const std::lock_guard guard(lock_);
        promises.swap(promises_);
        completing_.fetch_add(1);
    }
    static constexpr char text[] = "its worker has ended";
    for (const auto& [number, promise] : promises)
        promise.pending->ops->complete(promise.pending, TENON_E_GONE, nullptr, {text, sizeof text - 1});
    completing_.fetch_sub(1);
}

void Client::give_up_answers() noexcept {
    give_up_pendings();
    while (completing_.load() != 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
}

// Threads of the plugin's own want to ask for something; each is served on a thread of ours.
void Client::on_bell() noexcept {
    add_lanes_upwards(std::min<std::uint64_t>(rings_of(bell_.get()), most_lanes_upwards));
}

// A lane is made without the lock: a worker that has closed its socket is asked about under it. Nobody else adds any.
void Client::add_lanes_upwards(std::uint64_t count) noexcept {
    for (; count != 0; --count) {
        std::uint32_t number = 0;
        {
            const std::lock_guard guard(lock_);
            if (closing_ || gone_.load() || upward_.size() >= most_lanes_upwards) return;
            number = static_cast<std::uint32_t>(upward_.size()) | upwards;
        }
        // The plugin's thread would wait for ever, and whoever waits for that thread.
        if (!add_lane_upwards(number)) return condemn(no_memory("a lane"));
    }
}

bool Client::add_lane_upwards(std::uint32_t number) noexcept {
    try {
        std::unique_ptr<ClientLane> lane = make_lane(number, Control::What::lane_up);
        if (lane == nullptr) return false;
        const std::lock_guard guard(lock_);
        ClientLane& kept = *upward_.emplace_back(std::move(lane));
        attendants_.emplace_back([this, &kept] { attend(kept); });
        return true;
    } catch (const std::exception&) {
        const std::lock_guard guard(lock_);
        if (upward_.size() > attendants_.size()) upward_.back()->left.store(true);
        return false;
    }
}

std::optional<std::uint64_t> Client::admit_line() noexcept {
    const std::lock_guard guard(lock_);
    if (log_lines_.use(1, base::monotonic_ns())) return std::exchange(dropped_lines_, 0);
    ++dropped_lines_;
    return std::nullopt;
}

void Client::attend(ClientLane& lane) noexcept {
    Talk(*this, lane, nullptr, nullptr, nullptr).attend();
    lane.left.store(true);
}

bool Client::end_lanes(std::uint64_t until_ns) noexcept {
    if (!lanes_.end_all(until_ns)) return false;
    std::vector<ClientLane*> lanes;
    {
        const std::lock_guard guard(lock_);
        for (const std::unique_ptr<ClientLane>& lane : upward_) lanes.push_back(lane.get());
    }
    for (ClientLane* lane : lanes)
        while (!lane->left.load()) {
            if (base::monotonic_ns() >= until_ns) return false;
            lane->end().nudge();
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    std::vector<std::thread> attendants;
    {
        const std::lock_guard guard(lock_);
        attendants.swap(attendants_);
    }
    for (std::thread& attendant : attendants) attendant.join();
    const std::lock_guard guard(lock_);
    upward_.clear();
    hooks_.clear();
    services_.clear();
    return true;
}

bool Client::clear(std::uint64_t until_ns) noexcept {
    workshop_.supervisor.remove(worker_.exchange(0));
    superior_.stop_requests();
    return end_lanes(until_ns);
}

// Handlers that the plugin had added are gone with it: its new worker adds them again, if it wants to.
base::Check Client::restart() {
    ++incarnation_;
    std::unordered_map<std::uint64_t, Added> added;
    {
        const std::lock_guard guard(lock_);
        added.swap(added_);
    }
    for (const auto& [number, one] : added) {
        plugin_->ops->remove_handler(plugin_, one.registration, 0);
        leave(*one.thunk);
    }
    base::Check problem = launch();
    if (!problem) problem = hand_over();
    if (problem) condemn(*problem);
    return problem;
}

loader::Module::Unmapped Client::close() {
    if (worker_ == 0) return {true, {}, {}};
    loaded_.store(false);
    admits_.store(false);
    {
        const std::lock_guard guard(lock_);
        closing_ = true;
        init_ = nullptr;
    }
    try {
        run_slot(Kind::close, nullptr);
    } catch (...) {  // its destructors throw; it ends all the same
    }
    workshop_.supervisor.remove(worker_.exchange(0));
    gone_.store(true);
    superior_.stop_requests();
    end_lanes(for_ever);
    give_up_answers();
    control_.close();
    bell_.close();
    return {true, {}, {}};
}

// The kernel is asked without the lock, which callers take whose budget is over.
ClientUsage Client::usage() const {
    std::unique_lock lock(lock_);
    const std::uint64_t ends = ends_;
    lock.unlock();
    const WorkerId worker = worker_;
    const pid_t pid = workshop_.supervisor.pid(worker);
    const std::optional<LiveUsage> live = workshop_.supervisor.usage(worker);
    lock.lock();
    ClientUsage out = usage_;
    if (ends == ends_) {
        out.pid = pid;
        seen_ = no_less(live.value_or(LiveUsage{}), seen_);
    }
    out.live = seen_;
    lock.unlock();
    out.lanes = open_lanes_.load(std::memory_order_relaxed);
    const auto fold = [&out](const Traffic& traffic) {
        out.calls += traffic.calls.load(std::memory_order_relaxed);
        out.bytes_out += traffic.bytes_out.load(std::memory_order_relaxed);
        out.bytes_in += traffic.bytes_in.load(std::memory_order_relaxed);
    };
    lanes_.each_traffic(fold);
    for (const TrafficUpwards& traffic : traffic_upwards_) fold(traffic);
    return out;
}

}  // namespace tenon::sandbox
