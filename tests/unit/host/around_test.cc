// Handlers that run inside one another.
#include <stdexcept>
#include <string>

#include "tests/support/catch.h"
#include "tests/unit/host/gallery.h"

using namespace tenon;
using tenon::test::item;
using tenon::test::OpenGallery;

namespace {

using Around = gallery_around_hook;

struct Body {
    std::vector<std::string>* told;
    std::int32_t status = TENON_HANDLED;
    int calls = 0;
    static std::int32_t run(void* self, tenon_call*, const void*, void* reply) {
        auto& body = *static_cast<Body*>(self);
        ++body.calls;
        if (body.told != nullptr) body.told->push_back("body");
        ++static_cast<gallery_item*>(reply)->number;
        return body.status;
    }
};

template <class H = Around>
std::int32_t run(OpenGallery& gallery, gallery_item& value, Body& body) {
    const gallery_item asked = item();
    return tenon_hook_around(gallery.raw<H>(), gallery.scope.raw(), &asked, &value, Body::run, &body);
}

OpenGallery::Handler wraps(std::vector<std::string>& told, const std::string& name) {
    return [&told, name](tenon_call* call, const gallery_item*, gallery_item*) {
        told.push_back(name + " in");
        const std::int32_t status = tenon_call_next(call);
        told.push_back(name + " out");
        return status;
    };
}

std::int32_t passes_on(tenon_call* call, const gallery_item*, gallery_item*) {
    return tenon_call_next(call);
}

}  // namespace

TEST_CASE("handlers run around the next ones, and the application's body runs inside all") {
    OpenGallery gallery;
    std::vector<std::string> told;
    gallery.on<Around>("inner", 1, wraps(told, "inner"));
    gallery.on<Around>("outer", 2, wraps(told, "outer"));
    gallery_item value = item();
    Body body{&told};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(told == std::vector<std::string>{"outer in", "inner in", "body", "inner out", "outer out"});
    CHECK(value.number == 1);
}

TEST_CASE("without handlers the body runs alone, and without a body the answer is \"declined\"") {
    OpenGallery gallery;
    gallery_item value = item();
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(body.calls == 1);
    CHECK(gallery.call<Around>(&value) == TENON_DECLINED);
    std::int32_t inner = 0;
    gallery.on<Around>(
        "any", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) { return inner = tenon_call_next(call); });
    CHECK(gallery.call<Around>(&value) == TENON_DECLINED);
    CHECK(inner == TENON_DECLINED);
}

TEST_CASE("a handler that does not call next ends the dispatch with its own result, and that is counted") {
    OpenGallery gallery;
    int inside = 0;
    gallery.on<Around>("cache", 2, [](tenon_call*, const gallery_item*, gallery_item* reply) {
        reply->number = 42;
        return std::int32_t{TENON_HANDLED};
    });
    gallery.on<Around>("inner", 1, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        return ++inside, tenon_call_next(call);
    });
    gallery_item value = item();
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(value.number == 42);
    CHECK(inside == 0);
    CHECK(body.calls == 0);
    CHECK(gallery.row("cache").short_circuits == 1);
    CHECK(gallery.row("inner").short_circuits == 0);
    CHECK(gallery.row("cache").errors == 0);
}

TEST_CASE("next may be called once, and only by a handler that runs around others") {
    OpenGallery gallery;
    std::int32_t second = 0;
    gallery.on<Around>("twice", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        const std::int32_t status = tenon_call_next(call);
        second = tenon_call_next(call);
        return status;
    });
    std::int32_t elsewhere = 0;
    gallery.on<gallery_notice_hook>("notice", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        elsewhere = tenon_call_next(call);
        return TENON_CONTINUE;
    });
    gallery_item value = item();
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(second == TENON_E_STATE);
    CHECK(body.calls == 1);
    gallery.call<gallery_notice_hook>();
    CHECK(elsewhere == TENON_E_STATE);
}

TEST_CASE("a handler that fails before next is left out, and its changes are undone") {
    OpenGallery gallery;
    gallery.on<Around>("fails", 2, [](tenon_call*, const gallery_item*, gallery_item* reply) {
        reply->number = 1000;
        return std::int32_t{TENON_E_FAILED};
    });
    gallery.on<Around>("throws", 1, [](tenon_call*, const gallery_item*, gallery_item*) -> std::int32_t {
        throw std::runtime_error("broken");
    });
    gallery_item value = item(5);
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(body.calls == 1);
    CHECK(value.number == 6);
    REQUIRE(gallery.scope.error_count() == 2);
    CHECK(std::string(gallery.scope.error(1).text) == "broken");
    CHECK(gallery.row("fails").short_circuits == 0);
}

TEST_CASE("of a handler that fails after next, what is inside stands") {
    OpenGallery gallery;
    gallery.on<Around>("fails", 0, [](tenon_call* call, const gallery_item*, gallery_item* reply) {
        CHECK(tenon_call_next(call) == TENON_HANDLED);
        reply->number = 1000;
        return std::int32_t{TENON_E_FAILED};
    });
    gallery_item value = item(5);
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(value.number == 6);
    CHECK(body.calls == 1);
    CHECK(gallery.row("fails").errors == 1);
}

