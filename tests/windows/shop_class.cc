// The fixture in C++: the same contract, the same manifest, a class.
#include <tenon/plugin.hpp>

#include "tests/unit/loader/shop.h"

namespace {

class Shop {
public:
    bool price(tenon::Call&, shop_item& item) { return item.unit++ == SHOP_PIECE; }
    void rate(tenon::Call&, const shop_item& item, shop_point& place) { place = item.place; }
};

}  // namespace

TENON_PLUGIN(Shop, TENON_USES(SHOP_CONTRACT), tenon::on<shop_price_hook, &Shop::price>(),
             tenon::serve<shop_tax_service, tenon::method<shop_tax_rate_method, &Shop::rate>>())
