#include <stdexcept>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

TEST_CASE("NOTIFY runs every handler, the one with the highest priority first") {
    OpenShop shop;
    std::string order;
    shop.on_sold("b", 0, [&](tenon_call*, const shop_article&) { return order += "b", TENON_CONTINUE; });
    shop.on_sold("low", -5, [&](tenon_call*, const shop_article&) { return order += "l", TENON_CONTINUE; });
    shop.on_sold("high", 5, [&](tenon_call*, const shop_article&) { return order += "h", TENON_HANDLED; });
    shop.on_sold("a", 0, [&](tenon_call*, const shop_article&) { return order += "a", TENON_CONTINUE; });
    CHECK(shop.sold()(shop.scope, sized<shop_article>()) == TENON_CONTINUE);
    CHECK(order == "habl");
}

TEST_CASE("handlers of equal priority and name run in the order of their registration") {
    OpenShop shop;
    std::string order;
    for (const char* letter : {"1", "2", "3"})
        shop.on_sold("same", 0, [&order, letter](tenon_call*, const shop_article&) { return order += letter, 0; });
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(order == "123");
}

TEST_CASE("FILTER passes one value through all handlers and says whether it was changed") {
    OpenShop shop;
    auto article = sized<shop_article>();
    article.cents = 100;
    CHECK(shop.price()(shop.scope, article) == TENON_CONTINUE);
    shop.on_price("look", 3, [](tenon_call*, shop_article&) { return TENON_CONTINUE; });
    CHECK(shop.price()(shop.scope, article) == TENON_CONTINUE);
    shop.on_price("double", 2, [](tenon_call*, shop_article& a) { return a.cents *= 2, TENON_CHANGED; });
    shop.on_price("add", 1, [](tenon_call*, shop_article& a) { return a.cents += 1, TENON_CHANGED; });
    CHECK(shop.price()(shop.scope, article) == TENON_CHANGED);
    CHECK(article.cents == 201);
}

TEST_CASE("a FILTER handler that fails leaves the value as the one before it did") {
    OpenShop shop;
    shop.on_price("good", 3, [](tenon_call*, shop_article& a) { return a.cents = 7, TENON_CHANGED; });
    shop.on_price("bad", 2, [](tenon_call* call, shop_article& a) {
        a.cents = -1;
        return tenon_call_fail(call, TENON_E_FAILED, tenon_str_from("no price today"));
    });
    shop.on_price("thrower", 1, [](tenon_call*, shop_article& a) -> int32_t {
        a.cents = -2;
        throw std::runtime_error("lost the price list");
    });
    auto article = sized<shop_article>();
    CHECK(shop.price()(shop.scope, article) == TENON_CHANGED);
    CHECK(article.cents == 7);
    REQUIRE(shop.scope.error_count() == 2);
    CHECK(std::string(shop.scope.error(0).text) == "no price today");
    CHECK(std::string(shop.scope.error(0).plugin) == "bad");
    CHECK(std::string(shop.scope.error(0).hook) == "org.tenon.test.shop/price");
    CHECK(std::string(shop.scope.error(1).text) == "lost the price list");
    CHECK(shop.scope.error(1).code == TENON_E_EXCEPTION);
}

TEST_CASE("FIRST stops at the handler that answers") {
    OpenShop shop;
    bool asked_last = false;
    shop.on_ask("declines", 3, [](tenon_call*, const shop_question&, shop_answer&) { return int32_t{TENON_DECLINED}; });
    shop.on_ask("answers", 2, [](tenon_call* raw, const shop_question& question, shop_answer& answer) {
        answer.text = Call(raw).copy("you asked: " + std::string(view(question.text)));
        return int32_t{TENON_HANDLED};
    });
    shop.on_ask("last", 1, [&](tenon_call*, const shop_question&, shop_answer&) {
        return asked_last = true, int32_t{TENON_HANDLED};
    });
    auto question = sized<shop_question>();
    question.text = str("open?");
    auto answer = sized<shop_answer>();
    CHECK(shop.ask()(shop.scope, question, answer) == TENON_HANDLED);
    CHECK_FALSE(asked_last);
    CHECK(view(answer.text) == "you asked: open?");
}

