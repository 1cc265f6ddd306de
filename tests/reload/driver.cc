// driver FOLDER BUILD...: a host whose plugin FOLDER/plugin.so is each of the builds in turn, with a call between the
// reloads. For debuggers.
#include <cstdio>
#include <filesystem>
#include <tenon/reload.hpp>

#include "tests/support/open_shop.h"

namespace {

// As an installer does.
void put(const std::string& folder, const char* build) {
    std::filesystem::copy_file(build, folder + "/next", std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(folder + "/next", folder + "/plugin.so");
}

int drive(const std::string& folder, char** builds) {
    tenon::test::OpenShop shop;
    tenon_reload_options options = TENON_RELOAD_OPTIONS_INIT;
    options.flags = TENON_RELOAD_WITHOUT_CANARY;
    options.probation_ns = UINT64_MAX;
    for (bool first = true; *builds != nullptr; ++builds, first = false) {
        put(folder, *builds);
        if (first && !shop.host.load(folder + "/plugin.so").all_active()) return 1;
        if (!first &&
            tenon::reload(shop.host.raw(), "org.tenon.test.tells-its-build", &options).verdict != TENON_RELOADED)
            return 1;
        auto article = tenon::sized<shop_article>();
        shop.price()(shop.scope, article);
        std::printf("served by %c\n", article.cents);
    }
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return count > 2 ? drive(arguments[1], arguments + 2) : 2;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
