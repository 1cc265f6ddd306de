// Reloads that are refused: the running build serves as before, and the reason says why.
#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

std::string told(const Reloaded& record) {
    return record.reason + ": " + record.text;
}
std::string told(const tenon_error& error) {
    return std::string(error.reason) + ": " + error.text;
}

void unchanged(ReloadShop& shop, const Reloaded& record) {
    CHECK(record.verdict == TENON_REFUSED);
    CHECK_FALSE(record.fix.empty());
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.answer() == "a");
    CHECK(shop.host.plugins().all_active());
}

// Of a request that is no reload at all: there is no record of it.
std::string error_of(ReloadShop& shop, std::string_view id, const tenon_reload_options& options, std::int32_t status) {
    const std::size_t records = reloads(shop.host.raw()).size();
    tenon_error error = TENON_ERROR_INIT;
    const auto count = [](void* visits, const tenon_reload_record*) { ++*static_cast<int*>(visits); };
    int visits = 0;
    CHECK(tenon_host_reload(shop.host.raw(), str(id), &options, count, &visits, &error) == status);
    CHECK(visits == 0);
    CHECK(reloads(shop.host.raw()).size() == records);
    CHECK(error.code == status);
    return told(error);
}

tenon_reload_options allowing(std::uint32_t flags) {
    tenon_reload_options options = at_once();
    options.flags |= flags;
    return options;
}

const std::string plugin = "org.tenon.test.tells-its-build 1.0.0";

}  // namespace

TEST_CASE("a plugin that is not active cannot be reloaded or rolled back") {
    ReloadShop shop("tells_its_build");
    const std::string unknown = "reload.unknown: no plugin org.acme.nobody is active";
    CHECK(error_of(shop, "org.acme.nobody", at_once(), TENON_E_NOT_FOUND) == unknown);
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_rollback(shop.host.raw(), str("org.acme.nobody"), nullptr, nullptr, &error) == TENON_E_NOT_FOUND);
    CHECK(told(error) == unknown);
    CHECK_THROWS_WITH(tenon::reload(shop.host.raw(), "org.acme.nobody"),
                      "no plugin org.acme.nobody is active Fix: tenon_host_plugins lists those that are.");
    shop.host.unload(shop.id());
    CHECK(error_of(shop, shop.id(), at_once(), TENON_E_NOT_FOUND) ==
          "reload.unknown: no plugin " + shop.id() + " is active");
}

TEST_CASE("options and flags that there are not are refused") {
    ReloadShop shop("tells_its_build");
    const std::string begin = "reload.bad-options: tenon_reload_options.";
    tenon_reload_options options = at_once();
    options.struct_size = 0;
    CHECK(error_of(shop, shop.id(), options, TENON_E_INVALID) == begin + "struct_size is not set");
    CHECK(error_of(shop, shop.id(), allowing(0x140), TENON_E_INVALID) == begin + "flags: 0x140 is no flag");
    CHECK(error_of(shop, shop.id(), allowing(TENON_RELOAD_CANARY_FIRST), TENON_E_INVALID) ==
          begin + "flags: with a canary and without");

    tenon_watch_options watching = TENON_WATCH_OPTIONS_INIT;
    watching.reload.flags = 0x40;
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_watch(shop.host.raw(), &watching, &error) < 0);
    CHECK(told(error) == begin + "flags: 0x40 is no flag");
    watching.struct_size = 0;
    CHECK(tenon_host_watch(shop.host.raw(), &watching, &error) == TENON_E_INVALID);
    CHECK(told(error) == "reload.bad-options: tenon_watch_options.struct_size is not set");
    CHECK(tenon_host_watch(shop.host.raw(), nullptr, &error) == TENON_OK);  // none of them has left it watching
}

TEST_CASE("options of an older header are read as far as they go") {
    ReloadShop shop("tells_its_build");
    tenon_reload_options options = at_once();
    options.struct_size = offsetof(tenon_reload_options, wait_timeout_ns);
    options.wait_timeout_ns = options.freeze_timeout_ns = options.canary_timeout_ns = 1;
    const Reloaded record = shop.reload_to("b", options);
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
}

