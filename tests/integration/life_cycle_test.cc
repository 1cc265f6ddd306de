// Real plugins from file to file: what a host does with the good ones, and with each kind of bad one.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/open_shop.h"
#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using tenon::test::OpenShop;

namespace {

std::string fixture(const std::string& name) {
    return std::string(TENON_FIXTURES) + "/shop/" + name;
}

// A folder with links to some fixtures, so that a host finds just those.
class Folder {
public:
    explicit Folder(std::initializer_list<std::string> names) {
        std::string path = (std::filesystem::temp_directory_path() / "tenon-shop-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = path;
        for (const std::string& name : names)
            std::filesystem::create_symlink(fixture(name) + "/" + name + ".so", path_ / (name + ".so"));
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

std::string text(tenon_str s) {
    return std::string(view(s));
}

tenon_report_row row_of(const Report& report, std::string_view id) {
    for (std::uint64_t i = 0; i < report.size(); ++i)
        if (view(report[i].plugin) == "org.tenon.test." + std::string(id)) return report[i];
    FAIL("no row for " << id);
    return {};
}

// A plugin in a worker never is.
bool is_mapped(const std::string& name) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        if (line.find(name) != std::string::npos) return true;
    return false;
}

std::string ask(OpenShop& shop, std::string_view question) {
    auto asked = sized<shop_question>();
    asked.text = str(question);
    auto answer = sized<shop_answer>();
    shop.scope.reset();
    return shop.ask()(shop.scope, asked, answer) == TENON_HANDLED ? text(answer.text) : "(declined)";
}

int32_t price_of(OpenShop& shop, int32_t cents) {
    auto article = sized<shop_article>();
    article.cents = cents;
    shop.price()(shop.scope, article);
    return article.cents;
}

}  // namespace

TEST_CASE("a plugin is loaded, handles hooks, and is gone from memory after it is unloaded") {
    OpenShop shop;
    const Report report = shop.host.load(fixture("gives_discount"));
    REQUIRE(report.size() == 1);
    CHECK(report.all_active());
    CHECK(text(report[0].plugin) == "org.tenon.test.gives-discount");
    CHECK(text(report[0].version) == "1.0.0");
    CHECK(is_mapped("org.tenon.test.gives-discount.g") != test::in_workers());
    CHECK(price_of(shop, 100) == 50);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(ask(shop, "sales") == "1");
    const Report gone = shop.host.unload("org.tenon.test.gives-discount");
    CHECK(gone[0].state == TENON_STATE_UNLOADED);
    CHECK(text(gone[0].text).empty());
    CHECK_FALSE(is_mapped("org.tenon.test.gives-discount.g"));
    CHECK(price_of(shop, 100) == 100);
}

TEST_CASE("exceptions of a handler become errors with code, plugin, version, path and words") {
    OpenShop shop;
    shop.host.load(fixture("gives_discount"));
    CHECK(ask(shop, "throw") == "(declined)");
    const tenon_error error = shop.scope.error(0);
    CHECK(error.code == -77);
    CHECK(std::string(error.text) == "do not ask that");
    CHECK(std::string(error.plugin) == "org.tenon.test.gives-discount");
    CHECK(std::string(error.version) == "1.0.0");
    CHECK(std::string(error.hook) == "org.tenon.test.shop/ask");
    CHECK(std::string(error.path) == fixture("gives_discount") + "/gives_discount.so");
    CHECK(ask(shop, "surprise") == "(declined)");
    CHECK(std::string(shop.scope.error(0).text) == "an exception that is not a std::exception");
}

TEST_CASE("a plugin that fails leaves the others running, and says why in its own words") {
    const Folder folder(
        {"gives_discount", "fails_to_create", "throws_in_start", "throws_through_c", "needs_a_failure"});
    OpenShop shop;
    const Report report = shop.host.load(folder.path());
    CHECK(report.size() == 5);
    CHECK(row_of(report, "gives-discount").state == TENON_STATE_ACTIVE);
    CHECK(price_of(shop, 100) == 50);

    const tenon_report_row create = row_of(report, "fails-to-create");
    CHECK(create.state == TENON_STATE_FAILED);
    CHECK(text(create.reason) == "plugin.create-failed");
    CHECK(text(create.text) == "org.tenon.test.fails-to-create 1.0.0: create failed: the shop is closed on Mondays");
    const tenon_report_row start = row_of(report, "throws-in-start");
    CHECK(text(start.reason) == "plugin.start-failed");
    CHECK(text(start.text) == "org.tenon.test.throws-in-start 1.0.0: start failed: no licence for this shop");
    const tenon_report_row through = row_of(report, "throws-through-c");
    CHECK(text(through.text) == "org.tenon.test.throws-through-c 1.0.0: create failed: fell through the counter");
    const tenon_report_row needs = row_of(report, "needs-a-failure");
    CHECK(text(needs.reason) == "plugin.dependency-failed");
    CHECK(text(needs.text) ==
          "org.tenon.test.needs-a-failure 1.0.0 needs org.tenon.test.throws-in-start, which did not start");
    for (const char* id : {"fails-to-create", "throws-in-start", "throws-through-c", "needs-a-failure"})
        CHECK_FALSE(is_mapped("org.tenon.test." + std::string(id) + ".g"));
}

TEST_CASE(
    "a missing dependency, an undeclared handler and a missing one are refused before any code of theirs is called") {
    const Folder folder({"needs_the_absent", "handles_undeclared", "lacks_a_handler"});
    OpenShop shop;
    const Report report = shop.host.load(folder.path());
    CHECK(text(row_of(report, "needs-the-absent").reason) == "plan.dependency-missing");
    const tenon_report_row undeclared = row_of(report, "handles-undeclared");
    CHECK(text(undeclared.reason) == "plugin.handler-undeclared");
    CHECK(text(undeclared.text) ==
          "org.tenon.test.handles-undeclared 1.0.0 has a function for org.tenon.test.shop/ask, which its manifest does "
          "not list");
    CHECK(text(undeclared.fix) == "Add to plugin.toml: [[hooks]] contract = \"org.tenon.test.shop\", name = \"ask\".");
    const tenon_report_row lacks = row_of(report, "lacks-a-handler");
    CHECK(text(lacks.reason) == "plugin.handler-missing");
    CHECK(text(lacks.text) ==
          "org.tenon.test.lacks-a-handler 1.0.0 lists org.tenon.test.shop/opened in its manifest, but has no function "
          "for it");
}

TEST_CASE("a manifest that means another ABI than the library is refused") {
    OpenShop shop;
    const Report report = shop.host.load(fixture("means_another_abi"));
    REQUIRE(report.size() == 1);
    CHECK(text(report[0].reason) == "abi.manifest");
    CHECK(text(report[0].text) ==
          fixture("means_another_abi") +
              "/means_another_abi.so: the manifest says ABI 7, the library was built with ABI 0");
}

TEST_CASE("two hosts load the same file and share nothing") {
    OpenShop one;
    OpenShop other;
    one.host.load(fixture("gives_discount"));
    other.host.load(fixture("gives_discount"));
    one.sold()(one.scope, sized<shop_article>());
    one.sold()(one.scope, sized<shop_article>());
    CHECK(ask(one, "sales") == "2");
    CHECK(ask(other, "sales") == "0");
}

TEST_CASE("the same plugin twice is refused") {
    OpenShop shop;
    shop.host.load(fixture("gives_discount"));
    const Report again = shop.host.load(fixture("gives_discount"));
    CHECK(text(again[0].reason) == "plan.already-active");
    CHECK(price_of(shop, 100) == 50);
}

TEST_CASE("a service of one plugin is called by another through the host's stub") {
    const Folder folder({"asks_the_till", "keeps_the_till"});
    OpenShop shop;
    const Report report = shop.host.load(folder.path());
    REQUIRE(report.all_active());
    CHECK(text(report[0].plugin) == "org.tenon.test.keeps-the-till");               // the dependency comes first
    CHECK(text(shop.host.plugins()[0].plugin) == "org.tenon.test.keeps-the-till");  // and goes last
    CHECK(ask(shop, "5") == "counted 5");
    CHECK(ask(shop, "jam") == "(declined)");
    CHECK(std::string(shop.scope.error(0).text) == "org.tenon.test.keeps-the-till: the till is jammed");
    CHECK(shop.scope.error(0).code == -12345);

    CHECK_THROWS_WITH(shop.host.unload("org.tenon.test.keeps-the-till"),
                      "org.tenon.test.keeps-the-till 1.0.0 is needed by org.tenon.test.asks-the-till 1.0.0 Fix: Unload "
                      "org.tenon.test.asks-the-till first.");
    const auto till = shop.host.service<shop_till_service>();
    shop.host.unload("org.tenon.test.asks-the-till");
    shop.host.unload("org.tenon.test.keeps-the-till");
    auto question = sized<shop_question>();
    CHECK_THROWS_WITH(till.ask<shop_till_count_method>(shop.scope, question),
                      "call of org.tenon.test.till/1 failed with -12");  // TENON_E_GONE
    shop.host.load(fixture("keeps_the_till"));
    question.text = str("again");
    CHECK(text(till.ask<shop_till_count_method>(shop.scope, question).text) == "counted again");
}

TEST_CASE("a handler that never returns keeps only its own plugin, which is named and finished later") {
    const Folder folder({"stays_inside", "gives_discount"});
    auto options = test::quiet_options();
    options.drain_timeout_ns = 20'000'000;
    options.watchdog_period_ns = UINT64_MAX;  // which would tell it to stop
    OpenShop shop(options);
    REQUIRE(shop.host.load(folder.path()).all_active());
    Scope stuck(shop.host);
    std::thread caller([&] {
        const auto article = sized<shop_article>();
        tenon_hook_call(shop.sold().raw(), stuck.raw(), &article, nullptr);
    });
    // A call is counted when the thread is inside of it, for all that the host can tell.
    while (test::row_of(shop.host, "org.tenon.test.stays-inside")->calls == 0) std::this_thread::yield();

    const Report other = shop.host.unload("org.tenon.test.gives-discount");
    CHECK(other[0].state == TENON_STATE_UNLOADED);
    CHECK_FALSE(is_mapped("org.tenon.test.gives-discount.g"));

    if (test::in_workers()) {  // which is killed
        CHECK(shop.host.unload("org.tenon.test.stays-inside")[0].state == TENON_STATE_UNLOADED);
        caller.join();
        CHECK(stuck.error(0).code == TENON_E_GONE);
        CHECK(shop.host.collect() == 0);
        return;
    }
    tenon_report* raw = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_unload(shop.host.raw(), str("org.tenon.test.stays-inside"), &raw, &error) == TENON_E_BUSY);
    const Report busy(raw);
    CHECK(busy[0].state == TENON_STATE_RETIRED);
    CHECK(text(busy[0].reason) == "unload.busy");
    CHECK_THAT(
        text(busy[0].text),
        Catch::Matchers::Matches("org\\.tenon\\.test\\.stays-inside 1\\.0\\.0 is out of service but stays mapped: "
                                 "thread [0-9]+ in org\\.tenon\\.test\\.shop/sold"));
    CHECK(is_mapped("org.tenon.test.stays-inside.g"));
    CHECK_THROWS_WITH(shop.host.unload("org.tenon.test.stays-inside"),
                      Catch::Matchers::Contains("no plugin org.tenon.test.stays-inside is active"));
    CHECK(tenon_host_collect(shop.host.raw()) == 1);
    stuck.cancel();
    caller.join();
    CHECK(shop.host.collect() == 0);
    CHECK_FALSE(is_mapped("org.tenon.test.stays-inside.g"));
    CHECK(shop.host.violations() == 0);  // it may say goodbye in its stop
}

TEST_CASE("a service without a provider is gone for the plugin that asks it") {
    OpenShop shop;
    // The contract describes the till, so the stub is there; without a provider the call says so.
    REQUIRE(shop.host.load(fixture("asks_in_vain")).all_active());
    CHECK(ask(shop, "5") == "(declined)");
    CHECK(std::string(shop.scope.error(0).text) == "call of org.tenon.test.till/1 failed with -12");
}

namespace {

// A till that the host keeps, and in which somebody tries to unload the plugin that is asking.
struct Troublemaker {
    OpenShop& shop;
    int32_t status = 0;
    tenon_error error = TENON_ERROR_INIT;

