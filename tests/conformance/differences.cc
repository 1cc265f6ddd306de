#include "tests/conformance/differences.h"

namespace tenon::conformance {

namespace {

constexpr char ends_the_host[] = "what it does ends its process, which is the application's when it is in it";
constexpr char never_returns[] = "it never returns; a worker can be ended, a thread of the application's cannot";

constexpr char ends_with_its_process[] =
    "what its library has in it keeps it in the application's memory; a worker's memory goes with the worker";
const std::vector<std::string> unloading = {"unloading"};

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
        {"reload/never_deleted/a", "ended", unloading, ends_with_its_process},
        {"reload/pinned_by_thread_local/a", "ended", unloading, ends_with_its_process},
        {"reload/pinned_by_unique/a", "ended", unloading, ends_with_its_process},
        {"reload/tells_its_build/aborts_in_a_constructor", "killed by signal 6", {}, ends_the_host},
        {"reload/tells_its_build/exits_in_a_constructor", "exited with 3", {}, ends_the_host},
        {"reload/tells_its_build/spins_in_a_constructor", "did not end", {}, never_returns},
        {"shop/stays_by_wish/stays_by_wish", "ended", unloading, ends_with_its_process},
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
