// ASYNC, REPLAY and deadlines of hooks.
#include <atomic>
#include <set>
#include <string>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::item;
using tenon::test::OpenGallery;

namespace {

// Hands the token of its call out.
OpenGallery::Handler defers(tenon_pending*& out, std::int32_t status = TENON_PENDING) {
    return [&out, status](tenon_call* call, const gallery_item*, gallery_item*) {
        CHECK(tenon_call_defer(call, &out) == TENON_OK);
        return status;
    };
}

std::int32_t complete(tenon_pending* pending, std::int32_t status, const gallery_item* reply = nullptr,
                      const char* text = "") {
    return pending->ops->complete(pending, status, reply, tenon_str_from(text));
}

}  // namespace

TEST_CASE("an answer comes later, from another thread, with memory of its own") {
    OpenGallery gallery;
    tenon_pending* pending = nullptr;
    bool asked_next = false;
    gallery.on<gallery_async_first_hook>("later", 1, defers(pending));
    gallery.on<gallery_async_first_hook>("next", 0, [&](auto...) { return asked_next = true, TENON_HANDLED + 0; });
    gallery_item answer = item();
    REQUIRE(gallery.call<gallery_async_first_hook>(&answer) == TENON_PENDING);
    CHECK_FALSE(asked_next);
    CHECK(gallery.scope.pending() == 1);
    std::thread answerer([&] {
        gallery_item reply = item(42);
        char* const memory = static_cast<char*>(pending->ops->alloc(pending, 5, 1));
        REQUIRE(memory != nullptr);
        std::memcpy(memory, "later", 5);
        reply.text = {memory, 5};
        CHECK(pending->ops->cancelled(pending) == 0);
        CHECK(complete(pending, TENON_HANDLED, &reply) == TENON_OK);
    });
    CHECK(gallery.scope.wait() == TENON_HANDLED);
    answerer.join();
    CHECK(answer.number == 42);
    CHECK(view(answer.text) == "later");
    CHECK(gallery.scope.pending() == 0);
    CHECK(gallery.scope.error_count() == 0);
    CHECK(gallery.scope.wait() >= 0);  // nothing is left to wait for
    CHECK(answer.number == 42);
}

TEST_CASE("an answer may be a refusal or an error") {
    OpenGallery gallery;
    tenon_pending* pending = nullptr;
    gallery.on<gallery_async_first_hook>("later", 0, defers(pending));
    gallery_item answer = item(7);
    REQUIRE(gallery.call<gallery_async_first_hook>(&answer) == TENON_PENDING);
    CHECK(complete(pending, TENON_DECLINED) == TENON_OK);
    CHECK(gallery.scope.wait() == TENON_DECLINED);
    REQUIRE(gallery.call<gallery_async_first_hook>(&answer) == TENON_PENDING);
    CHECK(complete(pending, TENON_PENDING) == TENON_E_INVALID);
    CHECK(complete(pending, -100, nullptr, "no stock") == TENON_OK);
    CHECK(gallery.scope.wait() == TENON_DECLINED);
    CHECK(answer.number == 7);
    REQUIRE(gallery.scope.error_count() == 1);
    const tenon_error error = gallery.scope.error(0);
    CHECK(error.code == -100);
    CHECK(std::string(error.text) == "no stock");
    CHECK(std::string(error.plugin) == "later");
    CHECK(std::string(error.hook) == GALLERY_ID "/async_first");
}

TEST_CASE("a notice is over when all have answered") {
    OpenGallery gallery;
    tenon_pending* one = nullptr;
    tenon_pending* other = nullptr;
    gallery.on<gallery_async_notice_hook>("one", 1, defers(one));
    gallery.on<gallery_async_notice_hook>("at once", 1, [](auto...) { return TENON_CONTINUE + 0; });
    gallery.on<gallery_async_notice_hook>("other", 1, defers(other));
    REQUIRE(gallery.call<gallery_async_notice_hook>() == TENON_PENDING);
    CHECK(gallery.scope.pending() == 2);
    CHECK(complete(other, TENON_CONTINUE) == TENON_OK);
    CHECK(gallery.scope.pending() == 1);
    std::thread answerer([&] { complete(one, TENON_CONTINUE); });
    CHECK(gallery.scope.wait() == TENON_CONTINUE);
    answerer.join();
}

TEST_CASE("what has not come in time is given up, and who answers later is told") {
    OpenGallery gallery;
    tenon_pending* pending = nullptr;
    gallery.on<gallery_async_first_hook>("late", 0, defers(pending));
    gallery_item answer = item(7);
    REQUIRE(gallery.call<gallery_async_first_hook>(&answer) == TENON_PENDING);
    CHECK(gallery.scope.wait(0) == TENON_E_DEADLINE);
    CHECK(pending->ops->cancelled(pending) == 1);
    const gallery_item reply = item(42);
    CHECK(complete(pending, TENON_HANDLED, &reply) == TENON_E_DEADLINE);
    CHECK(answer.number == 7);
    REQUIRE(gallery.scope.error_count() == 1);
    CHECK(gallery.scope.error(0).code == TENON_E_DEADLINE);
    CHECK(std::string(gallery.scope.error(0).text) == "the answer did not come in time");
}

