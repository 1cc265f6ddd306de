// Breakers where they work: between a dispatch and its handlers.
#include "base/file.h"
#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

class OperatorFile {
public:
    explicit OperatorFile(std::string_view text)
        : folder_(base::make_unique_folder(base::temporary_folder(), "tenon-operator-").take()),
          path_(folder_ + "/operator.toml") {
        REQUIRE_FALSE(base::write_file(path_, std::string(text)));
    }
    ~OperatorFile() { base::remove_tree(folder_); }
    OperatorFile(const OperatorFile&) = delete;
    OperatorFile& operator=(const OperatorFile&) = delete;
    auto adjust() const {
        return [this](tenon_host_options& options) { options.operator_file = str(path_); };
    }

private:
    std::string folder_;
    std::string path_;
};

}  // namespace

TEST_CASE("five errors in a row open the breaker; the handler is skipped, which is counted and explained") {
    WatchedShop shop;
    int calls = 0;
    shop.on_opened("fails", {}, [&](tenon_call*) { return ++calls, int32_t{TENON_E_FAILED}; });
    shop.on_opened("works", {}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });
    CHECK(shop.why_skipped("fails") == "org.tenon.test.shop/opened of fails is not skipped: its breaker is closed");
    shop.open(4);
    CHECK(shop.is("fails", TENON_BREAKER_CLOSED));
    shop.open();
    CHECK(shop.is("fails", TENON_BREAKER_OPEN));
    shop.open(10);
    CHECK(calls == 5);
    const Row row = shop.row("fails");
    CHECK(row->calls == 5);
    CHECK(row->errors == 5);
    CHECK(row->skipped == 10);
    CHECK(row->trips == 1);
    CHECK(row->next_probe > row->since);
    CHECK(row.reason == "5 strikes in a row");
    CHECK(shop.row("works")->calls == 15);
    CHECK_THAT(shop.why_skipped("fails"),
               Catch::Matchers::Matches("org\\.tenon\\.test\\.shop/opened of fails is skipped: its breaker has been "
                                        "open for [0-9.]+ (ns|us|ms|s), because 5 strikes in a row; the next probe is "
                                        "in [0-9.]+ (ms|s)"));
}

TEST_CASE("an open breaker lets probes through when its time has come, and closes when they pass") {
    const OperatorFile file("[breaker]\nopen = \"20 ms\"\n");
    WatchedShop shop(file.adjust());
    std::atomic<bool> mended{false};
    shop.on_opened("fails", {},
                   [&](tenon_call*) { return mended ? int32_t{TENON_CONTINUE} : int32_t{TENON_E_FAILED}; });
    shop.open(5);
    REQUIRE(shop.row("fails")->trips == 1);
    mended = true;
    CHECK(comes_true([&] { return shop.open(), shop.is("fails", TENON_BREAKER_CLOSED); }));
    const Row row = shop.row("fails");
    CHECK(row->trips == 1);
    CHECK(row->errors == 5);
    CHECK(row.reason.empty());
    const std::uint64_t calls = row->calls;
    CHECK(calls >= 7);
    shop.open(3);
    CHECK(shop.row("fails")->calls == calls + 3);
}

TEST_CASE("one bad probe of three does not keep a breaker open, two do") {
    const int bad = GENERATE(1, 2);
    // A probe that takes longer than the breaker stays open counts as lost: give it time.
    const OperatorFile file("[breaker]\nopen = \"400 ms\"\n");
    WatchedShop shop(file.adjust());
    int calls = 0;
    shop.on_opened("fails", {},
                   [&](tenon_call*) { return ++calls <= 5 + bad ? int32_t{TENON_E_FAILED} : int32_t{TENON_CONTINUE}; });
    shop.open(5);
    CHECK(comes_true([&] { return shop.open(), calls > 5; }));
    if (bad == 1) {
        CHECK(shop.is("fails", TENON_BREAKER_HALF_OPEN));
        shop.open(2);
        CHECK(shop.is("fails", TENON_BREAKER_CLOSED));
        CHECK(shop.row("fails")->trips == 1);
    } else {
        shop.open();
        CHECK(shop.is("fails", TENON_BREAKER_OPEN));
        CHECK(shop.row("fails")->trips == 2);
        CHECK(shop.row("fails").reason == "2 of 2 probes failed");
    }
}

