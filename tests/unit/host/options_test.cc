#include <filesystem>

#include "base/file.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;

TEST_CASE("options without their size are refused") {
    tenon_host_options options{};
    tenon_host* out = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_create(&options, &out, &error) == TENON_E_INVALID);
    CHECK(std::string(error.text) == "tenon_host_options.struct_size is not set");
    CHECK(tenon_host_create(nullptr, nullptr, &error) == TENON_E_INVALID);
}

TEST_CASE("a private folder that cannot be made is refused with the system's words") {
    auto options = sized<tenon_host_options>();
    options.private_folder = str("/proc/no/such");
    CHECK_THROWS_WITH(Host(options), Catch::Matchers::Contains("/proc/no: cannot be written: No such file"));
}

TEST_CASE("options that cannot be are refused with the option's name") {
    auto options = sized<tenon_host_options>();
    options.id = str("Editor");
    CHECK_THROWS_WITH(Host(options), Catch::Matchers::Contains("tenon_host_options.id: \"Editor\" is not an id"));
    options.id = {};
    options.version = str("1.2.0");
    CHECK_THROWS_WITH(Host(options), Catch::Matchers::Contains(
                                         "tenon_host_options.version: there is no id whose version it could be"));
    options.id = str("org.acme.editor");
    options.version = str("1.2");
    CHECK_THROWS_WITH(Host(options), Catch::Matchers::Contains("tenon_host_options.version: \"1.2\" is not a version"));
    options.version = str("1.2.0");
    options.duplicates = 3;
    CHECK_THROWS_WITH(Host(options), Catch::Matchers::Contains("tenon_host_options.duplicates: 3 is no policy"));
    options.duplicates = TENON_DUPLICATES_NEWEST;
    const tenon_pin pin = {str("org.acme.spell"), str("1.0.0")};
    options.pins = {&pin, 1, sizeof pin, 0};
    CHECK_NOTHROW(Host(options));
}

TEST_CASE("a host's private folder is its own and goes with it") {
    const std::string parent = base::make_unique_folder(base::temporary_folder(), "tenon-test-").take();
    auto options = sized<tenon_host_options>();
    options.private_folder = str(parent);
    {
        const Host one(options);
        const Host other(options);
        CHECK(base::list_folder(parent).value().size() == 2);
    }
    CHECK(base::list_folder(parent).value().empty());
    base::remove_tree(parent);
}

TEST_CASE("a contract is offered once") {
    Host shop;
    shop.offer<shop_contract>();
    CHECK_THROWS_WITH(shop.offer<shop_contract>(),
                      Catch::Matchers::Contains("contract org.tenon.test.shop is already offered"));
}

TEST_CASE("an unknown hook is named") {
    Host shop;
    CHECK_THROWS_WITH(shop.hook<shop_price_hook>(),
                      Catch::Matchers::Contains("no hook org.tenon.test.shop/price is offered"));
}

TEST_CASE("a path that is not there is an error of its own") {
    Host shop;
    CHECK_THROWS_WITH(shop.load("/no/such/folder"),
                      Catch::Matchers::Contains("/no/such/folder: cannot be read: No such file"));
}

TEST_CASE("the library says which ABI it implements") {
    CHECK(std::string(tenon_abi_version()) == "0.1");
}

TEST_CASE("each state has a name") {
    CHECK(std::string(tenon_state_name(TENON_STATE_ACTIVE)) == "active");
    CHECK(std::string(tenon_state_name(TENON_STATE_QUARANTINED)) == "quarantined");
    CHECK(std::string(tenon_state_name(99)) == "unknown");
}
