// PARALLEL: handlers that run at once. They wait for each other here, so that a test which passes has seen them do so.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::item;
using tenon::test::OpenGallery;
using tenon::test::quiet_options;

namespace {

// Lets nobody on before so many have come.
class Meeting {
public:
    explicit Meeting(int wanted) : wanted_(wanted) {}
    void come() {
        std::unique_lock guard(lock_);
        threads_.insert(std::this_thread::get_id());
        if (++here_ == wanted_) all_.notify_all();
        all_.wait(guard, [&] { return here_ >= wanted_; });
    }
    std::size_t threads() const { return threads_.size(); }

private:
    std::mutex lock_;
    std::condition_variable all_;
    std::set<std::thread::id> threads_;
    int wanted_;
    int here_ = 0;
};

// An application's executor: a thread for each task but the first.
struct Threads {
    std::atomic<int> uses{0};
    static void execute(void* data, void (*task)(void*, uint64_t), void* context, uint64_t count) {
        ++static_cast<Threads*>(data)->uses;
        std::vector<std::thread> threads;
        for (uint64_t i = 1; i < count; ++i) threads.emplace_back(task, context, i);
        task(context, 0);
        for (std::thread& thread : threads) thread.join();
    }
};

tenon_host_options with(Threads& threads) {
    auto options = quiet_options();
    options.executor = {Threads::execute, &threads};
    return options;
}

OpenGallery::Handler meets(Meeting& meeting, std::int32_t status = TENON_CONTINUE) {
    return [&meeting, status](tenon_call*, const gallery_item*, gallery_item*) { return meeting.come(), status; };
}

}  // namespace

TEST_CASE("handlers run at once on the host's own threads") {
    OpenGallery gallery;
    Meeting meeting(2);
    gallery.on<gallery_parallel_notice_hook>("one", 0, meets(meeting));
    gallery.on<gallery_parallel_notice_hook>("other", 0, meets(meeting));
    CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_CONTINUE);
    CHECK(meeting.threads() == 2);
    CHECK(gallery.row("one").calls == 1);
    CHECK(gallery.row("other").calls == 1);
}

TEST_CASE("handlers run at once on the application's threads") {
    Threads threads;
    OpenGallery gallery(with(threads));
    Meeting meeting(6);
    for (int i = 0; i < 6; ++i) gallery.on<gallery_parallel_notice_hook>("one", 0, meets(meeting));
    CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_CONTINUE);
    CHECK(meeting.threads() == 6);
    CHECK(threads.uses == 1);
}

TEST_CASE("a parallel hook without handlers answers as any other") {
    OpenGallery gallery;
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_CONTINUE);
    CHECK(gallery.call<gallery_parallel_veto_hook>() == TENON_CONTINUE);
    CHECK(gallery.call<gallery_parallel_collect_hook>(&collection) == TENON_CONTINUE);
    CHECK(collection.items.count == 0);
}

TEST_CASE("one veto among handlers that run at once is enough") {
    Threads threads;
    OpenGallery gallery(with(threads));
    Meeting meeting(3);
    gallery.on<gallery_parallel_veto_hook>("allows", 2, meets(meeting, TENON_HANDLED));
    gallery.on<gallery_parallel_veto_hook>("denies", 1, meets(meeting, TENON_DENY));
    gallery.on<gallery_parallel_veto_hook>("fails", 0, meets(meeting, TENON_E_FAILED));
    CHECK(gallery.call<gallery_parallel_veto_hook>() == TENON_DENY);
    CHECK(gallery.scope.error_count() == 1);
}

TEST_CASE("an error among handlers that run at once is no verdict") {
    OpenGallery gallery;
    gallery.on<gallery_parallel_veto_hook>("fails", 0, [](auto...) { return std::int32_t{TENON_E_FAILED}; });
    gallery.on<gallery_parallel_veto_hook>("allows", 0, [](auto...) { return std::int32_t{TENON_HANDLED}; });
    CHECK(gallery.call<gallery_parallel_veto_hook>() == TENON_CONTINUE);
    CHECK(gallery.scope.error_count() == 1);
}

TEST_CASE("what handlers that run at once have added is in their order, whoever came first") {
    Threads threads;
    OpenGallery gallery(with(threads));
    constexpr int count = 5;
    Meeting meeting(count);
    std::atomic<int> turn{count - 1};
    for (int i = 0; i < count; ++i)
        gallery.on<gallery_parallel_collect_hook>(
            "one", count - i, [&, i](tenon_call* raw, const gallery_item*, gallery_item*) {
                meeting.come();
                while (turn.load() != i) std::this_thread::yield();  // the last one adds first
                const std::string text = "from " + std::to_string(i);
                gallery_item one = item(i);
                one.text = Call(raw).copy(text);  // readable after the threads have gone
                const std::int32_t status = tenon_call_emit(raw, &one);
                turn.store(i - 1);
                return i == 2 ? std::int32_t{TENON_E_FAILED} : status;
            });
    auto collection = sized<tenon_collection>();
    CHECK(gallery.call<gallery_parallel_collect_hook>(&collection) == TENON_CONTINUE);
    std::vector<std::string> texts;
    for (const gallery_item& one : SpanView<gallery_item>(collection.items)) texts.emplace_back(view(one.text));
    CHECK(texts == std::vector<std::string>{"from 0", "from 1", "from 3", "from 4"});
}