TEST_CASE("FIRST asks the next handler after one that failed, with the reply put back") {
    OpenShop shop;
    shop.on_ask("fails", 2, [](tenon_call*, const shop_question&, shop_answer& answer) {
        answer.text = str("half an answer");
        return int32_t{TENON_E_FAILED};
    });
    shop.on_ask("declines", 1, [](tenon_call*, const shop_question&, shop_answer&) { return int32_t{TENON_DECLINED}; });
    auto answer = sized<shop_answer>();
    CHECK(shop.ask()(shop.scope, sized<shop_question>(), answer) == TENON_DECLINED);
    CHECK(view(answer.text).empty());
    REQUIRE(shop.scope.error_count() == 1);
    CHECK(std::string(shop.scope.error(0).text) == "the handler returned -1");
    CHECK(std::string(shop.scope.error(0).domain) == "tenon");
}

TEST_CASE("FIRST without handlers is declined, NOTIFY and FILTER go on") {
    OpenShop shop;
    auto answer = sized<shop_answer>();
    auto article = sized<shop_article>();
    CHECK(shop.ask()(shop.scope, sized<shop_question>(), answer) == TENON_DECLINED);
    CHECK(shop.price()(shop.scope, article) == TENON_CONTINUE);
    CHECK(shop.sold()(shop.scope, article) == TENON_CONTINUE);
    CHECK(shop.host.hook<shop_opened_hook>()(shop.scope) == TENON_CONTINUE);
}

TEST_CASE("a reply is read after the dispatch has ended, until the scope is reset") {
    OpenShop shop;
    shop.on_ask("answers", 0, [](tenon_call* raw, const shop_question&, shop_answer& answer) {
        std::string text(5000, 'x');
        answer.text = Call(raw).copy(text);
        return int32_t{TENON_HANDLED};
    });
    std::vector<shop_answer> answers;
    for (int i = 0; i < 20; ++i) {
        auto answer = sized<shop_answer>();
        shop.ask()(shop.scope, sized<shop_question>(), answer);
        answers.push_back(answer);
    }
    for (const shop_answer& answer : answers) CHECK(view(answer.text) == std::string(5000, 'x'));
}

TEST_CASE("a value without its struct_size, or none at all, is refused before any handler sees it") {
    OpenShop shop;
    bool seen = false;
    shop.on_price("look", 0, [&](tenon_call*, shop_article&) { return seen = true, 0; });
    auto article = sized<shop_article>();
    article.struct_size = 0;
    CHECK(tenon_hook_call(shop.price().raw(), shop.scope.raw(), nullptr, &article) == TENON_E_INVALID);
    CHECK(tenon_hook_call(shop.price().raw(), shop.scope.raw(), nullptr, nullptr) == TENON_E_INVALID);
    CHECK_FALSE(seen);
    CHECK(tenon_hook_call(nullptr, shop.scope.raw(), nullptr, &article) == TENON_E_INVALID);
    CHECK(tenon_hook_call(shop.price().raw(), nullptr, nullptr, &article) == TENON_E_INVALID);
    shop.on_sold("look", 0, [&](tenon_call*, const shop_article&) { return seen = true, 0; });
    CHECK(tenon_hook_call(shop.sold().raw(), shop.scope.raw(), nullptr, nullptr) == TENON_E_INVALID);
    CHECK_FALSE(seen);
}

TEST_CASE("two hosts in one process do not see each other's handlers") {
    OpenShop one;
    OpenShop other;
    int in_one = 0;
    int in_other = 0;
    one.on_sold("one", 0, [&](tenon_call*, const shop_article&) {
        ++in_one;
        return other.sold()(other.scope, sized<shop_article>());
    });
    other.on_sold("other", 0, [&](tenon_call*, const shop_article&) { return ++in_other, TENON_CONTINUE; });
    one.sold()(one.scope, sized<shop_article>());
    CHECK(in_one == 1);
    CHECK(in_other == 1);
}
