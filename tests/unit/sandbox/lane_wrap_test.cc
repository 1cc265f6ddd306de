// The count of frames comes around after 2^32 of them. No test can wait for that, so here it begins shortly before.
#include <thread>

#include "tests/unit/sandbox/lanes.h"

using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

// Both counts of a side are its own, and no lane begins elsewhere than at 0; but private names may be used in an
// explicit instantiation.
void count_from(LaneEnd& end, std::uint32_t frames);
template <std::uint32_t LaneEnd::* Posted, std::uint32_t LaneEnd::* Listened>
struct Counts {
    friend void count_from(LaneEnd& end, std::uint32_t frames) { end.*Posted = end.*Listened = frames; }
};
template struct Counts<&LaneEnd::posted_, &LaneEnd::heard_>;

// As if so many frames had gone each way.
void begin_at(std::uint32_t frames, Lane& lane, LaneEnd& worker) {
    const Region words = lane.hostile();
    outbox_in(lane.host.my_region()).turn = frames;
    outbox_in(words).turn = frames;
    count_from(lane.host, frames);
    count_from(worker, frames);
}

// What the host makes of an answer with this turn, after the last frame before the count comes around.
Heard heard_after_the_last(std::uint32_t turn) {
    Lane lane;
    LaneEnd worker = lane.worker();
    begin_at(0xffff'ffffu, lane, worker);
    const Region words = lane.hostile();
    say(lane.host, "call");
    outbox_in(words).size = 0;
    outbox_in(words).turn = turn;
    return lane.host.wait(in(ms));
}

}  // namespace

TEST_CASE("frames arrive whole while the count of them comes around to 0") {
    constexpr std::uint32_t before = 50, after = 50;
    SpinPool pool;
    for (SpinPool* spins : {&pool, static_cast<SpinPool*>(nullptr)}) {
        Lane lane({spins, nullptr});
        LaneEnd worker = lane.worker();
        begin_at(0u - before, lane, worker);
        std::thread thread([&] { echo(worker); });
        for (std::uint32_t i = 0; i < before + after; ++i) {
            const std::string text = "frame " + std::to_string(i);
            say(lane.host, text);
            CHECK(lane.host.wait(in(60'000 * ms)) == Heard::frame);
            CHECK(heard(lane.host) == text);
        }
        CHECK(outbox_in(lane.host.my_region()).turn == after);
        hang_up(lane.host);
        thread.join();
    }
}

TEST_CASE("a side that is parked while the count comes around to 0 is woken") {
    Lane lane;
    LaneEnd worker = lane.worker();
    begin_at(0xffff'ffffu, lane, worker);
    const Region words = lane.hostile();
    std::thread thread([&] { echo(worker); });
    const std::uint64_t until = in(60'000 * ms);
    while (outbox_in(words).parked == 0 && tenon::base::monotonic_ns() < until) std::this_thread::yield();
    CHECK(outbox_in(words).parked == 1);
    say(lane.host, "the frame of turn 0");
    CHECK(lane.host.wait(in(60'000 * ms)) == Heard::frame);
    CHECK(heard(lane.host) == "the frame of turn 0");
    hang_up(lane.host);
    thread.join();
}

TEST_CASE("the turn after the last is 0, and every other one is a violation") {
    CHECK(heard_after_the_last(0) == Heard::frame);
    CHECK(heard_after_the_last(0xffff'ffffu) == Heard::timeout);
    for (const std::uint32_t turn : {1u, 2u, 0x8000'0000u, 0xffff'fffeu})
        CHECK(heard_after_the_last(turn) == Heard::violation);
}
