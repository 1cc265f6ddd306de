// What the C functions of host.h refuse, each with its id and text.
#include <cstdint>
#include <cstring>
#include <functional>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

namespace {

// "id: text" of what a function refused with that status.
std::string refused_call(int32_t status, const std::function<int32_t(tenon_error*)>& function) {
    tenon_error error = TENON_ERROR_INIT;
    CHECK(function(&error) == status);
    CHECK(error.code == status);
    return std::string(error.reason) + ": " + error.text;
}

// The shop's records with other names; the first that has the name is renamed.
std::vector<tenon_record> renamed(std::initializer_list<std::pair<const char*, const char*>> names) {
    std::vector<tenon_record> records(std::begin(shop_contract::records), std::end(shop_contract::records));
    for (const auto& [from, to] : names)
        for (tenon_record& record : records) {
            if (std::string(record.name) != from) continue;
            std::memset(record.name, 0, sizeof record.name);
            std::memcpy(record.name, to, std::strlen(to));
            break;
        }
    return records;
}

std::string refused_offer(const OpenShop& shop, const std::vector<tenon_record>& records) {
    return refused_call(TENON_E_INVALID, [&](tenon_error* error) {
        return tenon_host_offer(shop.host.raw(), records.data(), records.size(), error);
    });
}

int32_t do_nothing(void*, tenon_call*, const void*, void*) {
    return TENON_OK;
}

}  // namespace

TEST_CASE("an argument that must not be NULL is named") {
    const OpenShop shop;
    CHECK(refused_call(TENON_E_INVALID, [](tenon_error* error) {
              return tenon_host_create(nullptr, nullptr, error);
          }) == "api.invalid-argument: out_host is NULL");
    CHECK(refused_call(TENON_E_INVALID, [](tenon_error* error) {
              return tenon_host_load(nullptr, nullptr, 0, nullptr, error);
          }) == "api.invalid-argument: the host is NULL");
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) {
              return tenon_host_load(shop.host.raw(), nullptr, 1, nullptr, error);
          }) == "api.invalid-argument: the paths are NULL");
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) {
              return tenon_host_offer(shop.host.raw(), nullptr, 1, error);
          }) == "api.invalid-argument: the records are NULL or too many");
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) {
              return tenon_host_provide(shop.host.raw(), nullptr, nullptr, error);
          }) == "api.invalid-argument: the service or its methods are NULL");
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) {
              return tenon_host_hook(shop.host.raw(), str(SHOP_ID), str("price"), nullptr, error);
          }) == "api.invalid-argument: the host or out_hook is NULL");
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) {
              return tenon_host_service(shop.host.raw(), str("org.tenon.test.till/1"), nullptr, error);
          }) == "api.invalid-argument: out_service is NULL");
}

TEST_CASE("an exception inside the host is an error with its words") {
    const OpenShop shop;
    const tenon_str path = {"a path", std::uint64_t{1} << 63};  // longer than any string can be
    CHECK_THAT(
        refused_call(TENON_E_EXCEPTION,
                     [&](tenon_error* error) { return tenon_host_load(shop.host.raw(), &path, 1, nullptr, error); }),
        Catch::Matchers::StartsWith("api.exception: basic_string::"));
    CHECK(tenon_host_collect(shop.host.raw()) == 0);  // it is not busy afterwards
}

TEST_CASE("options that do not say their size are refused") {
    tenon_host_options options{};
    tenon_host* out = nullptr;
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) { return tenon_host_create(&options, &out, error); }) ==
          "host.bad-options: tenon_host_options.struct_size is not set");
    CHECK(out == nullptr);
}

TEST_CASE("an offer is refused for its id, its service and an attribute that does not fit its hook") {
    const OpenShop shop;
    CHECK(refused_offer(shop, renamed({})) ==
          "contract.already-offered: contract org.tenon.test.shop is already offered");
    CHECK(refused_offer(shop, renamed({{SHOP_ID, "org.tenon.test.other"}})) ==
          "service.already-described: service org.tenon.test.till/1 of contract org.tenon.test.other is already "
          "described by contract org.tenon.test.shop");
    auto records = renamed({{SHOP_ID, "org.tenon.test.other"}, {"org.tenon.test.till/1", "org.tenon.test.other/1"}});
    for (tenon_record& record : records)
        if (record.kind == TENON_RECORD_HOOK && std::string(record.name) == "opened")
            record.type = TENON_NOTIFY | 0u | TENON_DENY_BY_DEFAULT;
    CHECK(refused_offer(shop, records) ==
          "contract.bad-hook: the host: record 19 of contract org.tenon.test.other: hook opened: DENY_BY_DEFAULT does "
          "not "
          "go with NOTIFY, but with VETO");
}