TEST_CASE("files are watched once") {
    ReloadShop shop("tells_its_build");
    tenon_error error = TENON_ERROR_INIT;
    REQUIRE(tenon_host_watch(shop.host.raw(), nullptr, &error) == TENON_OK);
    CHECK(tenon_host_watch(shop.host.raw(), nullptr, &error) == TENON_E_STATE);
    CHECK(told(error) == "reload.watching: the plugins' files are being watched already");
    CHECK(std::string(error.fix) == "Call tenon_host_unwatch first.");
    tenon_host_unwatch(shop.host.raw());
    tenon_host_unwatch(shop.host.raw());
    CHECK(tenon_host_watch(shop.host.raw(), nullptr, &error) == TENON_OK);
}

TEST_CASE("a file that is another plugin does not take the plugin's place") {
    ReloadShop shop("tells_its_build");
    tenon_reload_options options = at_once();
    const std::string other = ReloadShop::build_of("counts_sales", "b");
    options.path = str(other);
    const Reloaded record = shop.reload(options);
    CHECK(told(record) ==
          "reload.other-plugin: " + other + ": is org.tenon.test.counts-sales, not org.tenon.test.tells-its-build");
    unchanged(shop, record);
}

TEST_CASE("a build of another path takes its place, and later builds come from there") {
    ReloadShop shop("tells_its_build");
    tenon_reload_options options = at_once();
    const std::string elsewhere = ReloadShop::build_of("tells_its_build", "b");
    options.path = str(elsewhere);
    CHECK(shop.reload(options).verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b");
    shop.put("c");
    CHECK(shop.reload().verdict == TENON_UNCHANGED);
    CHECK(shop.answer() == "b");
}

TEST_CASE("a build that asks for more permissions waits for the operator's word") {
    ReloadShop shop("tells_its_build");
    const Reloaded record = shop.reload_to("wants_files");
    CHECK(told(record) ==
          "reload.new-permission: " + plugin + " asks for what " + plugin + " did not ask for: read $data/**");
    unchanged(shop, record);
    CHECK(shop.reload(allowing(TENON_RELOAD_ALLOW_DEPENDENCIES)).reason == "reload.new-permission");
    CHECK(shop.reload(allowing(TENON_RELOAD_ALLOW_PERMISSIONS)).verdict == TENON_RELOADED);
    CHECK(shop.answer() == "wants_files");
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);  // to ask for less needs nobody's word
}

TEST_CASE("a build that depends on more waits for the operator's word") {
    ReloadShop shop("tells_its_build");
    REQUIRE(shop.host.load(std::string(TENON_FIXTURES) + "/shop/gives_discount").all_active());
    const Reloaded record = shop.reload_to("wants_company");
    CHECK(told(record) == "reload.new-dependency: " + plugin + " depends on what " + plugin +
                              " did not depend on: org.tenon.test.gives-discount");
    unchanged(shop, record);
    CHECK(shop.reload(allowing(TENON_RELOAD_ALLOW_PERMISSIONS)).reason == "reload.new-dependency");
    CHECK(shop.reload(allowing(TENON_RELOAD_ALLOW_DEPENDENCIES)).verdict == TENON_RELOADED);
    CHECK(shop.answer() == "wants_company");
    CHECK_THROWS_WITH(shop.host.unload("org.tenon.test.gives-discount"),
                      "org.tenon.test.gives-discount 1.0.0 is needed by " + plugin +
                          " Fix: Unload org.tenon.test.tells-its-build first.");
}

TEST_CASE("a dependency that is not there is not allowed by a word") {
    ReloadShop shop("tells_its_build");
    shop.put("wants_company");
    const Reloaded record = shop.reload(allowing(TENON_RELOAD_ALLOW_DEPENDENCIES));
    CHECK(told(record) == "plan.dependency-missing: " + plugin + " (" + shop.path() +
                              ") needs org.tenon.test.gives-discount ^1; no plugin has this id");
    unchanged(shop, record);
}

