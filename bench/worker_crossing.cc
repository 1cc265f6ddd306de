#include "worker_crossing.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "measure.h"

namespace bench {

namespace {

// In the memory that the measuring process and its parent share.
struct Taken {
    std::size_t count;
    float ns[1];
};

void end_with(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // it was already gone
}

void sleep_us(std::uint64_t us) {
    const struct timespec time = {0, static_cast<long>(us * 1000)};
    ::nanosleep(&time, nullptr);
}

// Makes requests that differ and checks what comes back.
class Conversation {
public:
    Conversation(Trip trip, std::size_t size) : trip_(std::move(trip)), request_(size), reply_(reply_size(size)) {
        for (std::size_t i = 8; i < size; ++i) request_[i] = static_cast<char>(i * 7 + i / 251);
        rest_ = size == small_request ? 1 : sum_of(request_.data(), size);
    }
    void once() {
        ++number_;
        std::memcpy(request_.data(), &number_, sizeof number_);
        trip_(request_.data(), reply_.data());
        std::uint64_t came = 0;
        std::memcpy(&came, reply_.data(), sizeof came);
        if (came != number_ + rest_) throw std::runtime_error("a wrong answer");
    }

private:
    Trip trip_;
    std::vector<char> request_, reply_;
    std::uint64_t number_ = 0, rest_ = 0;
};

void measure_into(Taken& taken, Conversation& conversation, const Pace& pace) {
    const auto warm = wall_ns() + static_cast<std::uint64_t>(pace.seconds * 2e8);
    for (std::size_t i = 0; i < 10'000 && wall_ns() < warm; ++i) conversation.once();
    const std::uint64_t end = wall_ns() + static_cast<std::uint64_t>(pace.seconds * 1e9);
    for (std::uint64_t begun = wall_ns(); taken.count < pace.most && begun < end;) {
        if (pace.idle_us != 0) {
            sleep_us(pace.idle_us);
            begun = wall_ns();
        }
        conversation.once();
        const std::uint64_t ended = wall_ns();
        taken.ns[taken.count++] = static_cast<float>(ended - begun);
        begun = ended;
    }
}

// The process that calls.
[[noreturn]] void call_and_exit(const Crossing& crossing, const Placement& placement, std::size_t size,
                                const Pace& pace, Taken& taken, pid_t parent) {
    try {
        end_with(parent);
        if (!pin(placement.caller)) throw std::runtime_error("there is no such processor");
        {
            Conversation conversation(crossing.start(placement, size), size);
            measure_into(taken, conversation, pace);
        }  // what it has started is gone, with its files
        ::_exit(0);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", crossing.name.c_str(), e.what());
        ::_exit(1);
    }
}

}  // namespace

std::uint64_t sum_of(const char* bytes, std::size_t size) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + sizeof sum <= size; i += sizeof sum) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + i, sizeof word);
        sum += word;
    }
    return sum;
}

void answer(const char* request, std::size_t size, char* reply) {
    std::uint64_t first = 0;
    if (size == small_request) {
        std::memcpy(reply, request, size);
        std::memcpy(&first, request, sizeof first);
        ++first;
    } else {
        first = sum_of(request, size);
    }
    std::memcpy(reply, &first, sizeof first);
}

void answer_apart(int processor, const std::function<void()>& serve) {
    const pid_t parent = ::getpid(), child = ::fork();
    if (child < 0) throw std::runtime_error("no second process");
    if (child != 0) return;
    try {
        end_with(parent);
        if (!pin(processor)) throw std::runtime_error("there is no such processor");
        serve();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "the process that answers: %s\n", e.what());
    }
    ::_exit(1);
}

std::vector<double> trips(const Crossing& crossing, const Placement& placement, std::size_t size, const Pace& pace) {
    const std::size_t room = sizeof(Taken) + pace.most * sizeof(float);
    void* const memory = ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no memory for the times");
    Taken& taken = *static_cast<Taken*>(memory);
    const pid_t parent = ::getpid(), child = ::fork();
    if (child == 0) call_and_exit(crossing, placement, size, pace, taken, parent);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error(crossing.name + " could not be measured");
    std::vector<double> out(taken.ns, taken.ns + taken.count);
    ::munmap(memory, room);
    return out;
}

}  // namespace bench
