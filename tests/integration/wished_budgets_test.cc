// Which budgets a plugin can give itself.
#include "tests/integration/requests_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// The row of the plugin in a shop in which it is trusted as far as this.
Row row_at(const std::string& level, const std::string& fixture, const std::string& id) {
    const Place place;
    const std::string file = place.operators_file(told(level, "", "", id));
    tenon_host_options options = quiet_options();
    options.operator_file = str(file);
    OpenShop shop(options);
    const Report report = shop.host.load(std::string(TENON_FIXTURES) + "/shop/" + fixture);
    INFO(view(report[0].text));
    REQUIRE(report.all_active());
    return row_of(shop.host, id);
}

}  // namespace

TEST_CASE("a plugin that is not trusted gets no more time than the hook gives it") {
    const Row trusted = row_at("trusted", "writes_one", "org.tenon.test.writes-one");
    CHECK(trusted->budget.hard_ns == 40'000 * ms);
    for (const char* level : {"standard", "strict", "locked"}) {
        INFO(level);
        const Row row = row_at(level, "writes_one", "org.tenon.test.writes-one");
        CHECK(row->budget.hard_ns == 500'000);
        CHECK(row->budget.hard_from == TENON_FROM_HOOK);
        CHECK(row->budget.soft_ns == 500'000);  // it asks for more than that
        CHECK(row->budget.share == 90);
    }
}

TEST_CASE("the call time of a manifest is the hard budget of what has none, whoever trusts the plugin") {
    for (const char* level : {"trusted", "standard"}) {
        INFO(level);
        const Row row = row_at(level, "keeps_the_till_for_20_s", "org.tenon.test.keeps-the-till-for-20-s");
        CHECK(row->budget.hard_ns == 20'000 * ms);
        CHECK(row->budget.hard_from == TENON_FROM_MANIFEST);
        CHECK(row->budget.soft_ns == 0);
    }
}
