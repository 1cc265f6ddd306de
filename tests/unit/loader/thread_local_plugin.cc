// A handler that leaves a thread-local object with a destructor behind.
#include <tenon/entry.h>

#include <string>

#include "tests/unit/loader/shop.h"

TENON_NOTE(TENON_USES(SHOP_CONTRACT))

static int32_t price(void*, tenon_call*, const void*, void*) {
    thread_local std::string last_price = "a text that is too long to be kept in place";
    return static_cast<int32_t>(last_price.size());
}

static const tenon_handler handlers[] = {{TENON_STR("com.example.shop"), TENON_STR("price"), price}};

TENON_ENTRY_HANDLERS(nullptr, handlers)
