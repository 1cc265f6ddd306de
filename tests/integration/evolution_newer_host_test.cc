// An application built against 1.1 of a contract, with a plugin built against 1.0 and one built against 1.1.
#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "tests/fixtures/evolution/v1_1/shop.h"
#include "tests/support/catch.h"

namespace {

// The till: counts the pieces of a basket, and remembers whether it was asked with a struct of today.
struct Till {
    bool saw_voucher = false;

    static std::int32_t count(void* self, tenon_call*, const void* request, void* reply) {
        const auto& basket = *static_cast<const shop_basket*>(request);
        static_cast<Till*>(self)->saw_voucher = TENON_HAS(&basket, voucher);
        for (const shop_item item : tenon::SpanView<shop_item>(basket.items))
            static_cast<shop_sum*>(reply)->pieces += item.pieces;
        return TENON_OK;
    }
    static std::int32_t refund(void*, tenon_call*, const void* request, void* reply) {
        static_cast<shop_sum*>(reply)->pieces = static_cast<const shop_item*>(request)->pieces;
        return TENON_OK;
    }
};

class NewerShop {
public:
    explicit NewerShop(const std::string& plugin) {
        host.offer<shop_contract>();
        const tenon_service_table table = {tenon::str(shop_till_service::id), methods, shop_till_method_count};
        REQUIRE(tenon_host_provide(host.raw(), &table, &till, nullptr) == TENON_OK);
        const tenon::Report report = host.load(TENON_FIXTURES "/evolution/" + plugin + ".so");
        INFO(tenon::view(report[0].text));
        REQUIRE(report.all_active());
    }

    std::int32_t pack(shop_basket& basket) { return host.hook<shop_pack_hook>()(scope, basket); }

    static constexpr tenon_handler_fn methods[] = {Till::count, Till::refund};
    Till till;
    tenon::Host host{tenon::trusting()};
    tenon::Scope scope{host};
};

shop_item item(std::uint32_t pieces, const char* name, std::uint64_t cents) {
    return {sizeof(shop_item), pieces, tenon::str(name), cents};
}

shop_basket basket(const std::vector<shop_item>& items) {
    auto made = tenon::sized<shop_basket>();
    made.items = {items.data(), items.size(), sizeof(shop_item), 0};
    made.discount = 250;
    made.voucher = tenon::str("SPRING");
    return made;
}

}  // namespace

TEST_CASE("an older plugin reads the elements that it knows out of a newer host's longer ones") {
    NewerShop shop("older");
    const std::vector<shop_item> items = {item(3, "apples", 120), item(2, "pears", 80)};
    shop_basket sent = basket(items);
    CHECK(shop.pack(sent) == TENON_CHANGED);
    CHECK(tenon::view(sent.label) == "3 apples, 2 pears, packed by the older plugin");
    CHECK(shop.scope.error_count() == 0);
}

TEST_CASE("a value that an older plugin changes keeps the fields that the plugin does not know") {
    NewerShop shop("older");
    const std::vector<shop_item> items = {item(3, "apples", 120)};
    shop_basket sent = basket(items);
    CHECK(shop.pack(sent) == TENON_CHANGED);
    CHECK(sent.struct_size == sizeof(shop_basket));
    CHECK(sent.total == 3);
    CHECK(sent.discount == 250);
    CHECK(tenon::view(sent.voucher) == "SPRING");
}

TEST_CASE("elements keep the bytes that an older plugin does not know when it appends one") {
    NewerShop shop("older");
    const std::vector<shop_item> items = {item(3, "apples", 120), item(2, "pears", 80)};
    shop_basket sent = basket(items);
    shop.pack(sent);
    const tenon::SpanView<shop_item> packed(sent.items);
    REQUIRE(packed.size() == 3);
    CHECK(sent.items.stride == sizeof(shop_item));
    CHECK(packed[0].cents == 120);
    CHECK(packed[1].cents == 80);
    const shop_item receipt = packed[2];
    CHECK(tenon::view(receipt.name) == "receipt");
    CHECK_FALSE(TENON_HAS(&receipt, cents));
    CHECK(receipt.cents == 0);
}

TEST_CASE("an element that an older plugin puts into an empty span is read with zeros behind its end") {
    NewerShop shop("older");
    shop_basket sent = basket({});
    shop.pack(sent);
    REQUIRE(sent.items.count == 1);
    CHECK(sent.items.stride < sizeof(shop_item));
    const shop_item receipt = tenon::SpanView<shop_item>(sent.items)[0];
    CHECK(receipt.pieces == 1);
    CHECK(receipt.cents == 0);
}

TEST_CASE("a newer host's service sees that an older plugin's request ends early") {
    NewerShop shop("older");
    const std::vector<shop_item> items = {item(3, "apples", 120), item(2, "pears", 80)};
    shop_basket sent = basket(items);
    shop.till.saw_voucher = true;
    shop.pack(sent);
    CHECK(sent.total == 5);
    CHECK_FALSE(shop.till.saw_voucher);
}

TEST_CASE("plugins of today use all of it in a host of today") {
    for (const char* plugin : {"newer", "newer-without-tail", "newer-by-version", "newer-with-new-hook"}) {
        INFO(plugin);
        NewerShop shop(plugin);
        const std::vector<shop_item> items = {item(3, "apples", 120)};
        shop_basket sent = basket(items);
        CHECK(shop.pack(sent) == TENON_CHANGED);
        CHECK(tenon::view(sent.label) == "voucher SPRING, for 120, refund of 3, takes things back");
        shop_item returned = item(1, "apple", 40);
        CHECK(shop.host.hook<shop_brought_back_hook>()(shop.scope, returned) == TENON_CHANGED);
        CHECK(returned.cents == 0);
    }
}