TEST_CASE("the caller's limit also holds for what was added at once") {
    OpenGallery gallery;
    for (int i = 0; i < 4; ++i)
        gallery.on<gallery_parallel_collect_hook>("one", -i, [i](tenon_call* call, const gallery_item*, gallery_item*) {
            const gallery_item one = item(i);
            return tenon_call_emit(call, &one);
        });
    auto collection = sized<tenon_collection>();
    collection.limit = 3;
    CHECK(gallery.call<gallery_parallel_collect_hook>(&collection) == TENON_CONTINUE);
    REQUIRE(collection.items.count == 3);
    CHECK(static_cast<const gallery_item*>(collection.items.data)[2].number == 2);
}

TEST_CASE("the errors of all handlers that ran at once are there, in their order") {
    Threads threads;
    OpenGallery gallery(with(threads));
    Meeting meeting(3);
    for (int i = 0; i < 3; ++i)
        gallery.on<gallery_parallel_notice_hook>(
            "one", -i, [&, i](tenon_call* call, const gallery_item*, gallery_item*) {
                meeting.come();
                return tenon_call_fail(call, -100 - i, tenon_str_from(std::to_string(i).c_str()));
            });
    CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_CONTINUE);
    REQUIRE(gallery.scope.error_count() == 3);
    for (unsigned i = 0; i < 3; ++i) CHECK(std::string(gallery.scope.error(i).text) == std::to_string(i));
}

TEST_CASE("cancelling the caller's scope reaches the handlers that run at once") {
    Threads threads;
    OpenGallery gallery(with(threads));
    Meeting meeting(3);
    std::atomic<int> stopped{0};
    for (int i = 0; i < 2; ++i)
        gallery.on<gallery_parallel_notice_hook>("polls", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
            meeting.come();
            while (tenon_call_cancelled(call) == 0) std::this_thread::yield();
            return ++stopped, std::int32_t{TENON_E_CANCELLED};
        });
    std::thread canceller([&] {
        meeting.come();
        gallery.scope.cancel();
    });
    gallery.call<gallery_parallel_notice_hook>();
    canceller.join();
    CHECK(stopped == 2);
    CHECK(gallery.row("polls").errors == 0);  // they did what the caller wanted
    CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_E_CANCELLED);
    CHECK(stopped == 2);
}

TEST_CASE("parallel dispatches inside of parallel ones come to an end") {
    OpenGallery gallery;
    std::atomic<int> inner{0};
    for (int i = 0; i < 4; ++i) {
        gallery.on<gallery_parallel_notice_hook>(
            "outer", 0, [&](tenon_call* call, const gallery_item* asked, gallery_item*) {
                auto collection = sized<tenon_collection>();
                const std::int32_t status =
                    tenon_call_hook(call, gallery.raw<gallery_parallel_collect_hook>(), asked, &collection);
                CHECK(collection.items.count == 4);
                return status;
            });
        gallery.on<gallery_parallel_collect_hook>("inner", 0,
                                                  [&](tenon_call* call, const gallery_item* asked, gallery_item*) {
                                                      ++inner;
                                                      return tenon_call_emit(call, asked);
                                                  });
    }
    for (int i = 0; i < 20; ++i) CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_CONTINUE);
    CHECK(inner == 20 * 16);
    CHECK(gallery.scope.error_count() == 0);
}

TEST_CASE("deadlines of dispatches inside of handlers that run at once do not outlive them") {
    Threads threads;
    OpenGallery gallery(with(threads));
    Meeting long_entered(2);
    Meeting short_entered(2);
    std::atomic<bool> long_over{false};
    gallery.on<gallery_limited_long_hook>("long", 0, [&](auto...) {
        long_entered.come();
        short_entered.come();
        return std::int32_t{TENON_CONTINUE};
    });
    gallery.on<gallery_limited_short_hook>("short", 0, [&](auto...) {
        short_entered.come();
        while (!long_over) std::this_thread::yield();
        return std::int32_t{TENON_CONTINUE};
    });
    gallery.on<gallery_parallel_notice_hook>("one", 1, [&](tenon_call* call, const gallery_item* asked, gallery_item*) {
        tenon_call_hook(call, gallery.raw<gallery_limited_long_hook>(), asked, nullptr);
        long_over = true;
        return std::int32_t{TENON_CONTINUE};
    });
    gallery.on<gallery_parallel_notice_hook>(
        "other", 0, [&](tenon_call* call, const gallery_item* asked, gallery_item*) {
            long_entered.come();
            tenon_call_hook(call, gallery.raw<gallery_limited_short_hook>(), asked, nullptr);
            return std::int32_t{TENON_CONTINUE};
        });
    CHECK(gallery.call<gallery_parallel_notice_hook>() == TENON_CONTINUE);
    std::uint64_t left = 0;
    gallery.on<gallery_notice_hook>("looks", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        left = tenon_call_time_left_ns(call);
        return std::int32_t{TENON_CONTINUE};
    });
    CHECK(gallery.call<gallery_notice_hook>() == TENON_CONTINUE);
    CHECK(left == UINT64_MAX);
}
