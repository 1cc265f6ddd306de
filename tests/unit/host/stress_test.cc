// Handlers come and go from any thread while others dispatch. Run under ThreadSanitizer by the tsan preset.
#include <atomic>
#include <memory>
#include <random>
#include <thread>

#include "host/host.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

namespace {

constexpr int dispatchers = 3;
constexpr int changers = 2;
constexpr int changes = 2000;

// What a handler stands on: gone, it must not be called any more.
struct Ground {
    std::atomic<std::uint64_t>* calls;
    std::atomic<std::uint64_t>* stray;
    std::atomic<bool> there{true};
    std::uint64_t canary = 0x600d;
};

int32_t stand(void* self, tenon_call*, const void*, void*) {
    auto& ground = *static_cast<Ground*>(self);
    if (!ground.there.load() || ground.canary != 0x600d) ground.stray->fetch_add(1);
    ground.calls->fetch_add(1, std::memory_order_relaxed);
    return TENON_CONTINUE;
}

int32_t add(tenon_hook* hook, const char* name, Ground* ground, int32_t priority, tenon_registration** out) {
    auto options = sized<tenon_handler_options>();
    options.name = str(name);
    options.priority = priority;
    return tenon_hook_add(hook, &options, stand, ground, out, nullptr);
}

// As a plugin's handler; nullptr when the plugin has been withdrawn.
tenon_registration* add_own(host::Table& table, tenon_hook* hook, tenon_handler_fn fn, void* self, host::Plugin& plugin,
                            int32_t priority) {
    host::NewHandler handler;
    handler.fn = fn;
    handler.self = self;
    handler.plugin = &plugin;
    handler.place.owner = "own";
    handler.place.priority = priority;
    return table.add(*hook, handler).value();
}

}  // namespace

TEST_CASE("handlers come and go from two threads while three dispatch, and none is called after it was waited for") {
    OpenShop shop;
    tenon_hook* const sold = shop.sold().raw();
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> stray{0};
    std::atomic<std::uint64_t> steady{0};
    std::atomic<bool> stop{false};
    Ground always{&steady, &stray, true, 0x600d};
    tenon_registration* kept = nullptr;
    REQUIRE(add(sold, "always", &always, 0, &kept) == TENON_OK);

    std::atomic<std::uint64_t> dispatched{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < dispatchers; ++i)
        threads.emplace_back([&] {
            Scope own(shop.host);
            const auto article = sized<shop_article>();
            while (!stop) {
                if (tenon_hook_call(sold, own.raw(), &article, nullptr) != TENON_CONTINUE) stray.fetch_add(1);
                dispatched.fetch_add(1, std::memory_order_relaxed);
            }
        });
    std::vector<std::thread> writers;
    for (int i = 0; i < changers; ++i)
        writers.emplace_back([&, i] {
            std::mt19937 random(static_cast<unsigned>(i));
            for (int change = 0; change < changes; ++change) {
                auto ground = std::make_unique<Ground>();
                ground->calls = &calls;
                ground->stray = &stray;
                tenon_registration* mine = nullptr;
                if (add(sold, "comes", ground.get(), static_cast<int32_t>(random() % 3) - 1, &mine) != TENON_OK)
                    stray.fetch_add(1);
                if (random() % 4 == 0) std::this_thread::yield();
                if (tenon_hook_remove(sold, mine, 1) != TENON_OK) stray.fetch_add(1);
                ground->there = false;
                ground->canary = 0;
            }  // the ground is freed here: a call now would be a use after free
        });
    for (std::thread& writer : writers) writer.join();
    while (dispatched < 100) std::this_thread::yield();
    stop = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(stray == 0);
    CHECK(steady == dispatched);  // no dispatch has left out the one that was always there
}

TEST_CASE("a handler that never returns does not keep the removal of another from being waited for") {
    OpenShop shop;
    std::atomic<bool> inside{false};
    std::atomic<bool> leave{false};
    shop.on_sold("stuck", 10, [&](tenon_call*, const shop_article&) {
        inside = true;
        while (!leave) std::this_thread::yield();
        return TENON_CONTINUE;
    });
    std::atomic<int> calls{0};
    tenon_registration* const other =
        shop.on_sold("other", 0, [&](tenon_call*, const shop_article&) { return ++calls, TENON_CONTINUE; });
    std::thread caller([&] {
        Scope own(shop.host);
        shop.sold()(own, sized<shop_article>());
    });
    while (!inside) std::this_thread::yield();
    CHECK(tenon_hook_remove(shop.sold().raw(), other, 1) == TENON_OK);  // returns although "stuck" has not
    leave = true;
    caller.join();
    CHECK(calls == 0);  // and the dispatch that had begun before did not call it afterwards
}