TEST_CASE("an operator forces breakers, and resets them") {
    WatchedShop shop;
    shop.on_opened("fails", {}, [](tenon_call*) { return int32_t{TENON_E_FAILED}; });
    shop.set_breaker("fails", TENON_BREAKER_FORCED_OPEN);
    shop.open(2);
    CHECK(shop.row("fails")->calls == 0);
    CHECK(shop.row("fails")->skipped == 2);
    CHECK_THAT(shop.why_skipped("fails"),
               Catch::Matchers::Matches("org\\.tenon\\.test\\.shop/opened of fails is skipped: its breaker has been "
                                        ".+ for [0-9.]+ [num]?s, because forced open"));
    for (const std::uint32_t state : {TENON_BREAKER_FORCED_CLOSED, TENON_BREAKER_METRICS_ONLY}) {
        INFO(state);
        const std::uint64_t before = shop.row("fails")->calls;
        shop.set_breaker("fails", state);
        shop.open(20);
        CHECK(shop.row("fails")->calls == before + 20);
        CHECK(shop.is("fails", state));
    }
    CHECK(shop.row("fails")->errors == 40);
    CHECK(shop.row("fails")->trips == 0);
    shop.set_breaker("fails", TENON_BREAKER_CLOSED);
    shop.open(4);
    CHECK(shop.is("fails", TENON_BREAKER_CLOSED));
    shop.open(1);
    CHECK(shop.is("fails", TENON_BREAKER_OPEN));
    shop.set_breaker("fails", TENON_BREAKER_CLOSED);
    CHECK(shop.is("fails", TENON_BREAKER_CLOSED));

    tenon_host* const host = shop.shop.host.raw();
    const tenon_str name = str("fails");
    CHECK(tenon_host_set_breaker(host, name, {}, TENON_BREAKER_OPEN) == TENON_E_INVALID);
    CHECK(tenon_host_set_breaker(host, name, {}, TENON_BREAKER_HALF_OPEN) == TENON_E_INVALID);
    CHECK(tenon_host_set_breaker(host, str("nobody"), {}, TENON_BREAKER_CLOSED) == TENON_E_NOT_FOUND);
    CHECK(tenon_host_set_breaker(host, {}, str("no/hook"), TENON_BREAKER_CLOSED) == TENON_E_NOT_FOUND);
}

TEST_CASE("a call that began before its breaker changed says nothing about the time after") {
    WatchedShop shop;
    std::atomic<bool> inside{false}, leave{false};
    std::atomic<int> calls{0};
    shop.on_opened("fails", {}, [&](tenon_call*) {
        if (++calls == 1) {
            inside = true;
            while (!leave) std::this_thread::yield();
        }
        return int32_t{TENON_E_FAILED};
    });
    Visitor early(shop);
    REQUIRE(comes_true([&] { return inside.load(); }));
    shop.open(5);
    REQUIRE(shop.is("fails", TENON_BREAKER_OPEN));
    shop.set_breaker("fails", TENON_BREAKER_CLOSED);
    shop.open(4);
    leave = true;
    early.join();
    CHECK(shop.row("fails")->errors == 10);
    CHECK(shop.is("fails", TENON_BREAKER_CLOSED));  // with the early one it would be the fifth in a row
    shop.open();
    CHECK(shop.is("fails", TENON_BREAKER_OPEN));
}

