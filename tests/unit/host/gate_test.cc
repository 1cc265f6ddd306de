// Gates with real threads. Nothing here waits for time to pass: a thread is known to wait when the gate says so.
#include "host/gate.h"

#include <tenon/status.h>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

using namespace tenon;
using host::Gate;
using host::Gates;

namespace {

std::uint64_t now() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}
// Never reached where all is well: a gate that lets a thread wait for ever fails a test and does not hang it.
std::uint64_t far() {
    return now() + 60'000'000'000u;
}

void until_waiting(const Gate& gate, std::uint32_t count) {
    while (gate.waiting() != count) std::this_thread::yield();
}

// A thread that enters a gate and leaves it, and what came of it.
struct Visitor {
    std::int32_t status = 99;
    std::thread thread;

    Visitor(Gate& gate, std::int32_t id, std::vector<std::int32_t>* order = nullptr, std::uint64_t deadline = far()) {
        thread = std::thread([this, &gate, id, order, deadline] {
            status = gate.enter(id, deadline);
            if (status != TENON_OK) return;
            if (order != nullptr) order->push_back(id);  // the gate keeps the others away
            gate.leave();
        });
    }
    std::int32_t end() {
        thread.join();
        return status;
    }
};

}  // namespace

TEST_CASE("of the threads at a gate one is inside at a time") {
    Gates gates;
    Gate gate(gates);
    constexpr int rounds = 3000;
    std::uint64_t inside = 0;  // not atomic: the gate has to do
    std::uint64_t wrong = 0;
    std::vector<std::thread> threads;
    for (std::int32_t id = 1; id <= 4; ++id)
        threads.emplace_back([&, id] {
            for (int round = 0; round < rounds; ++round) {
                if (gate.enter(id, far()) != TENON_OK) std::abort();
                const std::uint64_t before = inside++;
                if (round % 64 == 0) std::this_thread::yield();
                if (inside != before + 1 || !gate.inside(id)) ++wrong;
                gate.leave();
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(inside == 4 * rounds);
    CHECK(wrong == 0);
    CHECK(gate.waiting() == 0);
    CHECK(gate.enter(1, 0) == TENON_OK);  // free again
    gate.leave();
}

TEST_CASE("a thread that is inside enters again, and is outside when it has left as often") {
    Gates gates;
    Gate gate(gates);
    for (int i = 0; i < 3; ++i) REQUIRE(gate.enter(1, far()) == TENON_OK);
    Visitor other(gate, 2);
    until_waiting(gate, 1);
    REQUIRE(gate.enter(1, 0) == TENON_OK);  // also while somebody waits
    for (int i = 0; i < 3; ++i) gate.leave();
    CHECK(gate.inside(1));
    CHECK(gate.waiting() == 1);
    gate.leave();
    CHECK(other.end() == TENON_OK);
    CHECK(!gate.inside(1));
    CHECK(!gate.inside(2));
}

TEST_CASE("threads come in in the order in which they came") {
    Gates gates;
    Gate gate(gates);
    REQUIRE(gate.enter(100, far()) == TENON_OK);
    std::vector<std::int32_t> order;
    std::vector<std::int32_t> wanted;
    std::deque<Visitor> visitors;
    for (std::int32_t id = 8; id > 0; --id) {
        wanted.push_back(id);
        visitors.emplace_back(gate, id, &order);
        until_waiting(gate, static_cast<std::uint32_t>(wanted.size()));
    }
    gate.leave();
    for (Visitor& visitor : visitors) CHECK(visitor.end() == TENON_OK);
    CHECK(order == wanted);
}

TEST_CASE("a wait that would close a circle is refused, and the others get on") {
    const int count = GENERATE(2, 3, 7);
    INFO(count);
    Gates gates;
    std::deque<Gate> all;
    for (int i = 0; i < count; ++i) all.emplace_back(gates);
    REQUIRE(all[0].enter(1, far()) == TENON_OK);
    // Thread n is inside gate n-1 and waits for the one before it.
    std::vector<std::int32_t> statuses(static_cast<std::size_t>(count), 99);
    std::vector<std::thread> threads;
    for (int i = 1; i < count; ++i) {
        Gate& own = all[static_cast<std::size_t>(i)];
        Gate& before = all[static_cast<std::size_t>(i) - 1];
        threads.emplace_back([&own, &before, &status = statuses[static_cast<std::size_t>(i)], i] {
            if (own.enter(i + 1, far()) != TENON_OK) return;
            status = before.enter(i + 1, far());
            if (status == TENON_OK) before.leave();
            own.leave();
        });
        until_waiting(before, 1);
    }
    CHECK(all.back().enter(1, far()) == TENON_E_BUSY);
    CHECK(all.back().waiting() == 0);
    all[0].leave();
    for (std::thread& thread : threads) thread.join();
    for (int i = 1; i < count; ++i) CHECK(statuses[static_cast<std::size_t>(i)] == TENON_OK);
    for (Gate& gate : all) {  // nothing was left behind
        CHECK(gate.enter(9, 0) == TENON_OK);
        gate.leave();
    }
}

TEST_CASE("a circle is refused also when somebody else waits for the same gate") {
    Gates gates;
    Gate one(gates);
    Gate two(gates);
    REQUIRE(one.enter(1, far()) == TENON_OK);
    std::int32_t second = 99;
    std::thread circle([&] {
        if (two.enter(2, far()) != TENON_OK) return;
        second = one.enter(2, far());
        if (second == TENON_OK) one.leave();
        two.leave();
    });
    until_waiting(one, 1);
    Visitor other(two, 3);
    until_waiting(two, 1);
    CHECK(two.enter(1, far()) == TENON_E_BUSY);
    CHECK(two.waiting() == 1);
    one.leave();
    circle.join();
    CHECK(second == TENON_OK);
    CHECK(other.end() == TENON_OK);
}

TEST_CASE("a circle that comes about when the gate is handed on is refused then") {
    Gates gates;
    Gate one(gates);
    Gate two(gates);
    REQUIRE(one.enter(1, far()) == TENON_OK);
    std::int32_t inner = 99;
    std::thread first([&] {  // waits with nothing in its hands
        if (one.enter(2, far()) != TENON_OK) return;
        inner = two.enter(2, far());
        one.leave();
    });
    until_waiting(one, 1);
    std::int32_t outer = 99;
    std::thread behind([&] {  // waits behind it, inside of what it will want
        if (two.enter(3, far()) != TENON_OK) return;
        outer = one.enter(3, far());
        if (outer == TENON_OK) one.leave();
        two.leave();
    });
    until_waiting(one, 2);
    one.leave();
    first.join();
    behind.join();
    CHECK(inner == TENON_E_BUSY);
    CHECK(outer == TENON_OK);
}

TEST_CASE("who waits for a thread that waits for something else does not close a circle") {
    Gates gates;
    Gate one(gates);
    Gate two(gates);
    REQUIRE(one.enter(1, far()) == TENON_OK);
    std::thread middle([&] {
        if (two.enter(2, far()) != TENON_OK) return;
        if (one.enter(2, far()) == TENON_OK) one.leave();
        two.leave();
    });
    until_waiting(one, 1);
    Visitor last(two, 3);
    until_waiting(two, 1);
    one.leave();
    middle.join();
    CHECK(last.end() == TENON_OK);
}

TEST_CASE("a thread waits until its deadline, and the others keep their places") {
    Gates gates;
    Gate gate(gates);
    CHECK(gate.enter(1, 0) == TENON_OK);  // nobody is inside: there is nothing to wait for
    CHECK(gate.waiting() == 0);
    std::vector<std::int32_t> order;
    Visitor first(gate, 2, &order);
    until_waiting(gate, 1);
    Visitor hasty(gate, 3, &order, now() + 2'000'000);
    CHECK(hasty.end() == TENON_E_DEADLINE);
    CHECK(gate.waiting() == 1);
    Visitor last(gate, 4, &order);
    until_waiting(gate, 2);
    CHECK(Visitor(gate, 5, &order, now()).end() == TENON_E_DEADLINE);
    CHECK(Visitor(gate, 6, &order, 0).end() == TENON_E_DEADLINE);
    gate.leave();
    CHECK(first.end() == TENON_OK);
    CHECK(last.end() == TENON_OK);
    CHECK(order == std::vector<std::int32_t>{2, 4});
}

TEST_CASE("when the only one who waited has given up, the gate is as free as before") {
    Gates gates;
    Gate gate(gates);
    REQUIRE(gate.enter(1, far()) == TENON_OK);
    CHECK(Visitor(gate, 2, nullptr, 0).end() == TENON_E_DEADLINE);
    gate.leave();
    CHECK(gate.enter(3, 0) == TENON_OK);
    gate.leave();
}

TEST_CASE("deadlines beyond the clock are never") {
    Gates gates;
    Gate gate(gates);
    REQUIRE(gate.enter(1, UINT64_MAX) == TENON_OK);
    Visitor never(gate, 2, nullptr, UINT64_MAX);
    Visitor almost_never(gate, 3, nullptr, static_cast<std::uint64_t>(INT64_MAX));
    until_waiting(gate, 2);
    gate.leave();
    CHECK(never.end() == TENON_OK);
    CHECK(almost_never.end() == TENON_OK);
}

TEST_CASE("when a plugin goes, those who wait at its gate are told, and who is inside stays until it leaves") {
    Gates gates;
    Gate gate(gates);
    REQUIRE(gate.enter(1, far()) == TENON_OK);
    Visitor one(gate, 2);
    Visitor two(gate, 3);
    until_waiting(gate, 2);
    gate.close();
    CHECK(one.end() == TENON_E_GONE);
    CHECK(two.end() == TENON_E_GONE);
    CHECK(gate.waiting() == 0);
    CHECK(gate.inside(1));
    CHECK(gate.enter(1, far()) == TENON_OK);
    CHECK(Visitor(gate, 4).end() == TENON_E_GONE);
    gate.leave();
    CHECK(gate.inside(1));
    gate.leave();
    CHECK(!gate.inside(1));
    CHECK(gate.enter(1, far()) == TENON_E_GONE);
    gate.close();
    CHECK(gate.enter(1, far()) == TENON_E_GONE);
}

TEST_CASE("a gate may go before those who waited at it have woken up") {
    Gates gates;
    for (int round = 0; round < 200; ++round) {
        auto gate = std::make_unique<Gate>(gates);
        REQUIRE(gate->enter(1, far()) == TENON_OK);
        Visitor one(*gate, 2);
        Visitor two(*gate, 3);
        until_waiting(*gate, 2);
        gate->close();
        gate->leave();
        gate.reset();
        REQUIRE(one.end() == TENON_E_GONE);
        REQUIRE(two.end() == TENON_E_GONE);
    }
}

TEST_CASE("threads that take gates inside of gates, in any order, never hang and never meet") {
    constexpr std::size_t gate_count = 4;
    Gates gates;
    std::deque<Gate> all;
    for (std::size_t i = 0; i < gate_count; ++i) all.emplace_back(gates);
    std::uint64_t visits[gate_count] = {};  // not atomic: each is kept by its gate
    struct Seen {
        std::uint64_t visits[gate_count] = {};
        std::uint64_t wrong = 0;
    };
    std::vector<Seen> seen(4);
    std::vector<std::thread> threads;
    for (std::int32_t id = 1; id <= 4; ++id)
        threads.emplace_back([&, id] {
            Seen& mine = seen[static_cast<std::size_t>(id) - 1];
            std::mt19937 random(static_cast<unsigned>(id));
            for (int round = 0; round < 10'000; ++round) {
                std::vector<std::size_t> inside;
                for (auto depth = random() % 4 + 1; depth > 0; --depth) {
                    const std::size_t which = random() % gate_count;
                    const std::uint64_t deadline = random() % 8 == 0 ? now() + random() % 20'000 : far();
                    const std::int32_t status = all[which].enter(id, deadline);
                    if (status == TENON_E_DEADLINE && deadline > now()) ++mine.wrong;
                    if (status != TENON_OK) break;
                    inside.push_back(which);
                    ++visits[which];
                    ++mine.visits[which];
                    if (random() % 4 == 0) std::this_thread::yield();
                }
                for (; !inside.empty(); inside.pop_back()) all[inside.back()].leave();
            }
        });
    for (std::thread& thread : threads) thread.join();
    for (std::size_t which = 0; which < gate_count; ++which) {
        std::uint64_t sum = 0;
        for (const Seen& one : seen) sum += one.visits[which];
        CHECK(sum == visits[which]);
        CHECK(all[which].waiting() == 0);
        CHECK(all[which].enter(9, 0) == TENON_OK);
    }
    for (const Seen& one : seen) CHECK(one.wrong == 0);
}
