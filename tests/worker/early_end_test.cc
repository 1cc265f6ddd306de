// Workers that end while their plugin is about to serve.
#include "tests/worker/yard_host.h"

using namespace tenon;
using namespace tenon::test;

TEST_CASE(
    "a plugin that breaks down as soon as it has started is not loaded, or started again until it is quarantined") {
    const Setting setting("TENON_TEST_IN_START", "die in a thread");
    for (int i = 0; i < 5; ++i)
        leaving_nothing([] {
            YardHost yard;
            if (yard.row().state == TENON_STATE_FAILED) {  // it ended before it could say that it has started
                CHECK(yard.text().find("its worker was ended by signal 9 (Killed)") != std::string::npos);
                return;
            }
            CHECK(sandbox_test::eventually([&] { return yard.host.plugins()[0].state == TENON_STATE_QUARANTINED; }));
        });
}
