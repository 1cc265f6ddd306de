#include <cstring>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

namespace {

int32_t count_coins(void* self, tenon_call* raw, const void* request, void* reply) {
    const auto& question = *static_cast<const shop_question*>(request);
    auto& answer = *static_cast<shop_answer*>(reply);
    if (view(question.text) == "fail") return tenon_call_fail(raw, TENON_E_FAILED, tenon_str_from("till is jammed"));
    answer.text = Call(raw).copy(std::string(static_cast<const char*>(self)) + std::string(view(question.text)));
    return TENON_OK;
}

const tenon_handler_fn only_count[] = {count_coins, nullptr};
const tenon_service_table till = {TENON_STR("org.tenon.test.till/1"), only_count, 2};

void provide(OpenShop& shop) {
    static char name[] = "till:";
    ErrorSlot error;
    error.check(tenon_host_provide(shop.host.raw(), &till, name, error.get()));
}

shop_question question(std::string_view text) {
    auto out = sized<shop_question>();
    out.text = str(text);
    return out;
}

}  // namespace

TEST_CASE("a service of the host is called by its stub") {
    OpenShop shop;
    provide(shop);
    const auto service = shop.host.service<shop_till_service>();
    const shop_answer answer = service.ask<shop_till_count_method>(shop.scope, question("7"));
    CHECK(view(answer.text) == "till:7");
}

TEST_CASE("a method that the provider lacks is unimplemented, one of a service without provider is gone") {
    OpenShop shop;
    const auto status = [&](std::uint32_t method) {
        tenon_service* raw = nullptr;
        tenon_host_service(shop.host.raw(), str("org.tenon.test.till/1"), &raw, nullptr);
        auto answer = sized<shop_answer>();
        const auto asked = question("7");
        return tenon_service_call(raw, shop.scope.raw(), method, &asked, &answer);
    };
    CHECK(status(shop_till_count) == TENON_E_GONE);
    provide(shop);
    CHECK(status(shop_till_count) == TENON_OK);
    CHECK(status(shop_till_close) == TENON_E_UNIMPLEMENTED);
    CHECK(status(99) == TENON_E_UNIMPLEMENTED);
}

TEST_CASE("a method's failure comes back with its words") {
    OpenShop shop;
    provide(shop);
    const auto service = shop.host.service<shop_till_service>();
    CHECK_THROWS_WITH(service.ask<shop_till_count_method>(shop.scope, question("fail")), "the host: till is jammed");
}

TEST_CASE("a service has one provider") {
    OpenShop shop;
    provide(shop);
    CHECK_THROWS_WITH(
        provide(shop),
        "the host: service org.tenon.test.till/1 is already provided Fix: Unload the other provider first.");
}

TEST_CASE("a service without its functions is refused") {
    OpenShop shop;
    const tenon_service_table empty = {TENON_STR("org.tenon.test.till/1"), nullptr, 2};
    CHECK(tenon_host_provide(shop.host.raw(), &empty, nullptr, nullptr) == TENON_E_INVALID);
}

TEST_CASE("a service belongs to one contract, and does not take the place of a hook") {
    OpenShop shop;
    std::vector<tenon_record> records(std::begin(shop_contract::records), std::end(shop_contract::records));
    const auto rename = [&](const char* from, const char* to) {
        for (tenon_record& record : records)
            if (std::string(record.name) == from) {
                std::memset(record.name, 0, sizeof record.name);
                std::memcpy(record.name, to, std::strlen(to));
            }
    };
    rename(SHOP_ID, "org.tenon.test.other");
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_offer(shop.host.raw(), records.data(), records.size(), &error) == TENON_E_INVALID);
    CHECK(std::string(error.text) ==
          "service org.tenon.test.till/1 of contract org.tenon.test.other is already described by contract "
          "org.tenon.test.shop");
    rename("org.tenon.test.till/1", "org.tenon.test.shop");  // the name of the contract whose hooks are at stake
    rename("count", "sold");
    CHECK(tenon_host_offer(shop.host.raw(), records.data(), records.size(), &error) == TENON_OK);
    int calls = 0;
    shop.on_sold("counts", 0, [&](tenon_call*, const shop_article&) { return ++calls, TENON_CONTINUE; });
    CHECK(shop.sold()(shop.scope, sized<shop_article>()) == TENON_CONTINUE);
    CHECK(calls == 1);
}

TEST_CASE("the same stub is given for the same service") {
    OpenShop shop;
    tenon_service* one = nullptr;
    tenon_service* other = nullptr;
    tenon_host_service(shop.host.raw(), str("org.tenon.test.till/1"), &one, nullptr);
    tenon_host_service(shop.host.raw(), str("org.tenon.test.till/1"), &other, nullptr);
    CHECK(one == other);
}

TEST_CASE("a service that no contract describes cannot be provided or asked for") {
    OpenShop shop;
    const tenon_service_table other = {TENON_STR("org.tenon.test.other/1"), only_count, 2};
    ErrorSlot error;
    CHECK(tenon_host_provide(shop.host.raw(), &other, nullptr, error.get()) == TENON_E_INVALID);
    CHECK(std::string(error.get()->reason) == "service.undescribed");
    tenon_service* stub = nullptr;
    CHECK(tenon_host_service(shop.host.raw(), str("org.tenon.test.other/1"), &stub, error.get()) == TENON_E_NOT_FOUND);
    CHECK(std::string(error.get()->text) == "no contract on offer describes service org.tenon.test.other/1");
}
