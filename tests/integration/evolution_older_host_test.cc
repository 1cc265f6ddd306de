// An application built against 1.0 of a contract, with plugins built against 1.1: refused, unless they said that they
// can do without what is new.
#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "tests/fixtures/evolution/v1/shop.h"
#include "tests/support/catch.h"

namespace {

std::int32_t count(void*, tenon_call*, const void* request, void* reply) {
    const auto& basket = *static_cast<const shop_basket*>(request);
    for (const shop_item item : tenon::SpanView<shop_item>(basket.items))
        static_cast<shop_sum*>(reply)->pieces += item.pieces;
    return TENON_OK;
}

class OlderShop {
public:
    OlderShop() {
        host.offer<shop_contract>();
        const tenon_service_table table = {tenon::str(shop_till_service::id), methods, shop_till_method_count};
        REQUIRE(tenon_host_provide(host.raw(), &table, nullptr, nullptr) == TENON_OK);
    }
    tenon::Report load(const std::string& plugin) { return host.load(TENON_FIXTURES "/evolution/" + plugin + ".so"); }

    static constexpr tenon_handler_fn methods[] = {count};
    tenon::Host host{tenon::trusting()};
    tenon::Scope scope{host};
};

// A basket with something behind it that no plugin may touch.
struct Shelf {
    shop_basket basket;
    unsigned char next_to_it[64];
};

shop_item item(std::uint32_t pieces, const char* name) {
    return {sizeof(shop_item), pieces, tenon::str(name)};
}

}  // namespace

TEST_CASE("a newer plugin is refused by an older host, which names the fields that it lacks and both versions") {
    OlderShop shop;
    const tenon::Report report = shop.load("newer");
    REQUIRE(report.size() == 1);
    CHECK(report[0].state == TENON_STATE_FAILED);
    CHECK(tenon::view(report[0].reason) == "contract.field-missing");
    CHECK(tenon::view(report[0].text) ==
          "shop_basket.discount: the plugin was built against a newer contract (1.1.0) that has this field; the host "
          "offers 1.0.0, whose shop_basket ends after 48 bytes\n"
          "shop_basket.voucher: the plugin was built against a newer contract (1.1.0) that has this field; the host "
          "offers 1.0.0, whose shop_basket ends after 48 bytes\n"
          "shop_item.cents: the plugin was built against a newer contract (1.1.0) that has this field; the host offers "
          "1.0.0, whose shop_item ends after 24 bytes");
    CHECK(tenon::view(report[0].fix) ==
          "Build the plugin against org.tenon.test.shop 1.0.0, or let the host offer "
          "1.1.0.");
}

TEST_CASE("a plugin that asks for a newer contract is refused by its version, before its types are looked at") {
    OlderShop shop;
    const tenon::Report report = shop.load("newer-by-version");
    REQUIRE(report.size() == 1);
    CHECK(report[0].state == TENON_STATE_FAILED);
    CHECK(tenon::view(report[0].reason) == "plan.contract-version");
    CHECK_THAT(std::string(tenon::view(report[0].text)),
               Catch::Contains("^1.1") && Catch::Contains("org.tenon.test.shop") && Catch::Contains("1.0.0"));
}

TEST_CASE("a newer plugin that lists a hook of 1.1 is refused by an older host, which names the hook") {
    OlderShop shop;
    const tenon::Report report = shop.load("newer-with-new-hook");
    REQUIRE(report.size() == 1);
    CHECK(report[0].state == TENON_STATE_FAILED);
    CHECK(tenon::view(report[0].reason) == "contract.no-hook");
    CHECK(tenon::view(report[0].text) ==
          "hook org.tenon.test.shop/brought_back: the plugin was built against org.tenon.test.shop 1.1.0, which has "
          "it; the host offers 1.0.0, which does not");
}

TEST_CASE("a newer plugin that can do without the tail works in an older host, and does not see the tail") {
    OlderShop shop;
    const tenon::Report report = shop.load("newer-without-tail");
    INFO(tenon::view(report[0].text));
    REQUIRE(report.all_active());
    const std::vector<shop_item> items = {item(3, "apples"), item(2, "pears")};
    Shelf shelf;
    std::memset(&shelf, 0x5a, sizeof shelf);
    shelf.basket = tenon::sized<shop_basket>();
    shelf.basket.items = {items.data(), items.size(), sizeof(shop_item), 0};
    CHECK(shop.host.hook<shop_pack_hook>()(shop.scope, shelf.basket) == TENON_CHANGED);
    CHECK(shop.scope.error_count() == 0);
    // -4 is TENON_E_UNIMPLEMENTED, of the method that the till of 1.0 lacks; -3 TENON_E_NOT_FOUND, of the new hook.
    CHECK(tenon::view(shelf.basket.label) ==
          "no room for a voucher, no price, no price, refund status -4, no hook: -3");
    for (const unsigned char untouched : shelf.next_to_it) CHECK(untouched == 0x5a);
}

TEST_CASE("an older host reads the longer element that a newer plugin has appended") {
    OlderShop shop;
    REQUIRE(shop.load("newer-without-tail").all_active());
    const std::vector<shop_item> items = {item(3, "apples"), item(2, "pears")};
    auto basket = tenon::sized<shop_basket>();
    basket.items = {items.data(), items.size(), sizeof(shop_item), 0};
    shop.host.hook<shop_pack_hook>()(shop.scope, basket);
    CHECK(basket.items.stride > sizeof(shop_item));
    std::string seen;
    for (const shop_item each : tenon::SpanView<shop_item>(basket.items))
        seen += std::to_string(each.pieces) + " " + std::string(tenon::view(each.name)) + ". ";
    CHECK(seen == "3 apples. 2 pears. 1 gift. ");
}

TEST_CASE("a plugin of the same day works in an older host") {
    OlderShop shop;
    REQUIRE(shop.load("older").all_active());
    const std::vector<shop_item> items = {item(3, "apples")};
    auto basket = tenon::sized<shop_basket>();
    basket.items = {items.data(), items.size(), sizeof(shop_item), 0};
    CHECK(shop.host.hook<shop_pack_hook>()(shop.scope, basket) == TENON_CHANGED);
    CHECK(tenon::view(basket.label) == "3 apples, packed by the older plugin");
    CHECK(basket.total == 3);
}
