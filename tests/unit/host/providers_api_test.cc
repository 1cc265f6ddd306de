// The C function with which an application provides something.
#include <tenon/provide.h>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;

namespace {

std::int32_t unused(void*, const tenon_provider_call*) {
    return TENON_OK;
}

}  // namespace

TEST_CASE("only what is the application's can be provided") {
    const test::OpenShop shop;
    const auto registered = [&](std::uint32_t number) {
        tenon_error error = TENON_ERROR_INIT;
        const std::int32_t status = tenon_host_set_provider(shop.host.raw(), number, unused, nullptr, &error);
        return std::to_string(status) + " " + error.text;
    };
    for (const std::uint32_t number : {4u, 16u, 17u, 18u, 19u, 20u, 21u}) CHECK(registered(number) == "0 ");
    for (const std::uint32_t number : {0u, 1u, 3u, 5u, 15u, 22u, UINT32_MAX})
        CHECK(registered(number) == "-2 requests of kind " + std::to_string(number) + " are not the application's");
    CHECK(tenon_host_set_provider(nullptr, TENON_REQUEST_DEVICE, unused, nullptr, nullptr) == TENON_E_INVALID);
}
