#include <tenon/stats.h>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::LogBook;
using tenon::test::OpenShop;

TEST_CASE("a cancelled scope ends the dispatch before the next handler") {
    OpenShop shop;
    int calls = 0;
    uint32_t seen = 0;
    shop.on_sold("cancels", 2, [&](tenon_call* call, const shop_article&) {
        CHECK(tenon_call_cancelled(call) == 0);
        shop.scope.cancel();
        seen = tenon_call_cancelled(call);
        return ++calls, TENON_CONTINUE;
    });
    shop.on_sold("next", 1, [&](tenon_call*, const shop_article&) { return ++calls, TENON_CONTINUE; });
    const auto article = sized<shop_article>();
    CHECK(tenon_hook_call(shop.sold().raw(), shop.scope.raw(), &article, nullptr) == TENON_E_CANCELLED);
    CHECK(seen == 1);
    CHECK(calls == 1);
    shop.scope.reset();
    shop.on_sold("third", 0, [&](tenon_call*, const shop_article&) { return ++calls, TENON_CONTINUE; });
}

TEST_CASE("a deadline that has passed ends the dispatch, and reset clears it") {
    OpenShop shop;
    int calls = 0;
    shop.on_sold("counts", 0, [&](tenon_call*, const shop_article&) { return ++calls, TENON_CONTINUE; });
    const auto article = sized<shop_article>();
    shop.scope.set_time_left_ns(0);
    CHECK(tenon_hook_call(shop.sold().raw(), shop.scope.raw(), &article, nullptr) == TENON_E_DEADLINE);
    CHECK(calls == 0);
    shop.scope.reset();
    CHECK(tenon_hook_call(shop.sold().raw(), shop.scope.raw(), &article, nullptr) == TENON_OK);
    CHECK(calls == 1);
}

TEST_CASE("a handler sees how much time is left, also in a nested call") {
    OpenShop shop;
    std::uint64_t outer = 0;
    std::uint64_t inner = 0;
    shop.on_price("inner", 0, [&](tenon_call* call, shop_article&) {
        inner = tenon_call_time_left_ns(call);
        return TENON_CONTINUE;
    });
    shop.on_sold("outer", 0, [&](tenon_call* call, const shop_article&) {
        auto article = sized<shop_article>();
        outer = tenon_call_time_left_ns(call);
        return tenon_call_hook(call, shop.price().raw(), nullptr, &article);
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(outer == UINT64_MAX);
    shop.scope.set_time_left_ns(3'600'000'000'000);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(outer <= 3'600'000'000'000);
    CHECK(inner <= outer);
    CHECK(inner > 0);
    shop.scope.set_time_left_ns(UINT64_MAX);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(outer == UINT64_MAX);
}

TEST_CASE("the first eight errors of a scope are kept and all are counted") {
    OpenShop shop;
    for (int i = 0; i < 10; ++i)
        shop.on_sold("fails", 0, [i](tenon_call* call, const shop_article&) {
            return tenon_call_fail(call, TENON_E_FAILED, tenon_str_from(std::to_string(i).c_str()));
        });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(shop.scope.error_count() == 10);
    CHECK(std::string(shop.scope.error(7).text) == "7");
    tenon_error out = TENON_ERROR_INIT;
    CHECK(tenon_scope_error(shop.scope.raw(), 8, &out) == TENON_E_NOT_FOUND);
    shop.scope.reset();
    CHECK(shop.scope.error_count() == 0);
}

TEST_CASE("an error with a code that is no error is a failure all the same") {
    OpenShop shop;
    shop.on_sold("mild", 0, [](tenon_call* call, const shop_article&) {
        return tenon_call_fail(call, TENON_HANDLED, tenon_str_from("hm"));
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(shop.scope.error(0).code == TENON_E_FAILED);
}

TEST_CASE("an error struct of an older application is filled as far as it goes") {
    OpenShop shop;
    shop.on_sold("fails", 0, [](tenon_call* call, const shop_article&) {
        return tenon_call_fail(call, TENON_E_FAILED, tenon_str_from("words"));
    });
    shop.sold()(shop.scope, sized<shop_article>());
    tenon_error out = TENON_ERROR_INIT;
    out.struct_size = offsetof(tenon_error, domain);
    CHECK(tenon_scope_error(shop.scope.raw(), 0, &out) == TENON_OK);
    CHECK(out.code == TENON_E_FAILED);
    CHECK(out.struct_size == offsetof(tenon_error, domain));
    CHECK(std::string(out.text).empty());
}

TEST_CASE("memory beyond the arena's limit is refused to the handler, not to the host") {
    auto options = tenon::test::quiet_options();
    options.arena_limit = 1000;
    OpenShop shop(options);
    bool refused = false;
    shop.on_sold("greedy", 0, [&](tenon_call* call, const shop_article&) {
        refused = tenon_call_alloc(call, 1001, 1) == nullptr;
        return TENON_CONTINUE;
    });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(refused);
}

TEST_CASE("without memory to put a value back, no handler is called") {
    auto options = tenon::test::quiet_options();
    options.arena_limit = 100;
    OpenShop shop(options);
    bool called = false;
    shop.on_price("any", 0, [&](tenon_call*, shop_article&) { return called = true, 0; });
    struct Large {  // an article of a newer application: longer than what fits on the dispatcher's stack
        shop_article article;
        char tail[1000];
    };
    auto large = sized<Large>();
    large.article.struct_size = sizeof large;
    CHECK(tenon_hook_call(shop.price().raw(), shop.scope.raw(), nullptr, &large.article) == TENON_E_NO_MEMORY);
    CHECK_FALSE(called);
}

TEST_CASE("a handler's errors are logged at the first, second, fourth and eighth") {
    LogBook book;
    auto options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.log = LogBook::write;
    options.log_data = &book;
    options.breakers = TENON_BREAKER_METRICS_ONLY;  // enforced, it would open after five
    OpenShop shop(options);
    shop.on_sold("fails", 0, [](tenon_call* call, const shop_article&) {
        return tenon_call_fail(call, TENON_E_FAILED, tenon_str_from("no stock"));
    });
    for (int i = 0; i < 10; ++i) {
        shop.scope.reset();
        shop.sold()(shop.scope, sized<shop_article>());
    }
    REQUIRE(book.lines.size() == 4);
    CHECK(book.lines[0] == "fails: org.tenon.test.shop/sold: no stock (error 1 of this handler)");
    CHECK(book.lines[3] == "fails: org.tenon.test.shop/sold: no stock (error 8 of this handler)");
}