TEST_CASE("where the hook fails closed, a handler's error is the result") {
    OpenGallery gallery;
    gallery.on<gallery_closed_around_hook>(
        "fails", 0, [](tenon_call*, const gallery_item*, gallery_item*) { return std::int32_t{-100}; });
    gallery_item value = item();
    Body body{nullptr};
    CHECK(run<gallery_closed_around_hook>(gallery, value, body) == -100);
    CHECK(body.calls == 0);
    gallery.force("fails", TENON_BREAKER_FORCED_OPEN);
    CHECK(run<gallery_closed_around_hook>(gallery, value, body) == TENON_E_SKIPPED);
    CHECK(body.calls == 0);
}

TEST_CASE("a handler whose breaker is open is left out of the nest") {
    OpenGallery gallery;
    std::vector<std::string> told;
    gallery.on<Around>("outer", 2, wraps(told, "outer"));
    gallery.on<Around>("inner", 1, wraps(told, "inner"));
    gallery.force("outer", TENON_BREAKER_FORCED_OPEN);
    gallery_item value = item();
    Body body{&told};
    CHECK(run(gallery, value, body) == TENON_HANDLED);
    CHECK(told == std::vector<std::string>{"inner in", "body", "inner out"});
}

TEST_CASE("the body's error is the result, and no fault of the handlers that pass it on") {
    OpenGallery gallery;
    gallery.on<Around>("outer", 2, passes_on);
    gallery.on<Around>("inner", 1, passes_on);
    gallery_item value = item();
    Body body{nullptr, -100};
    for (int i = 0; i < 10; ++i) CHECK(run(gallery, value, body) == -100);
    CHECK(body.calls == 10);
    CHECK(gallery.row("outer").errors == 0);
    CHECK(gallery.row("inner").errors == 0);
    CHECK(gallery.row("inner").calls == 10);  // its breaker has not opened
}

TEST_CASE("an exception of the body is caught and told") {
    OpenGallery gallery;
    gallery.on<Around>("outer", 2, passes_on);
    const gallery_item asked = item();
    gallery_item value = item();
    const auto body = [](void*, tenon_call*, const void*, void*) -> std::int32_t {
        throw std::runtime_error("the body broke");
    };
    CHECK(tenon_hook_around(gallery.raw<Around>(), gallery.scope.raw(), &asked, &value, body, nullptr) ==
          TENON_E_EXCEPTION);
    REQUIRE(gallery.scope.error_count() >= 1);
    CHECK(std::string(gallery.scope.error(0).text) == "the body broke");
}

TEST_CASE("handlers around one another count as depth, and what is too deep is refused without harm") {
    OpenGallery gallery;
    int calls = 0;
    for (unsigned i = 0; i < TENON_MAX_DEPTH + 8; ++i)
        gallery.on<Around>("one", 0, [&](tenon_call* call, const gallery_item*, gallery_item*) {
            return ++calls, tenon_call_next(call);
        });
    gallery_item value = item();
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_E_TOO_DEEP);
    CHECK(body.calls == 0);
    CHECK(calls > 0);
    CHECK(calls < static_cast<int>(TENON_MAX_DEPTH));
    const int before = calls;
    CHECK(run(gallery, value, body) == TENON_E_TOO_DEEP);
    CHECK(calls == 2 * before);
}

TEST_CASE("a cancelled scope ends the nest before the next handler") {
    OpenGallery gallery;
    std::int32_t inner = 0;
    gallery.on<Around>("cancels", 1, [&](tenon_call* call, const gallery_item*, gallery_item*) {
        gallery.scope.cancel();
        return inner = tenon_call_next(call);
    });
    gallery.on<Around>("next", 0, passes_on);
    gallery_item value = item();
    Body body{nullptr};
    CHECK(run(gallery, value, body) == TENON_E_CANCELLED);
    CHECK(inner == TENON_E_CANCELLED);
    CHECK(body.calls == 0);
    CHECK(gallery.row("next").calls == 0);
    CHECK(gallery.row("cancels").errors == 0);
}

TEST_CASE("only hooks of that kind are dispatched around a body") {
    OpenGallery gallery;
    const gallery_item asked = item();
    CHECK(tenon_hook_around(gallery.raw<gallery_notice_hook>(), gallery.scope.raw(), &asked, nullptr, Body::run,
                            nullptr) == TENON_E_INVALID);
}

TEST_CASE("C++ gives the body as a lambda") {
    OpenGallery gallery;
    gallery.on<Around>("outer", 0, passes_on);
    const gallery_item asked = item(20);
    gallery_item value = item();
    const std::int32_t status = gallery.host.hook<Around>().around(
        gallery.scope, &asked, &value, [&](const gallery_item* request, gallery_item* reply) {
            reply->number = request->number + 1;
            return std::int32_t{TENON_HANDLED};
        });
    CHECK(status == TENON_HANDLED);
    CHECK(value.number == 21);
}
