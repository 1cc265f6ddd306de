// Plugins whose manifest says serialized: their handlers never run concurrently.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "host/host.h"
#include "host/plugin.h"
#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::OpenGallery;

namespace {

using Function = std::function<std::int32_t(tenon_call*, const void*)>;

// Stands for a plugin that was loaded.
struct Serialized {
    Serialized(OpenGallery& of, const char* id) : gallery(of), plugin(*of.host.raw(), id) {
        plugin.manifest.emplace();
        plugin.manifest->id = id;
        plugin.manifest->serialized = true;
    }
    ~Serialized() { gallery.host.raw()->table().withdraw_all(plugin); }
    Serialized(const Serialized&) = delete;
    Serialized& operator=(const Serialized&) = delete;

    template <class H>
    void on(Function function) {
        functions.push_back(std::make_unique<Function>(std::move(function)));
        host::NewHandler handler;
        handler.fn = [](void* self, tenon_call* call, const void* request, void*) {
            return (*static_cast<Function*>(self))(call, request);
        };
        handler.self = functions.back().get();
        handler.plugin = &plugin;
        handler.place.owner = plugin.id();
        REQUIRE(gallery.host.raw()->table().add(*gallery.raw<H>(), handler).value() != nullptr);
    }

    OpenGallery& gallery;
    std::vector<std::unique_ptr<Function>> functions;
    host::Plugin plugin;
};

// Both have come, or nobody goes on.
struct Pair {
    std::mutex lock;
    std::condition_variable both;
    int here = 0;
    void come() {
        std::unique_lock guard(lock);
        if (++here == 2) both.notify_all();
        both.wait(guard, [&] { return here >= 2; });
    }
};

}  // namespace

TEST_CASE("handlers of a serialized plugin never run concurrently, at none of its hooks") {
    OpenGallery gallery;
    Serialized plugin(gallery, "org.tenon.test.serialized");
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<int> calls{0};
    const auto enter = [&](tenon_call*, const void*) {
        const int now = ++inside;
        int before = most;
        while (before < now && !most.compare_exchange_weak(before, now)) {
        }
        std::this_thread::yield();
        --inside;
        ++calls;
        return std::int32_t{TENON_CONTINUE};
    };
    plugin.on<gallery_notice_hook>(enter);
    plugin.on<gallery_veto_hook>(enter);
    plugin.on<gallery_parallel_notice_hook>(enter);
    plugin.on<gallery_parallel_notice_hook>(enter);
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            Scope scope(gallery.host);
            for (int round = 0; round < 200; ++round) {
                gallery.call<gallery_notice_hook>(scope);
                gallery.call<gallery_veto_hook>(scope);
                gallery.call<gallery_parallel_notice_hook>(scope);
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(most == 1);
    CHECK(calls == 3 * 200 * 4);
}

TEST_CASE("a serialized plugin may dispatch to itself") {
    OpenGallery gallery;
    Serialized plugin(gallery, "org.tenon.test.serialized");
    int inner = 0;
    plugin.on<gallery_veto_hook>([&](tenon_call*, const void*) { return ++inner, TENON_CONTINUE + 0; });
    plugin.on<gallery_notice_hook>([&](tenon_call* call, const void* request) {
        return tenon_call_hook(call, gallery.raw<gallery_veto_hook>(), request, nullptr);
    });
    CHECK(gallery.call<gallery_notice_hook>() == TENON_CONTINUE);
    CHECK(inner == 1);
    CHECK(gallery.scope.error_count() == 0);
}

TEST_CASE("a serialized plugin may dispatch in parallel to itself, with others there") {
    OpenGallery gallery;
    Serialized plugin(gallery, "org.tenon.test.serialized");
    std::atomic<int> inner{0};
    const auto count = [&](tenon_call*, const void*) { return ++inner, TENON_CONTINUE + 0; };
    for (int i = 0; i < 3; ++i) {
        plugin.on<gallery_parallel_notice_hook>(count);
        gallery.on<gallery_parallel_notice_hook>("other", 0, [&](auto...) { return ++inner, TENON_CONTINUE + 0; });
    }
    plugin.on<gallery_notice_hook>([&](tenon_call* call, const void* request) {
        return tenon_call_hook(call, gallery.raw<gallery_parallel_notice_hook>(), request, nullptr);
    });
    for (int i = 0; i < 50; ++i) CHECK(gallery.call<gallery_notice_hook>() == TENON_CONTINUE);
    CHECK(inner == 50 * 6);
    CHECK(gallery.scope.error_count() == 0);
}

TEST_CASE("serialized plugins that wait for each other are told that they are busy, and go on") {
    OpenGallery gallery;
    Serialized one(gallery, "org.tenon.test.one");
    Serialized other(gallery, "org.tenon.test.other");
    Pair pair;
    std::atomic<int> busy{0};
    std::atomic<int> reached{0};
    const auto crosses = [&](auto inner) {
        return [&, inner](tenon_call* call, const void* request) {
            pair.come();
            tenon_call_hook(call, inner, request, nullptr);
            tenon_error error = TENON_ERROR_INIT;
            if (tenon_call_nested_error(call, &error) == TENON_OK && error.code == TENON_E_BUSY) ++busy;
            return std::int32_t{TENON_CONTINUE};
        };
    };
    const auto reaches = [&](tenon_call*, const void*) { return ++reached, TENON_CONTINUE + 0; };
    one.on<gallery_notice_hook>(crosses(gallery.raw<gallery_strict_veto_hook>()));
    other.on<gallery_strict_veto_hook>(reaches);
    other.on<gallery_veto_hook>(crosses(gallery.raw<gallery_closed_notice_hook>()));
    one.on<gallery_closed_notice_hook>(reaches);
    std::thread thread([&] {
        Scope scope(gallery.host);
        gallery.call<gallery_veto_hook>(scope);
    });
    gallery.call<gallery_notice_hook>();
    thread.join();
    CHECK(busy == 1);
    CHECK(reached == 1);
}