TEST_CASE("the scope's own deadline and its cancel word end the wait, too") {
    OpenGallery gallery;
    tenon_pending* pending = nullptr;
    gallery.on<gallery_async_notice_hook>("late", 0, defers(pending));
    REQUIRE(gallery.call<gallery_async_notice_hook>() == TENON_PENDING);
    gallery.scope.set_time_left_ns(0);
    CHECK(gallery.scope.wait() == TENON_E_DEADLINE);
    CHECK(complete(pending, TENON_CONTINUE) == TENON_E_DEADLINE);
    gallery.scope.reset();
    REQUIRE(gallery.call<gallery_async_notice_hook>() == TENON_PENDING);
    std::thread canceller([&] { gallery.scope.cancel(); });
    CHECK(gallery.scope.wait() == TENON_E_CANCELLED);
    canceller.join();
    CHECK(complete(pending, TENON_CONTINUE) == TENON_E_CANCELLED);
}

TEST_CASE("a scope that is reset or destroyed gives up what is pending") {
    OpenGallery gallery;
    tenon_pending* pending = nullptr;
    gallery.on<gallery_async_notice_hook>("late", 0, defers(pending));
    REQUIRE(gallery.call<gallery_async_notice_hook>() == TENON_PENDING);
    gallery.scope.reset();
    CHECK(gallery.scope.pending() == 0);
    CHECK(pending->ops->cancelled(pending) == 1);
    CHECK(pending->ops->alloc(pending, 16, 8) != nullptr);  // still the answerer's
    CHECK(complete(pending, TENON_CONTINUE) == TENON_E_CANCELLED);
    {
        Scope scope(gallery.host);
        REQUIRE(gallery.call<gallery_async_notice_hook>(scope) == TENON_PENDING);
    }
    CHECK(pending->ops->cancelled(pending) == 1);
    CHECK(complete(pending, TENON_CONTINUE) == TENON_E_CANCELLED);
}

TEST_CASE("\"later\" without a token is an error, and a token without \"later\" is given up") {
    OpenGallery gallery;
    gallery.on<gallery_async_first_hook>("forgets", 2, [](auto...) { return TENON_PENDING + 0; });
    tenon_pending* pending = nullptr;
    std::int32_t second = 0;
    gallery.on<gallery_async_first_hook>("changes its mind", 1,
                                         [&](tenon_call* call, const gallery_item*, gallery_item*) {
                                             CHECK(tenon_call_defer(call, &pending) == TENON_OK);
                                             tenon_pending* more = nullptr;
                                             second = tenon_call_defer(call, &more);
                                             CHECK(tenon_call_defer(call, nullptr) == TENON_E_INVALID);
                                             return std::int32_t{TENON_HANDLED};
                                         });
    gallery_item answer = item();
    CHECK(gallery.call<gallery_async_first_hook>(&answer) == TENON_HANDLED);
    CHECK(second == TENON_E_STATE);
    CHECK(pending->ops->cancelled(pending) == 1);
    CHECK(complete(pending, TENON_HANDLED) == TENON_E_CANCELLED);
    REQUIRE(gallery.scope.error_count() == 1);
    CHECK(gallery.scope.error(0).code == TENON_E_INVALID);
    CHECK(std::string(gallery.scope.error(0).plugin) == "forgets");
}

TEST_CASE("other hooks' handlers cannot answer later") {
    OpenGallery gallery;
    std::int32_t status = 0;
    gallery.on<gallery_first_hook>("later", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        tenon_pending* pending = nullptr;
        status = tenon_call_defer(call, &pending);
        return std::int32_t{TENON_DECLINED};
    });
    gallery_item answer = item();
    CHECK(gallery.call<gallery_first_hook>(&answer) == TENON_DECLINED);
    CHECK(status == TENON_E_STATE);
}

TEST_CASE("who only observes cannot answer later either") {
    OpenGallery gallery;
    std::int32_t status = 0;
    gallery.on<gallery_async_first_hook>("answers", 0, [](auto...) { return TENON_HANDLED + 0; });
    gallery.on<gallery_async_first_hook>("watches",
                                         [&](tenon_call* call, const gallery_item*, gallery_item*) {
                                             tenon_pending* pending = nullptr;
                                             status = tenon_call_defer(call, &pending);
                                             return std::int32_t{TENON_CONTINUE};
                                         },
                                         {TENON_PHASE_OBSERVE});
    gallery_item answer = item();
    CHECK(gallery.call<gallery_async_first_hook>(&answer) == TENON_HANDLED);
    CHECK(status == TENON_E_STATE);
}