TEST_CASE("a budget comes from the hook, the application, the operator or the living operator, and says from where") {
    const OperatorFile file(
        "[hooks.\"org.tenon.test.shop/price\"]\nhard = \"70 ms\"\n"
        "[plugins.\"org.acme.told\"]\nsoft = \"3 ms\"\nshare = \"9 %\"\n");
    WatchedShop shop(file.adjust());
    const auto price = shop.shop.price();
    const auto fine = [](void*, tenon_call*, const void*, void*) { return int32_t{TENON_CONTINUE}; };
    auto options = sized<tenon_handler_options>();
    options.name = str("org.acme.plain");
    price.add(options, fine, nullptr);
    options.name = str("org.acme.told");
    options.soft_ns = 2 * ms;
    options.share = 40;
    price.add(options, fine, nullptr);
    shop.on_opened("free", {}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });
    shop.on_opened("bound", {1 * ms, 2 * ms, 30}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });

    const auto is = [&](std::string_view who, const tenon_budget& wanted) {
        INFO(who);
        const tenon_budget found = shop.row(who)->budget;
        CHECK(found.soft_ns == wanted.soft_ns);
        CHECK(found.hard_ns == wanted.hard_ns);
        CHECK(found.share == wanted.share);
        CHECK(found.soft_from == wanted.soft_from);
        CHECK(found.hard_from == wanted.hard_from);
        CHECK(found.share_from == wanted.share_from);
    };
    is("org.acme.plain", {50'000, 70 * ms, 0, TENON_FROM_HOOK, TENON_FROM_OPERATOR, TENON_FROM_NOWHERE});
    is("org.acme.told", {3 * ms, 70 * ms, 9, TENON_FROM_OPERATOR, TENON_FROM_OPERATOR, TENON_FROM_OPERATOR});
    is("free", {0, 0, 0, TENON_FROM_NOWHERE, TENON_FROM_NOWHERE, TENON_FROM_NOWHERE});
    is("bound", {1 * ms, 2 * ms, 30, TENON_FROM_MANIFEST, TENON_FROM_MANIFEST, TENON_FROM_MANIFEST});

    tenon_host* const host = shop.shop.host.raw();
    CHECK(tenon_host_set_budget(host, str("bound"), {}, 4 * ms, 5 * ms, 6) == TENON_OK);
    is("bound", {4 * ms, 5 * ms, 6, TENON_FROM_LIVE, TENON_FROM_LIVE, TENON_FROM_LIVE});
    CHECK(tenon_host_set_budget(host, str("bound"), {}, 5 * ms, 4 * ms, 0) == TENON_E_INVALID);
    CHECK(tenon_host_set_budget(host, str("bound"), {}, 0, 0, 101) == TENON_E_INVALID);
    CHECK(tenon_host_set_budget(host, str("nobody"), {}, 0, 0, 0) == TENON_E_NOT_FOUND);
}

TEST_CASE("a breaker that the operator's file forces is forced from the beginning") {
    const OperatorFile file(
        "[plugins.\"org.acme.loud\"]\nbreaker = \"open\"\n"
        "[plugins.\"org.acme.loud\".hooks.\"org.tenon.test.shop/sold\"]\nbreaker = \"metrics\"\n");
    WatchedShop shop(file.adjust());
    shop.on_opened("org.acme.loud", {}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });
    shop.shop.on_sold("org.acme.loud", 0, [](tenon_call*, const shop_article&) { return int32_t{TENON_E_FAILED}; });
    shop.open();
    for (int i = 0; i < 20; ++i) shop.shop.sold()(shop.shop.scope, sized<shop_article>());
    CHECK(row_of(shop.shop.host, "org.acme.loud", WatchedShop::hook)->skipped == 1);
    const Row sold = row_of(shop.shop.host, "org.acme.loud", SHOP_ID "/sold");
    CHECK(sold->breaker == TENON_BREAKER_METRICS_ONLY);
    CHECK(sold->errors == 20);
}