namespace {

// A handler that stays until it is let go, and then notes whether somebody who should have waited had returned.
struct Stay {
    std::atomic<bool> inside{false};
    std::atomic<bool> leave{false};
    std::atomic<bool> returned{false};
    std::atomic<bool> waited{false};
};

int32_t stay(void* self, tenon_call*, const void*, void*) {
    auto& in = *static_cast<Stay*>(self);
    in.inside = true;
    while (!in.leave) std::this_thread::yield();
    in.waited = !in.returned;
    return TENON_CONTINUE;
}

// Lets it go when the remover can be seen to be on its way; whether it has begun to wait by then is up to the
// scheduler, but one that does not wait is caught whenever it has.
void let_go(Stay& in, const std::atomic<bool>& on_its_way) {
    while (!on_its_way) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    in.leave = true;
}

}  // namespace

TEST_CASE("removing a handler waits for its call, also when the host has withdrawn it already") {
    OpenShop shop;
    host::Table& table = shop.host.raw()->table();
    host::Plugin plugin(*shop.host.raw(), "stands for a plugin");
    Stay staying;
    tenon_registration* const registration = add_own(table, shop.sold().raw(), stay, &staying, plugin, 0);
    std::thread caller([&] {
        Scope own(shop.host);
        shop.sold()(own, sized<shop_article>());
    });
    while (!staying.inside) std::this_thread::yield();
    table.withdraw_all(plugin);
    std::atomic<bool> on_its_way{false};
    std::thread releaser([&] { let_go(staying, on_its_way); });
    on_its_way = true;
    CHECK(table.remove(registration, &plugin, nullptr, true) != TENON_E_STATE);
    staying.returned = true;
    releaser.join();
    caller.join();
    CHECK(staying.waited);
}

TEST_CASE("a plugin that was withdrawn registers nothing more") {
    OpenShop shop;
    host::Table& table = shop.host.raw()->table();
    host::Plugin plugin(*shop.host.raw(), "stands for a plugin");
    Stay unused;
    CHECK(add_own(table, shop.sold().raw(), stay, &unused, plugin, 0) != nullptr);
    table.withdraw_all(plugin);
    CHECK(add_own(table, shop.sold().raw(), stay, &unused, plugin, 0) == nullptr);
}

TEST_CASE("plugins are withdrawn while their own thread adds and removes, and others dispatch") {
    OpenShop shop;
    host::Table& table = shop.host.raw()->table();
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> stray{0};
    std::thread dispatcher([&] {
        Scope own(shop.host);
        const auto article = sized<shop_article>();
        while (!stop) tenon_hook_call(shop.sold().raw(), own.raw(), &article, nullptr);
    });
    for (int round = 0; round < 100; ++round) {
        host::Plugin plugin(*shop.host.raw(), "stands for a plugin");
        auto ground = std::make_unique<Ground>();
        ground->calls = &calls;
        ground->stray = &stray;
        std::atomic<int> rounds{0};
        std::thread worker([&] {
            for (bool open = true; open; ++rounds) {
                std::vector<tenon_registration*> all;
                for (int i = 0; i < 40; ++i)
                    all.push_back(add_own(table, shop.sold().raw(), stand, ground.get(), plugin, i));
                open = all.back() != nullptr;
                for (tenon_registration* one : all)
                    if (one != nullptr) table.remove(one, &plugin, nullptr, true);
            }
        });
        while (rounds < 2) std::this_thread::yield();
        table.withdraw_all(plugin);
        worker.join();
        if (!table.wait([&](const tenon_registration& r) { return r.plugin == &plugin; }, UINT64_MAX))
            stray.fetch_add(1);
        ground->there = false;  // and then it is freed: a call now would be a use after free
    }
    while (calls == 0) std::this_thread::yield();
    stop = true;
    dispatcher.join();
    CHECK(stray == 0);
}

TEST_CASE("waiting returns only after the call that was running has returned") {
    OpenShop shop;
    Stay staying;
    tenon_registration* const slow = shop.sold().add("slow", stay, &staying);
    std::thread caller([&] {
        Scope own(shop.host);
        shop.sold()(own, sized<shop_article>());
    });
    while (!staying.inside) std::this_thread::yield();
    std::atomic<bool> on_its_way{false};
    std::thread releaser([&] { let_go(staying, on_its_way); });
    on_its_way = true;
    CHECK(shop.sold().remove(slow));
    staying.returned = true;
    releaser.join();
    caller.join();
    CHECK(staying.waited);
}
