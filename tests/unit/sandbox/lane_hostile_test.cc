// What a worker that breaks the rules, or dies, does to a host that waits for it.
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atomic>
#include <thread>

#include "tests/unit/sandbox/lanes.h"

using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

// Says one frame with words of the worker's choice, in answer to a call.
Heard heard_after(std::uint32_t version, std::uint32_t turn, std::uint32_t size) {
    Lane lane;
    const Region words = lane.hostile();
    say(lane.host, "call");
    outbox_in(words).version = version;
    outbox_in(words).size = size;
    outbox_in(words).turn = turn;
    const Heard heard = lane.host.wait(in(ms));
    if (heard == Heard::violation) CHECK(lane.host.wait(for_ever) == Heard::violation);
    return heard;
}

// Threads that wait on the word and were woken.
long woken_at(Word& word) {
    return ::syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

// A worker that wakes the host as often as it can and never answers.
class Flood {
public:
    explicit Flood(const Lane& lane) : words_(lane.hostile()), thread_([this] { run(); }) {}
    ~Flood() {
        end_ = true;
        thread_.join();
    }
    std::uint64_t tries() const { return tries_; }
    long woken() const { return woken_; }

private:
    void run() {
        while (!end_) {
            woken_ += woken_at(outbox_in(words_).turn);
            ++tries_;
        }
    }
    Region words_;
    std::atomic<bool> end_{false};
    std::atomic<std::uint64_t> tries_{0};
    std::atomic<long> woken_{0};
    std::thread thread_;
};

template <class Work>
pid_t in_a_worker(const Work& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        work();
        ::_exit(0);
    }
    return child;
}

}  // namespace

TEST_CASE("a right frame is heard, and so is the largest") {
    CHECK(heard_after(1, 1, 0) == Heard::frame);
    CHECK(heard_after(1, 1, room) == Heard::frame);
}

TEST_CASE("memory full of zeros is no frame") {
    CHECK(heard_after(0, 0, 0) == Heard::timeout);
    CHECK(heard_after(0, 1, 0) == Heard::violation);
}

TEST_CASE("a frame of another version is a violation") {
    CHECK(heard_after(2, 1, 0) == Heard::violation);
}

TEST_CASE("a turn that is neither the last nor the next is a violation") {
    for (const std::uint32_t turn : {2u, 3u, 0x8000'0000u, 0xffff'ffffu})
        CHECK(heard_after(1, turn, 0) == Heard::violation);
}

TEST_CASE("a size beyond the room is a violation") {
    for (const std::uint32_t size : {room + 1, room + 64, 0x8000'0000u, 0xffff'ffffu})
        CHECK(heard_after(1, 1, size) == Heard::violation);
}

TEST_CASE("a worker that answers before it is asked breaks the rules") {
    Lane lane;
    LaneEnd worker = lane.worker();
    say(worker, "an answer");
    say(lane.host, "the question");
    CHECK(lane.host.wait(for_ever) == Heard::violation);
}

TEST_CASE("a worker that takes its frame back breaks the rules") {
    Lane lane;
    LaneEnd worker = lane.worker();
    const Region words = lane.hostile();
    say(lane.host, "call");
    say(worker, "answer");
    REQUIRE(lane.host.wait(for_ever) == Heard::frame);
    outbox_in(words).turn = 0;
    say(lane.host, "next call");
    CHECK(lane.host.wait(for_ever) == Heard::violation);
}

TEST_CASE("a worker that gives its memory back to the kernel harms only itself") {
    Lane lane;
    LaneEnd worker = lane.worker();
    say(lane.host, "call");
    say(worker, "answer");
    REQUIRE(lane.host.wait(for_ever) == Heard::frame);
    REQUIRE(heard(lane.host) == "answer");
    const Region words = lane.hostile();
    REQUIRE(::madvise(words.writable().data(), words.writable().size(), MADV_REMOVE) == 0);
    CHECK(heard(lane.host) == std::string(6, '\0'));
    say(lane.host, "next call");
    CHECK(lane.host.wait(for_ever) == Heard::violation);
}

TEST_CASE("the size that was checked is the size that is used") {
    Lane lane;
    LaneEnd worker = lane.worker();
    const Region words = lane.hostile();
    say(lane.host, "call");
    say(worker, "answer");
    REQUIRE(lane.host.wait(for_ever) == Heard::frame);
    outbox_in(words).size = 0xffff'ffffu;
    CHECK(heard(lane.host) == "answer");
}

