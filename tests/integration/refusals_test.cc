// Refusals that take a real plugin, each with its id and text.
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

namespace {

std::string fixture(const std::string& name) {
    return std::string(TENON_FIXTURES) + "/shop/" + name;
}

// "id: text" of a row.
std::string refusal(const tenon_report_row& row) {
    return std::string(view(row.reason)) + ": " + std::string(view(row.text));
}

// Of the row of a plugin, by its id without what all fixtures begin with.
std::string refusal(const Report& report, const std::string& plugin) {
    for (std::uint64_t i = 0; i < report.size(); ++i)
        if (view(report[i].plugin) == "org.tenon.test." + plugin) return refusal(report[i]);
    return "no row";
}

std::string refusal(const tenon_error& error) {
    return std::string(error.reason) + ": " + error.text;
}

Report load(const OpenShop& shop, std::initializer_list<const char*> names) {
    std::vector<std::string> paths;
    std::vector<tenon_str> views;
    for (const char* name : names) paths.push_back(fixture(name));
    for (const std::string& path : paths) views.push_back(str(path));
    tenon_report* report = nullptr;
    tenon_host_load(shop.host.raw(), views.data(), views.size(), &report, nullptr);
    return Report(report);
}

// Whoever reads the log, and asks for something while the host is loading.
struct Impatient {
    tenon_host* host = nullptr;
    int32_t status = TENON_OK;
    tenon_error error = TENON_ERROR_INIT;

    static void hear(void* self, std::uint32_t, tenon_str, tenon_str) {
        auto& reader = *static_cast<Impatient*>(self);
        reader.status = tenon_host_unload(reader.host, str("org.tenon.test.gives-discount"), nullptr, &reader.error);
    }
};

}  // namespace

TEST_CASE("a hook of a contract whose plugin did not start is unknown") {
    const OpenShop shop;
    const Report report = load(shop, {"watches_the_shelf", "offers_a_shelf_and_fails"});
    CHECK(refusal(report, "offers-a-shelf-and-fails") ==
          "plugin.create-failed: org.tenon.test.offers-a-shelf-and-fails 1.0.0: create failed: the wood is late");
    CHECK(refusal(report, "watches-the-shelf") ==
          "contract.unknown: org.tenon.test.watches-the-shelf 1.0.0 handles org.tenon.test.shelf/stocked, but nobody "
          "offers org.tenon.test.shelf");
}

TEST_CASE("the module of a contract is not a plugin") {
    const OpenShop shop;
    const Report report = load(shop, {"shelf_contract/shelf_contract.contract.so"});
    REQUIRE(report.size() == 1);
    CHECK(refusal(report[0]) == "image.no-plugin: " + fixture("shelf_contract/shelf_contract.contract.so") +
                                    ": is the module of a contract, not a plugin");
}

TEST_CASE("functions for a service that the plugin's note does not describe are refused") {
    const OpenShop shop;
    CHECK(refusal(load(shop, {"serves_the_undescribed"}), "serves-the-undescribed") ==
          "plugin.service-undescribed: org.tenon.test.serves-the-undescribed 1.0.0 has functions for service "
          "org.tenon.test.library/1, which no contract in its note describes");
}

TEST_CASE("a plugin that others need is not unloaded") {
    const OpenShop shop;
    REQUIRE(load(shop, {"keeps_the_till", "asks_the_till"}).all_active());
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_unload(shop.host.raw(), str("org.tenon.test.keeps-the-till"), nullptr, &error) == TENON_E_STATE);
    CHECK(refusal(error) ==
          "unload.depended-on: org.tenon.test.keeps-the-till 1.0.0 is needed by org.tenon.test.asks-the-till 1.0.0");
}

TEST_CASE("the host does one load or unload at a time") {
    Impatient reader;
    auto options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.log = Impatient::hear;
    options.log_data = &reader;
    const OpenShop shop(options);
    reader.host = shop.host.raw();
    load(shop, {"gives_discount", "fails_to_create"});
    CHECK(reader.status == TENON_E_BUSY);
    CHECK(refusal(reader.error) == "host.busy: the host is loading or unloading at this moment");
    CHECK(tenon_host_unload(reader.host, str("org.tenon.test.gives-discount"), nullptr, nullptr) == TENON_OK);
}
