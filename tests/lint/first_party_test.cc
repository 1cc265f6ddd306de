// The plugins of this repository are clean.
#include "tests/lint/fixtures.h"

#if defined(FIRST_PARTY_PLUGINS)

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

TEST_CASE("no first-party plugin has a finding that matters") {
    const System system;
    int plugins = 0;
    for (const std::string& name : tenon::base::list_folder(FIRST_PARTY_PLUGINS).take()) {
        if (!name.ends_with(".so") || name.ends_with(".contract.so")) continue;
        INFO(name);
        CHECK(severe(findings_of_file(FIRST_PARTY_PLUGINS "/" + name, system)) == std::vector<std::string>());
        ++plugins;
    }
    CHECK(plugins >= 5);
}

#endif