TEST_CASE("a worker that never answers costs no more than the deadline") {
    SpinPool pool;
    const std::atomic<bool> gone{false};
    for (const HostSide& side : {HostSide{}, HostSide{&pool, nullptr}, HostSide{&pool, &gone}}) {
        Lane lane(side);
        const Region words = lane.hostile();
        outbox_in(words).cpu = 1000;  // says that it runs elsewhere
        outbox_in(words).parked = 1;  // and asks for ever to be woken
        for (int call = 0; call < 3; ++call) {
            lane.host.post(0);
            const std::uint64_t until = in(3 * ms);
            CHECK(lane.host.wait(until) == Heard::timeout);
            CHECK(tenon::base::monotonic_ns() >= until);
        }
    }
}

TEST_CASE("a worker that floods the host with wakes does not keep it from its deadline") {
    Lane lane;
    const Flood flood(lane);
    lane.host.post(0);
    const std::uint64_t until = in(20 * ms);
    CHECK(lane.host.wait(until) == Heard::timeout);
    CHECK(tenon::base::monotonic_ns() >= until);
}

TEST_CASE("a worker that floods the host with wakes is heeded a few times and then no more") {
    Lane lane;
    const Flood flood(lane);
    lane.host.post(0);
    const Look until_it_has_tried{[](void* self) noexcept {
                                      const auto& wakes = *static_cast<const Flood*>(self);
                                      return wakes.woken() < 16 || wakes.tries() < 100'000;
                                  },
                                  const_cast<Flood*>(&flood)};
    CHECK(lane.host.wait(for_ever, until_it_has_tried) == Heard::timeout);
    CHECK(flood.woken() == 16);
}

TEST_CASE("an answer that comes amid a flood of wakes is heard") {
    Lane lane;
    LaneEnd worker = lane.worker();
    const Flood flood(lane);
    std::thread thread([&] {
        if (worker.wait(for_ever) != Heard::frame) std::abort();
        while (flood.woken() < 16) std::this_thread::yield();
        say(worker, "answer");
    });
    say(lane.host, "call");
    CHECK(lane.host.wait(for_ever) == Heard::frame);
    CHECK(heard(lane.host) == "answer");
    thread.join();
}

TEST_CASE("a worker that dies while the host waits ends the wait") {
    std::atomic<bool> gone{false};
    Lane lane({nullptr, &gone});
    LaneEnd worker = lane.worker();
    const pid_t child = in_a_worker([&] { worker.wait(for_ever); });
    std::thread watcher([&] {
        if (::waitpid(child, nullptr, 0) != child) std::abort();
        gone = true;
    });
    say(lane.host, "call");
    CHECK(lane.host.wait(for_ever) == Heard::gone);
    CHECK(lane.host.wait(for_ever) == Heard::gone);
    watcher.join();
}

TEST_CASE("what a worker said before it died is heard") {
    std::atomic<bool> gone{false};
    Lane lane({nullptr, &gone});
    LaneEnd worker = lane.worker();
    const pid_t child = in_a_worker([&] {
        if (worker.wait(for_ever) == Heard::frame) say(worker, "last words");
    });
    say(lane.host, "call");
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    gone = true;
    REQUIRE(lane.host.wait(for_ever) == Heard::frame);
    CHECK(heard(lane.host) == "last words");
    say(lane.host, "call");
    CHECK(lane.host.wait(for_ever) == Heard::gone);
}

TEST_CASE("a worker that answers and dies while the host is parked is heard") {
    struct Worker {
        LaneEnd end;
        std::atomic<bool>& gone;
    };
    std::atomic<bool> gone{false};
    Lane lane({nullptr, &gone});
    Worker worker{lane.worker(), gone};
    const Look dies{[](void* self) noexcept {
                        auto& dying = *static_cast<Worker*>(self);
                        say(dying.end, "last words");
                        dying.gone = true;
                        return true;
                    },
                    &worker};
    say(lane.host, "call");
    REQUIRE(lane.host.wait(for_ever, dies) == Heard::frame);
    CHECK(heard(lane.host) == "last words");
}