TEST_CASE("a late subscriber gets a copy of the last request, once") {
    OpenGallery gallery;
    std::vector<std::string> early;
    gallery.on<gallery_replay_hook>("early", 0, [&](tenon_call*, const gallery_item* asked, gallery_item*) {
        return early.emplace_back(view(asked->text)), TENON_CONTINUE;
    });
    CHECK(early.empty());  // nothing was dispatched yet
    for (std::string text : {"first", "second"}) {
        const gallery_item asked = item(1, text);
        CHECK(tenon_hook_call(gallery.raw<gallery_replay_hook>(), gallery.scope.raw(), &asked, nullptr) == TENON_OK);
        text.assign(text.size(), '-');  // the caller's memory is its own again
    }
    gallery.scope.reset();
    std::vector<std::string> late;
    gallery.on<gallery_replay_hook>("late", 0, [&](tenon_call*, const gallery_item* asked, gallery_item*) {
        return late.emplace_back(view(asked->text)), TENON_CONTINUE;
    });
    CHECK(late == std::vector<std::string>{"second"});
    CHECK(early == std::vector<std::string>{"first", "second"});
    CHECK(gallery.row("late").calls == 1);
}

TEST_CASE("each of those who subscribe while others dispatch gets every request once") {
    OpenGallery gallery;
    constexpr int rounds = 300;
    constexpr int subscribers = 40;
    std::atomic<bool> begun{false};
    std::thread dispatcher([&] {
        Scope scope(gallery.host);
        for (int i = 1; i <= rounds; ++i) {
            gallery.call<gallery_replay_hook>(scope, nullptr, i);
            begun = true;
        }
    });
    while (!begun) std::this_thread::yield();
    struct Heard {
        std::mutex lock;
        std::multiset<int> numbers;
    };
    std::vector<std::unique_ptr<Heard>> all;
    for (int i = 0; i < subscribers; ++i) {
        all.push_back(std::make_unique<Heard>());
        gallery.on<gallery_replay_hook>(
            "one", 0, [heard = all.back().get()](tenon_call*, const gallery_item* asked, gallery_item*) {
                const std::lock_guard guard(heard->lock);
                return heard->numbers.insert(asked->number), TENON_CONTINUE;
            });
    }
    dispatcher.join();
    for (const auto& heard : all) {
        REQUIRE_FALSE(heard->numbers.empty());
        const int from = *heard->numbers.begin();  // the one that it had missed, then every one
        CHECK(heard->numbers.size() == static_cast<std::size_t>(rounds - from + 1));
        CHECK(std::set<int>(heard->numbers.begin(), heard->numbers.end()).size() == heard->numbers.size());
    }
}

TEST_CASE("a hook's deadline ends the dispatch before the next handler, and is gone afterwards") {
    OpenGallery gallery;
    std::uint64_t at_most = 0;
    int next = 0;
    gallery.on<gallery_limited_hook>("slow", 1, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        at_most = std::max(at_most, tenon_call_time_left_ns(call));
        while (tenon_call_cancelled(call) == 0) std::this_thread::yield();
        return std::int32_t{TENON_CONTINUE};
    });
    gallery.on<gallery_limited_hook>("next", 0, [&](auto...) { return ++next, TENON_CONTINUE + 0; });
    CHECK(gallery.call<gallery_limited_hook>() == TENON_E_DEADLINE);
    CHECK(at_most <= 100'000'000);
    CHECK(next == 0);
    std::uint64_t left = 0;
    gallery.on<gallery_notice_hook>("looks", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        left = tenon_call_time_left_ns(call);
        return std::int32_t{TENON_CONTINUE};
    });
    CHECK(gallery.call<gallery_notice_hook>() == TENON_CONTINUE);
    CHECK(left == UINT64_MAX);
    gallery.scope.set_time_left_ns(0);  // the scope's own is nearer
    CHECK(gallery.call<gallery_limited_hook>() == TENON_E_DEADLINE);
}

TEST_CASE("a hook's deadline also holds around a body") {
    OpenGallery gallery;
    std::uint64_t left = UINT64_MAX;
    gallery.on<gallery_limited_around_hook>("looks", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        left = tenon_call_time_left_ns(call);
        return std::int32_t{TENON_HANDLED};
    });
    const gallery_item asked = item();
    gallery_item answer = item();
    tenon_hook_around(gallery.raw<gallery_limited_around_hook>(), gallery.scope.raw(), &asked, &answer, nullptr,
                      nullptr);
    CHECK(left <= 100'000'000);
}

TEST_CASE("an answer that a handler's own dispatch left to come brings no reply to where the handler was") {
    OpenGallery gallery;
    tenon_pending* pending = nullptr;
    gallery.on<gallery_async_first_hook>("later", [&](tenon_call* call, auto*, auto*) {
        return tenon_call_defer(call, &pending) == TENON_OK ? std::int32_t{TENON_PENDING} : std::int32_t{TENON_E_STATE};
    });
    auto inner = std::make_unique<gallery_item>(item(1));  // what would be the handler's stack
    gallery.on<gallery_notice_hook>("asks", [&](tenon_call* call, const gallery_item* asked, auto*) {
        return tenon_call_hook(call, gallery.raw<gallery_async_first_hook>(), asked, inner.get());
    });
    gallery.call<gallery_notice_hook>();
    REQUIRE(pending != nullptr);
    inner.reset();
    const gallery_item answer = item(2);
    CHECK(pending->ops->complete(pending, TENON_HANDLED, &answer, {nullptr, 0}) == TENON_OK);
    CHECK(gallery.scope.wait() == TENON_CONTINUE);
}
