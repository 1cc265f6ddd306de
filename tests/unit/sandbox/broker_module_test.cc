// The library that brings HTTP.
#include <unistd.h>

#include <filesystem>

#include "sandbox/broker/http_module.h"
#include "tests/support/catch.h"

using namespace tenon::sandbox::broker;

TEST_CASE("a host without the library for HTTP fetches nothing, and says what to install") {
    const auto module = load_http_module("/nowhere");
    REQUIRE_FALSE(module);
    CHECK(module.problem().id == "broker.no-http");
    CHECK(module.problem().text ==
          "this host cannot fetch anything: /nowhere/libtenon-http.so: cannot open shared object file: No such file or "
          "directory");
    CHECK(module.problem().fix == "Install libtenon-http.so in tenon/ beside libtenon, of the same version.");
}

TEST_CASE("a library of that name that is something else is not used") {
    const auto folder = std::filesystem::temp_directory_path() / ("tenon-module-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    std::filesystem::copy_file(ANOTHER_LIBRARY, folder / http_module_file);
    const auto module = load_http_module(folder.string());
    std::filesystem::remove_all(folder);
    REQUIRE_FALSE(module);
    CHECK(module.problem().text ==
          "this host cannot fetch anything: " + (folder / http_module_file).string() + " is not of this version");
}

TEST_CASE("the library for HTTP has names looked up by who loads it") {
    const auto module = load_http_module(HTTP_FOLDER);
    REQUIRE(module);
    std::string asked;
    const LookUp look_up = [&](const std::string& host, const Patience&) -> tenon::base::Result<std::vector<Address>> {
        asked = host;
        return tenon::base::Problem{"broker.unknown-host", "nobody knows it", ""};
    };
    const auto service = module.value()->make({{{"shop.test"}, {"http"}, {}, true}}, {}, look_up);
    const auto fetched = service->fetch({"GET", "http://shop.test/", {}, ""}, {});
    REQUIRE_FALSE(fetched);
    CHECK(fetched.problem().text == "nobody knows it");
    CHECK(asked == "shop.test");
}