TEST_CASE("what no contract on offer has is unknown") {
    const OpenShop shop;
    tenon_hook* hook = nullptr;
    CHECK(refused_call(TENON_E_NOT_FOUND, [&](tenon_error* error) {
              return tenon_host_hook(shop.host.raw(), str(SHOP_ID), str("closed"), &hook, error);
          }) == "hook.unknown: no hook org.tenon.test.shop/closed is offered");
    tenon_service* service = nullptr;
    CHECK(refused_call(TENON_E_NOT_FOUND, [&](tenon_error* error) {
              return tenon_host_service(shop.host.raw(), str("org.tenon.test.till/2"), &service, error);
          }) == "service.unknown: no contract on offer describes service org.tenon.test.till/2");
    CHECK(refused_call(TENON_E_NOT_FOUND, [&](tenon_error* error) {
              return tenon_host_unload(shop.host.raw(), str("org.tenon.test.nobody"), nullptr, error);
          }) == "unload.unknown: no plugin org.tenon.test.nobody is active");
}

TEST_CASE("a service that has a provider is refused to another") {
    const OpenShop shop;
    const tenon_handler_fn methods[] = {do_nothing};
    const tenon_service_table till = {TENON_STR("org.tenon.test.till/1"), methods, 1};
    REQUIRE(tenon_host_provide(shop.host.raw(), &till, nullptr, nullptr) == TENON_OK);
    CHECK(refused_call(TENON_E_INVALID, [&](tenon_error* error) {
              return tenon_host_provide(shop.host.raw(), &till, nullptr, error);
          }) == "service.already-provided: the host: service org.tenon.test.till/1 is already provided");
}

TEST_CASE("a load of which something was refused says so") {
    const OpenShop shop;
    const tenon_str path = str("/etc/passwd");  // a file, but no library
    tenon_report* report = nullptr;
    CHECK(refused_call(TENON_E_REFUSED, [&](tenon_error* error) {
              return tenon_host_load(shop.host.raw(), &path, 1, &report, error);
          }) == "load.refused: some plugins were refused or failed");
    CHECK(Report(report).size() == 1);
}

TEST_CASE("options of a handler that cannot be are refused, with the field") {
    OpenShop shop;
    const auto refused = [&](const tenon_handler_options& options) {
        return refused_call(TENON_E_INVALID, [&](tenon_error* error) {
            tenon_registration* added = nullptr;
            const auto nothing = [](void*, tenon_call*, const void*, void*) { return int32_t{0}; };
            return tenon_hook_add(shop.sold().raw(), &options, nothing, nullptr, &added, error);
        });
    };
    auto options = sized<tenon_handler_options>();
    options.phase = 9;
    CHECK(refused(options) == "hook.bad-options: tenon_handler_options.phase: there is no phase 9");
    options.phase = 0;
    options.share = 101;
    CHECK(refused(options) == "hook.bad-options: tenon_handler_options.share: 101 % is more than all");
    options.share = 0;
    options.soft_ns = 20;
    options.hard_ns = 10;
    CHECK(refused(options) ==
          "hook.bad-options: tenon_handler_options.hard_ns: 10 ns is less than the soft budget of 20 ns");
    options.struct_size = 0;
    CHECK(refused(options) == "hook.bad-options: tenon_handler_options.struct_size is not set");
}

TEST_CASE("plugins are enabled and disabled by a host that keeps a store") {
    OpenShop shop;
    CHECK(refused_call(TENON_E_STATE, [&](tenon_error* error) {
              return tenon_host_enable(shop.host.raw(), str("org.acme.x"), error);
          }) == "store.none: the host keeps no store");
}