TEST_CASE("a version that a dependant does not admit is refused, and the dependant is named") {
    ReloadShop shop("tells_its_build");
    REQUIRE(shop.host.load(ReloadShop::build_of("needs_its_build", "a")).all_active());
    const Reloaded record = shop.reload_to("next_version");
    CHECK(told(record) ==
          "reload.breaks-dependant: org.tenon.test.needs-its-build 1.0.0 needs "
          "org.tenon.test.tells-its-build ^1, the new build is 2.0.0");
    unchanged(shop, record);
    shop.host.unload("org.tenon.test.needs-its-build");
    const Reloaded again = shop.reload();
    CHECK(again.verdict == TENON_RELOADED);
    CHECK(again.from_version == "1.0.0");
    CHECK(again.to_version == "2.0.0");
}

TEST_CASE("a build for another ABI, or one that does not handle what its manifest says, is refused") {
    ReloadShop shop("tells_its_build");
    Reloaded record = shop.reload_to("means_another_abi");
    CHECK(told(record) ==
          "abi.manifest: " + shop.path() + ": the manifest says ABI 7, the library was built with ABI 0");
    unchanged(shop, record);
    record = shop.reload_to("lacks_a_handler");
    CHECK(told(record) == "plugin.handler-missing: " + plugin +
                              " lists org.tenon.test.shop/opened in its manifest, but has no function for it");
    unchanged(shop, record);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
}

TEST_CASE("a contract that a plugin offers goes on to mean the same over a reload") {
    ReloadShop shop("offers_a_rack");
    const std::string begin =
        "reload.contract-changed: contract org.tenon.test.rack 1.0.0 of org.tenon.test.offers-a-rack "
        "1.0.0 is in use: ";
    Reloaded record = shop.reload_to("other_struct");
    CHECK(told(record) == begin +
                              "rack_item.count: the running build has i32 at byte 4 (4 bytes), the new one has u32 at "
                              "byte 4 (4 bytes)");
    unchanged(shop, record);
    record = shop.reload_to("other_hook");
    CHECK(told(record) == begin +
                              "hook org.tenon.test.rack/hung: the running build was built against org.tenon.test.rack "
                              "1.0.0, which has it; the new one offers 1.0.0, which does not");
    unchanged(shop, record);
    record = shop.reload_to("less_methods");
    CHECK(told(record) == begin + "method org.tenon.test.rack-keeper/1/take is gone");
    unchanged(shop, record);
    record = shop.reload_to("without_it");
    CHECK(told(record) == begin + "the new build does not offer it");
    unchanged(shop, record);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
}

TEST_CASE("a hook that a new build adds to its contract can be used at once by a plugin that is loaded later") {
    ReloadShop shop("offers_a_rack");
    const std::string user = ReloadShop::build_of("takes_from_the_rack", "takes_from_the_rack");
    const Report before = shop.host.load(user);
    CHECK_FALSE(before.all_active());

    CHECK(shop.reload_to("more_hooks").verdict == TENON_RELOADED);
    const Report after = shop.host.load(user);
    INFO(view(after[0].text));
    REQUIRE(after.all_active());
    tenon_hook* taken = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    REQUIRE(tenon_host_hook(shop.host.raw(), str("org.tenon.test.rack"), str("taken"), &taken, &error) == TENON_OK);
    struct {
        std::uint32_t struct_size = 24;
        std::int32_t count = 5;
        tenon_str name{nullptr, 0};
    } item;
    CHECK(tenon_hook_call(taken, shop.scope.raw(), nullptr, &item) == TENON_CHANGED);
    CHECK(item.count == 4);

    const Reloaded back = shop.reload_to("a");  // the plugin that uses the hook would hang in the air
    CHECK(told(back).find("reload.contract-changed: contract org.tenon.test.rack 1.0.0 of org.tenon.test.offers-a-rack "
                          "1.0.0 is in use: ") == 0);
    CHECK(shop.answer() == "more_hooks");
    CHECK(tenon_hook_call(taken, shop.scope.raw(), nullptr, &item) == TENON_CHANGED);
    CHECK(item.count == 3);
}

TEST_CASE("without a build before, there is nothing to roll back to") {
    ReloadShop shop("tells_its_build");
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_rollback(shop.host.raw(), str(shop.id()), nullptr, nullptr, &error) == TENON_E_STATE);
    CHECK(told(error) == "reload.nothing-before: " + plugin + " has not been reloaded: there is no build before it");
    CHECK(std::string(error.fix) == "Reload it with the path of the build that is wanted.");
}
