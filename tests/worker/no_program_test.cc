// An application that has the host linked in, and nowhere a program for workers.
#include "tests/worker/yard_host.h"

using namespace tenon::test;

TEST_CASE("where there is no program for workers, a plugin that is to run in one is not loaded") {
    YardHost yard;
    CHECK(yard.row().state == TENON_STATE_FAILED);
    CHECK(yard.reason() == "worker.no-helper");
    CHECK(yard.text() == "org.tenon.test.misbehaves 1.0.0 is to run in a worker, but there is no program tenon-worker");
    CHECK(yard.run<yard_ask_hook>().verdict == TENON_DECLINED);
}
