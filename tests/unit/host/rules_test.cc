// The rules of a dispatch: what it sees when handlers come and go, and how deep it may go.
#include <thread>

#include "host/slots.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

TEST_CASE("a handler that is added during a dispatch is not called by it, but by the next") {
    OpenShop shop;
    int late_calls = 0;
    bool added = false;
    shop.on_sold("adds", 10, [&](tenon_call*, const shop_article&) {
        if (!added)
            shop.on_sold("late", 0, [&](tenon_call*, const shop_article&) { return ++late_calls, TENON_CONTINUE; });
        added = true;
        return TENON_CONTINUE;
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(late_calls == 0);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(late_calls == 1);
}

TEST_CASE("a handler that is removed during a dispatch is not called any more by it") {
    OpenShop shop;
    int calls = 0;
    tenon_registration* later = nullptr;
    shop.on_sold("removes", 10, [&](tenon_call*, const shop_article&) {
        if (later != nullptr) CHECK(tenon_hook_remove(shop.sold().raw(), later, 0) == TENON_OK);
        later = nullptr;
        return TENON_CONTINUE;
    });
    later = shop.on_sold("later", 0, [&](tenon_call*, const shop_article&) { return ++calls, TENON_CONTINUE; });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(calls == 0);
}

TEST_CASE("waiting for a handler's end is refused from inside that handler, and nothing is removed") {
    OpenShop shop;
    tenon_registration* self = nullptr;
    int32_t refused = 0;
    int calls = 0;
    self = shop.on_sold("self", 0, [&](tenon_call*, const shop_article&) {
        ++calls;
        refused = tenon_hook_remove(shop.sold().raw(), self, 1);
        return TENON_CONTINUE;
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(refused == TENON_E_STATE);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(calls == 2);
    CHECK(tenon_hook_remove(shop.sold().raw(), self, 1) == TENON_OK);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(calls == 2);
}

TEST_CASE("a handler may remove itself without waiting") {
    OpenShop shop;
    tenon_registration* self = nullptr;
    int calls = 0;
    self = shop.on_sold("once", 0, [&](tenon_call*, const shop_article&) {
        ++calls;
        return tenon_hook_remove(shop.sold().raw(), self, 0);
    });
    shop.sold()(shop.scope, sized<shop_article>());
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(calls == 1);
}

TEST_CASE("a registration that the hook does not have is not found") {
    OpenShop shop;
    tenon_registration* const sold =
        shop.on_sold("sold", 0, [](tenon_call*, const shop_article&) { return TENON_CONTINUE; });
    CHECK(tenon_hook_remove(shop.price().raw(), sold, 1) == TENON_E_NOT_FOUND);
    CHECK(tenon_hook_remove(shop.sold().raw(), sold, 0) == TENON_OK);
}

TEST_CASE("nested dispatches go as deep as the limit and then fail without harm") {
    OpenShop shop;
    std::uint32_t depth = 0;
    std::uint32_t deepest = 0;
    int32_t at_the_limit = 0;
    shop.on_sold("again", 0, [&](tenon_call* call, const shop_article& article) {
        deepest = std::max(deepest, ++depth);
        const int32_t status = tenon_call_hook(call, shop.sold().raw(), &article, nullptr);
        if (status < 0) at_the_limit = status;
        --depth;
        return TENON_CONTINUE;
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(deepest == TENON_MAX_DEPTH);
    CHECK(at_the_limit == TENON_E_TOO_DEEP);
    CHECK(shop.scope.error_count() == 0);
    deepest = 0;
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(deepest == TENON_MAX_DEPTH);
}

TEST_CASE("a nested call's errors are its own, and its first one can be asked for") {
    OpenShop shop;
    shop.on_ask("fails", 0, [](tenon_call* call, const shop_question&, shop_answer&) {
        return tenon_call_fail(call, -100, tenon_str_from("closed"));
    });
    std::string heard;
    shop.on_sold("asks", 0, [&](tenon_call* call, const shop_article&) {
        auto question = sized<shop_question>();
        auto answer = sized<shop_answer>();
        CHECK(tenon_call_hook(call, shop.ask().raw(), &question, &answer) == TENON_DECLINED);
        tenon_error error = TENON_ERROR_INIT;
        if (tenon_call_nested_error(call, &error) == TENON_OK) heard = error.text;
        CHECK(error.code == -100);
        return TENON_CONTINUE;
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(heard == "closed");
    CHECK(shop.scope.error_count() == 0);
}

TEST_CASE("a nested reply lives in the outermost caller's arena") {
    OpenShop shop;
    shop.on_ask("answers", 0, [](tenon_call* raw, const shop_question&, shop_answer& answer) {
        answer.text = Call(raw).copy("from below");
        return int32_t{TENON_HANDLED};
    });
    shop.on_price("asks", 0, [&](tenon_call* raw, shop_article& article) {
        auto question = sized<shop_question>();
        auto answer = sized<shop_answer>();
        tenon_call_hook(raw, shop.ask().raw(), &question, &answer);
        article.name = answer.text;
        return TENON_CHANGED;
    });
    auto article = sized<shop_article>();
    shop.price()(shop.scope, article);
    CHECK(view(article.name) == "from below");
}

TEST_CASE("a thread's slot is used again by a thread that comes later") {
    OpenShop shop;
    shop.on_sold("any", 0, [](tenon_call*, const shop_article&) { return TENON_CONTINUE; });
    const auto slots = [] {
        int count = 0;
        for (const host::Slot* slot = host::first_slot(); slot != nullptr; slot = slot->next) ++count;
        return count;
    };
    const auto dispatch_elsewhere = [&] {
        std::thread([&] {
            tenon::Scope scope(shop.host);
            shop.sold()(scope, sized<shop_article>());
        }).join();
    };
    dispatch_elsewhere();
    const int before = slots();
    for (int i = 0; i < 50; ++i) dispatch_elsewhere();
    CHECK(slots() == before);
}
