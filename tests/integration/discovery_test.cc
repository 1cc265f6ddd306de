// What a host knows of plugins before it loads them, and what it loads with them.
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "tests/support/catch.h"
#include "tests/support/open_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

namespace {

std::string fixture(const std::string& name) {
    return std::string(TENON_FIXTURES) + "/shop/" + name;
}

std::string text(tenon_str s) {
    return std::string(view(s));
}

bool is_mapped(const std::string& name) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find(name) != std::string::npos) return true;
    return false;
}

int32_t price_of(OpenShop& shop, int32_t cents) {
    auto article = sized<shop_article>();
    article.cents = cents;
    shop.price()(shop.scope, article);
    return article.cents;
}

}  // namespace

TEST_CASE("discovery tells the order and the reasons, and loads nothing") {
    OpenShop shop;
    const Report report = shop.host.discover({fixture("asks_the_till"), fixture("keeps_the_till")});
    REQUIRE(report.size() == 2);
    CHECK(text(report[0].plugin) == "org.tenon.test.keeps-the-till");
    CHECK(report[0].state == TENON_STATE_RESOLVED);
    CHECK(report[0].after.count == 0);
    CHECK(text(report[1].plugin) == "org.tenon.test.asks-the-till");
    CHECK(text(report[1].name) == "asks_the_till");
    REQUIRE(report[1].after.count == 1);
    const tenon_report_link link = SpanView<tenon_report_link>(report[1].after)[0];
    CHECK(text(link.plugin) == "org.tenon.test.keeps-the-till");
    CHECK(text(link.what) == "dependency org.tenon.test.keeps-the-till ^1");
    CHECK(link.required == 1);
    CHECK_FALSE(is_mapped("keeps_the_till"));
    CHECK_FALSE(is_mapped("keeps-the-till"));
    CHECK(shop.host.plugins().size() == 0);
}

TEST_CASE("each problem of a plugin is a problem of its own in the report") {
    OpenShop shop;
    const Report report = shop.host.discover({fixture("means_another_abi"), fixture("needs_the_absent")});
    REQUIRE(report.size() == 2);
    for (uint64_t i = 0; i < report.size(); ++i) {
        REQUIRE(report[i].problems.count == 1);
        const tenon_report_problem problem = SpanView<tenon_report_problem>(report[i].problems)[0];
        CHECK(text(problem.reason) == text(report[i].reason));
        CHECK(text(problem.text) == text(report[i].text));
        CHECK(text(problem.fix) == text(report[i].fix));
        CHECK(report[i].state == TENON_STATE_FAILED);
    }
}

TEST_CASE("what depends on a refused plugin is told so, and not that there is none") {
    OpenShop shop;
    const Report report = shop.host.discover({fixture("needs_another_abi"), fixture("means_another_abi")});
    REQUIRE(report.size() == 2);
    CHECK(text(report[1].reason) == "abi.manifest");
    CHECK(text(report[0].reason) == "plan.dependency-refused");
    CHECK(text(report[0].text).find("the manifest says ABI 7") != std::string::npos);
}

TEST_CASE("a dependency is met by a plugin that provides the id, which cannot be unloaded before") {
    OpenShop shop;
    REQUIRE(shop.host.load({fixture("needs_the_absent"), fixture("stands_in_for_the_absent")}).all_active());
    CHECK_THROWS_WITH(shop.host.unload("org.tenon.test.stands-in-for-the-absent"),
                      Catch::Matchers::Contains("is needed by org.tenon.test.needs-the-absent"));
    shop.host.unload("org.tenon.test.needs-the-absent");
    CHECK_NOTHROW(shop.host.unload("org.tenon.test.stands-in-for-the-absent"));
}

TEST_CASE("a plugin brings a library of its own, which is loaded from the private copy") {
    OpenShop shop;
    REQUIRE(shop.host.load(fixture("brings_its_ink")).all_active());
    CHECK(price_of(shop, 100) == 107);
    CHECK(is_mapped("org.tenon.test.brings-its-ink.g1/lib/libshop-ink.so"));
    const Report gone = shop.host.unload("org.tenon.test.brings-its-ink");
    CHECK(gone[0].state == TENON_STATE_UNLOADED);
    CHECK_FALSE(is_mapped("libshop-ink.so"));
}

TEST_CASE("a plugin whose manifest says so stays mapped after it is unloaded") {
    OpenShop shop;
    REQUIRE(shop.host.load(fixture("stays_by_wish")).all_active());
    const Report gone = shop.host.unload("org.tenon.test.stays-by-wish");
    CHECK(gone[0].state == TENON_STATE_RETIRED);
    CHECK(text(gone[0].reason) == "unmap.kept");
    CHECK(text(gone[0].text).ends_with("stays in memory: its manifest says unload = \"retire\""));
    CHECK(is_mapped("org.tenon.test.stays-by-wish.g1"));
    CHECK(price_of(shop, 100) == 100);
    REQUIRE(shop.host.load(fixture("stays_by_wish")).all_active());  // again, as another generation
}

TEST_CASE("a folder's cache is used when nothing changed, and a broken one is replaced") {
    const std::string folder = base::make_unique_folder(base::temporary_folder(), "tenon-discovery-").take();
    const std::string file = folder + "/cache";
    std::ofstream(file) << "not a cache";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    test::LogBook book;
    auto options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    options.cache_file = str(file);
    options.log = test::LogBook::write;
    options.log_data = &book;
    {
        OpenShop shop(options);
        CHECK(shop.host.discover({fixture("gives_discount")}).size() == 1);
    }
    REQUIRE(book.lines.size() == 1);
    CHECK(book.lines[0].find(file) != std::string::npos);
    OpenShop shop(options);
    Report report;
    do report = shop.host.discover({fixture("gives_discount")});
    while (report[0].cached == 0);  // a library that has just been built is not kept yet
    CHECK(report[0].state == TENON_STATE_RESOLVED);
    CHECK(book.lines.size() == 1);
    base::remove_tree(folder);
}

TEST_CASE("a plugin that would make the stacks of the process executable is not mapped") {
    OpenShop shop;
    const Report report = shop.host.load(fixture("wants_an_executable_stack"));
    CHECK(report[0].state == TENON_STATE_FAILED);
    CHECK(text(report[0].reason) == "lint.executable-stack");
    CHECK(text(report[0].text).find("wants_an_executable_stack.so: ") != std::string::npos);
    CHECK_FALSE(is_mapped("org.tenon.test.wants-an-executable-stack.g1"));
}

TEST_CASE("a plugin that provides what it needs itself is planned, and loaded as planned") {
    OpenShop shop;
    CHECK(shop.host.discover({fixture("needs_what_it_provides")})[0].state == TENON_STATE_RESOLVED);
    CHECK(shop.host.load(fixture("needs_what_it_provides")).all_active());
}

TEST_CASE("what is active already is told so by discovery") {
    OpenShop shop;
    shop.host.load(fixture("keeps_the_till"));
    const Report again = shop.host.discover({fixture("keeps_the_till")});
    CHECK(text(again[0].reason) == "plan.already-active");
}