    static int32_t count(void* self, tenon_call*, const void*, void*) {
        auto& trouble = *static_cast<Troublemaker*>(self);
        trouble.status =
            tenon_host_unload(trouble.shop.host.raw(), str("org.tenon.test.asks-the-host"), nullptr, &trouble.error);
        return TENON_OK;
    }
};

}  // namespace

TEST_CASE("a plugin cannot be unloaded from inside its own handler") {
    OpenShop shop;
    Troublemaker trouble{shop};
    const tenon_handler_fn methods[] = {Troublemaker::count};
    const tenon_service_table till = {TENON_STR("org.tenon.test.till/1"), methods, 1};
    REQUIRE(tenon_host_provide(shop.host.raw(), &till, &trouble, nullptr) == TENON_OK);
    REQUIRE(shop.host.load(fixture("asks_the_host")).all_active());
    CHECK(ask(shop, "now") == "");
    CHECK(trouble.status == TENON_E_STATE);
    CHECK(std::string(trouble.error.reason) == "unload.from-inside");
    CHECK(std::string(trouble.error.text) ==
          "org.tenon.test.asks-the-host 1.0.0 cannot be unloaded from inside its own org.tenon.test.shop/ask");
    CHECK(shop.host.unload("org.tenon.test.asks-the-host")[0].state == TENON_STATE_UNLOADED);
    CHECK_THROWS_WITH(shop.host.unload("org.tenon.test.asks-the-host"),
                      Catch::Matchers::Contains("no plugin org.tenon.test.asks-the-host is active"));
}

TEST_CASE("a plugin works on threads of its own until stop, and leaves nothing behind") {
    OpenShop shop;
    REQUIRE(shop.host.load(fixture("works_on_threads")).all_active());
    for (int i = 0; i < 200; ++i) {
        const int32_t price = price_of(shop, 10);
        CHECK((price == 10 || price == 11));
    }
    const Report gone = shop.host.unload("org.tenon.test.works-on-threads");
    CHECK(gone[0].state == TENON_STATE_UNLOADED);
    CHECK(price_of(shop, 10) == 10);
}

TEST_CASE("a plugin cannot be unloaded from inside a call that its own thread runs") {
    OpenShop shop;
    const auto main_thread = std::this_thread::get_id();
    constexpr int32_t not_yet = 1;
    std::atomic<int32_t> status{not_yet};
    std::string words;
    shop.on_price("unloads", 0, [&](tenon_call*, shop_article&) {
        if (std::this_thread::get_id() == main_thread || status != not_yet) return TENON_CONTINUE;
        tenon_error error = TENON_ERROR_INIT;
        const int32_t got = tenon_host_unload(shop.host.raw(), str("org.tenon.test.works-on-threads"), nullptr, &error);
        words = error.text;
        if (got != TENON_E_BUSY && got != TENON_E_NOT_FOUND) status = got;  // not while it is still being loaded
        return TENON_CONTINUE;
    });
    REQUIRE(shop.host.load(fixture("works_on_threads")).all_active());
    while (status == not_yet) std::this_thread::yield();
    CHECK(status == TENON_E_STATE);
    shop.host.unload("org.tenon.test.works-on-threads");
    CHECK(words == "org.tenon.test.works-on-threads 1.0.0 cannot be unloaded from inside its own thread");
}

TEST_CASE("plugins come and go while their threads add and remove handlers and others dispatch") {
    OpenShop shop;
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i)
        threads.emplace_back([&] {
            Scope own(shop.host);
            while (!stop) {
                auto article = sized<shop_article>();
                if (tenon_hook_call(shop.price().raw(), own.raw(), nullptr, &article) < 0) wrong.fetch_add(1);
                if (article.cents < 0 || article.cents > 40) wrong.fetch_add(1);  // a freed clerk has another price
            }
        });
    for (int i = 0; i < 30; ++i) {
        REQUIRE(shop.host.load(fixture("toggles_handlers")).all_active());
        CHECK(shop.host.unload("org.tenon.test.toggles-handlers")[0].state == TENON_STATE_UNLOADED);
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
    CHECK(shop.host.violations() == 0);
    CHECK_FALSE(is_mapped("org.tenon.test.toggles-handlers.g"));
}

TEST_CASE("methods are found by name when the provider was built with another order") {
    OpenShop shop;
    REQUIRE(shop.host.load(fixture("keeps_the_till_swapped")).all_active());
    const auto till = shop.host.service<shop_till_service>();
    auto question = sized<shop_question>();
    question.text = str("3");
    CHECK(text(till.ask<shop_till_count_method>(shop.scope, question).text) == "counted 3");
    CHECK_THROWS_WITH(till.ask<shop_till_close_method>(shop.scope, question),
                      "call of org.tenon.test.till/1 failed with -4");  // TENON_E_UNIMPLEMENTED
}

TEST_CASE("a method that the contract on offer does not describe joins nobody") {
    const Folder folder({"gives_refunds", "asks_for_a_refund"});
    OpenShop shop;
    REQUIRE(shop.host.load(folder.path()).all_active());
    CHECK(ask(shop, "a coat") == "(declined)");
    CHECK(std::string(shop.scope.error(0).text) == "call of org.tenon.test.till/1 failed with -4");
}

TEST_CASE("a plugin is told of a copy of the folder of its own name beside its library") {
    const Folder folder({"tries_everything"});
    OpenShop shop;
    REQUIRE(shop.host.load(folder.path()).all_active());
    CHECK(ask(shop, "resources").empty());
    shop.host.unload("org.tenon.test.tries-everything");
    std::filesystem::create_directory(folder.path() + "/tries_everything");
    std::ofstream(folder.path() + "/tries_everything/price-list") << "a coat: 80";
    REQUIRE(shop.host.load(folder.path()).all_active());
    const std::string resources = ask(shop, "resources");
    CHECK(resources != folder.path() + "/tries_everything");
    std::filesystem::remove_all(folder.path() + "/tries_everything");
    std::string line;
    std::getline(std::ifstream(resources + "/price-list"), line);
    CHECK(line == "a coat: 80");
    shop.host.unload("org.tenon.test.tries-everything");
    CHECK_FALSE(std::filesystem::exists(resources));
}

TEST_CASE("a life-cycle table of an older plugin is read as far as it goes") {
    test::LogBook book;
    auto options = test::quiet_options();
    options.log = test::LogBook::write;
    options.log_data = &book;
    OpenShop shop(options);
    REQUIRE(shop.host.load(fixture("has_older_life_cycle")).all_active());
    CHECK(book.lines == std::vector<std::string>{"org.tenon.test.has-older-life-cycle: started"});
    CHECK(shop.host.unload("org.tenon.test.has-older-life-cycle")[0].state == TENON_STATE_UNLOADED);
}

TEST_CASE("a start that fails while a call is inside leaves a retired plugin, which is finished later") {
    auto options = test::quiet_options();
    options.drain_timeout_ns = 1'000'000;
    OpenShop shop(options);
    Scope stuck(shop.host);
    std::atomic<bool> stop{false};
    std::thread caller([&] {
        const auto article = sized<shop_article>();
        while (!stop) tenon_hook_call(shop.sold().raw(), stuck.raw(), &article, nullptr);
    });
    const Report report = shop.host.load(fixture("fails_while_called"));
    CHECK(text(report[0].reason) == "plugin.start-failed");
    if (!test::in_workers()) {  // which are killed
        CHECK(report[0].state == TENON_STATE_RETIRED);
        CHECK_THAT(text(report[0].text),
                   Catch::Matchers::Contains("start failed: changed my mind\norg.tenon.test.fails-while-called 1.0.0 "
                                             "is out of service but stays mapped: thread "));
    }
    stop = true;
    stuck.cancel();
    caller.join();
    CHECK(shop.host.collect() == 0);
    CHECK_FALSE(is_mapped("org.tenon.test.fails-while-called.g"));
    CHECK(shop.host.plugins()[0].state == TENON_STATE_FAILED);
    CHECK(text(shop.host.plugins()[0].text) ==
          "org.tenon.test.fails-while-called 1.0.0: start failed: changed my mind");
}

TEST_CASE("a thread that outlives stop is noticed, and the plugin stays mapped until it has ended") {
    auto options = test::quiet_options();
    const Folder data({});
    const std::string data_folder = data.path();
    options.data_folder = str(data_folder);
    OpenShop shop(options);
    REQUIRE(shop.host.load(fixture("leaves_a_thread")).all_active());
    const std::string own = data_folder + "/org.tenon.test.leaves-a-thread";
    REQUIRE(std::filesystem::is_directory(own));
    if (test::in_workers()) {  // which are killed
        CHECK(shop.host.unload("org.tenon.test.leaves-a-thread")[0].state == TENON_STATE_UNLOADED);
        CHECK(shop.host.collect() == 0);
        return;
    }
    CHECK_THROWS_WITH(shop.host.unload("org.tenon.test.leaves-a-thread"),
                      Catch::Matchers::Contains("a thread of its own is in tenon_plugin run"));
    CHECK(text(shop.host.plugins()[0].reason) == "unload.thread-left");
    CHECK(shop.host.plugins()[0].state == TENON_STATE_RETIRED);
    std::ofstream(own + "/go").flush();
    int32_t left = 1;
    while ((left = shop.host.collect()) > 0) std::this_thread::yield();
    CHECK(left == 0);
    CHECK_FALSE(is_mapped("org.tenon.test.leaves-a-thread.g"));
}

TEST_CASE("the checking host sees a reply that points into the plugin's image, and a tenon_init used too late") {
    const Folder folder({"answers_from_its_image", "keeps_init"});
    test::LogBook book;
    auto options = test::quiet_options();
    options.check = 1;
    options.log = test::LogBook::write;
    options.log_data = &book;
    OpenShop shop(options);
    REQUIRE(shop.host.load(folder.path()).all_active());
    CHECK(ask(shop, "anything") == "a literal of the plugin");
    if (test::in_workers()) {  // the reply of a worker is a copy, in memory of the call
        CHECK(book.lines.empty());
    } else {
        REQUIRE_FALSE(book.lines.empty());
        CHECK(
            book.lines.back() ==
            "org.tenon.test.answers-from-its-image: org.tenon.test.shop/ask: the reply's shop_answer.text points into "
            "the plugin's own image and would dangle after unloading; copy it with tenon_call_copy or "
            "tenon_call_alloc");
    }
    const std::uint64_t of_replies = book.lines.size();
    CHECK(tenon_host_violations(shop.host.raw()) == of_replies);
    shop.sold()(shop.scope, sized<shop_article>());
    CHECK(tenon_host_violations(shop.host.raw()) == of_replies + 1);
    REQUIRE(book.lines.size() > of_replies);
    CHECK(book.lines[of_replies] == "org.tenon.test.keeps-init: tenon_init was used outside of start-up: service");
    CHECK(shop.scope.error(0).code == TENON_E_STATE);
}

TEST_CASE("the checking host looks into spans and their elements") {
    auto options = test::quiet_options();
    options.check = 1;
    OpenShop shop(options);
    REQUIRE(shop.host.load(fixture("hides_in_spans")).all_active());
    const std::uint64_t each = test::in_workers() ? 0 : 1;  // the spans of a worker are copies
    price_of(shop, 3);
    CHECK(tenon_host_violations(shop.host.raw()) == 0);
    price_of(shop, 1);
    CHECK(tenon_host_violations(shop.host.raw()) == each);
    price_of(shop, 2);
    CHECK(tenon_host_violations(shop.host.raw()) == 2 * each);
}

TEST_CASE("a plugin that asks for what it must not have gets an error, not a fault") {
    OpenShop shop;
    REQUIRE(shop.host.load(fixture("tries_everything")).all_active());
    const auto status = [&](std::string_view what) { return std::stoi(ask(shop, what)); };
    CHECK(status("unknown service") == TENON_E_NOT_FOUND);
    CHECK(status("no service") == TENON_E_INVALID);
    CHECK(status("unknown hook") == TENON_E_NOT_FOUND);
    CHECK(status("add nothing") == TENON_E_INVALID);
    CHECK(status("add to an unknown hook") == TENON_E_NOT_FOUND);
    CHECK(status("remove what is not its own") == TENON_E_NOT_FOUND);
    CHECK(status("run nothing") == TENON_E_INVALID);
    CHECK(status("run what throws") == TENON_E_EXCEPTION);
    CHECK(status("run what fails") == -9);
    CHECK(status("add and remove") == TENON_OK);
    CHECK(ask(shop, "throw") == "(declined)");
    CHECK(std::string(shop.scope.error(0).text) == "out of memory");
    CHECK(tenon_host_violations(shop.host.raw()) == 0);
    shop.host.unload("org.tenon.test.tries-everything");  // its destructor uses tenon_plugin after stop
    CHECK(tenon_host_violations(shop.host.raw()) == 1);
}

TEST_CASE("what is no plugin is left alone in a folder and refused by name") {
    const Folder folder({"gives_discount"});
    std::ofstream(folder.path() + "/notes.so") << "these are not the bytes of a library";
    std::filesystem::create_directory(folder.path() + "/folder.so");
    OpenShop shop;
    CHECK(shop.host.load(folder.path()).size() == 1);
    const Report named = shop.host.load(folder.path() + "/notes.so");
    REQUIRE(named.size() == 1);
    CHECK(text(named[0].reason) == "image.not-elf");
}

TEST_CASE("a hundred loads and unloads leave no mapping, descriptor or file behind") {
    const Folder privates({});
    const std::string private_folder = privates.path();
    const auto count = [](const std::string& folder) {
        return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
    };
    auto options = test::quiet_options();
    options.private_folder = str(private_folder);
    const auto descriptors = count("/proc/self/fd");
    {
        OpenShop shop(options);
        for (int i = 0; i < 100; ++i) {
            REQUIRE(shop.host.load(fixture("gives_discount")).all_active());
            CHECK(price_of(shop, 8) == 4);
            CHECK(text(shop.host.unload("org.tenon.test.gives-discount")[0].text).empty());
        }
        CHECK_FALSE(is_mapped("org.tenon.test.gives-discount.g"));
    }
    CHECK(count("/proc/self/fd") == descriptors);
    CHECK(count(private_folder) == 0);
}
