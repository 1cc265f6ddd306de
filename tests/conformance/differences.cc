#include "tests/conformance/differences.h"

namespace tenon::conformance {

namespace {

constexpr char ends_the_host[] = "what it does ends its process, which is the application's when it is in it";
constexpr char never_returns[] = "it never returns; a worker can be ended, a thread of the application's cannot";

constexpr char ends_with_its_process[] =
    "what its library has in it keeps it in the application's memory; a worker's memory goes with the worker";
constexpr char is_killed[] =
    "it outlasts the wait for it; a worker is killed then, a thread of the application's stays";
const std::vector<std::string> unloading = {"unloading"};
constexpr char writes[] =
    "what it writes to standard error is the application's, which a worker's is not: it is logged";
constexpr char is_escaped[] =
    "control characters in what a worker says are escaped, docs/workers.md; nobody does that in the same process";
const std::vector<std::string> aside = {"aside"};
const std::vector<std::string> page_done = {"org.tenon.pressroom/page_done"};

}  // namespace

const std::vector<Difference>& differences() {
    static const std::vector<Difference> all = {
        {"canary/aborts_in_a_constructor", "killed by signal 6", {}, ends_the_host},
        {"canary/breaks_in_a_destructor", "killed by signal 11", {}, ends_the_host},
        {"canary/breaks_in_destroy", "killed by signal 11", {}, ends_the_host},
        {"canary/breaks_in_start", "killed by signal 11", {}, ends_the_host},
        {"canary/exits_in_a_constructor", "exited with 3", {}, ends_the_host},
        {"canary/scribbles_in_a_constructor", "did not end", {}, never_returns},
        {"canary/spins_in_a_constructor", "did not end", {}, never_returns},
        {"canary/spins_in_create", "did not end", {}, never_returns},
        {"canary/spins_in_stop", "did not end", {}, never_returns},
        {"canary/talks_and_dies_in_a_constructor", "killed by signal 6", {}, ends_the_host},
        {"examples/pressroom/faults/crashes-on-a-page", "killed by signal 11", page_done, ends_the_host},
        {"examples/pressroom/faults/hangs-on-a-page", "did not end", page_done, never_returns},
        {"reload/leaves_a_thread_running/a", "ended", {}, is_killed},
        {"reload/never_deleted/a", "ended", unloading, ends_with_its_process},
        {"reload/pinned_by_thread_local/a", "ended", unloading, ends_with_its_process},
        {"reload/pinned_by_unique/a", "ended", unloading, ends_with_its_process},
        {"reload/tells_its_build/aborts_in_a_constructor", "killed by signal 6", {}, ends_the_host},
        {"reload/tells_its_build/exits_in_a_constructor", "exited with 3", {}, ends_the_host},
        {"reload/tells_its_build/spins_in_a_constructor", "did not end", {}, never_returns},
        {"shop/fails_while_called/fails_while_called", "ended", {}, is_killed},
        {"shop/leaves_a_thread/leaves_a_thread", "ended", {}, is_killed},
        {"shop/stays_by_wish/stays_by_wish", "ended", unloading, ends_with_its_process},
        {"tests/e2e/kept_by_wish/kept_by_wish", "ended", unloading, ends_with_its_process},
        {"tests/e2e/refuses-to-start/refuses-to-start", "ended", {}, is_escaped},
        {"tests/e2e/says-that-it-runs/says-that-it-runs", "ended", aside, writes},
        {"tests/e2e/stays-mapped/stays-mapped", "ended", unloading, ends_with_its_process},
    };
    return all;
}

const std::vector<Varying>& varying() {
    static const std::vector<Varying> all = {
        {"shop/works_on_threads/works_on_threads", "its thread adds a handler and takes it away"},
        {"shop/toggles_handlers/toggles_handlers", "its thread adds handlers and takes them away"},
        {"shop/fails_each_time/fails_each_time", "it is taken out of service after three errors, a moment later"},
        {"reload/toggles/a", "its thread adds handlers and takes them away"},
    };
    return all;
}

const std::vector<Hurried>& hurried() {
    static const std::vector<Hurried> all = {{"shop/stays_inside/stays_inside", 5}};
    return all;
}

const std::vector<Meanwhile>& meanwhile() {
    static const std::vector<Meanwhile> all = {
        {"shop/fails_while_called/fails_while_called", "org.tenon.test.shop/sold"},
    };
    return all;
}

}  // namespace tenon::conformance
