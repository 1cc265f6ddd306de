#include "tests/conformance/refused.h"

namespace tenon::conformance {

const std::vector<Refused>& refused() {
    static const std::vector<Refused> all = {
        {"canary/aborts_in_a_constructor", "worker.ended"},
        {"canary/breaks_in_start", "plugin.start-failed"},
        {"canary/exits_in_a_constructor", "worker.ended"},
        {"canary/says_no_in_start", "plugin.start-failed"},
        {"canary/scribbles_in_a_constructor", "worker.too-slow"},
        {"canary/spins_in_a_constructor", "worker.too-slow"},
        {"canary/spins_in_create", "plugin.create-failed"},
        {"canary/talks_and_dies_in_a_constructor", "worker.ended"},
        {"examples/c-host/plugins/from-the-future", "plan.contract-version"},
        {"reload/tells_its_build/aborts_in_a_constructor", "worker.ended"},
        {"reload/tells_its_build/exits_in_a_constructor", "worker.ended"},
        {"reload/tells_its_build/fails_to_start", "plugin.start-failed"},
        {"reload/tells_its_build/lacks_a_handler", "plugin.handler-missing"},
        {"reload/tells_its_build/means_another_abi", "abi.manifest"},
        {"reload/tells_its_build/spins_in_a_constructor", "worker.too-slow"},
        {"shop/fails_to_create/fails_to_create", "plugin.create-failed"},
        {"shop/fails_while_called/fails_while_called", "plugin.start-failed"},
        {"shop/handles_undeclared/handles_undeclared", "plugin.handler-undeclared"},
        {"shop/lacks_a_handler/lacks_a_handler", "plugin.handler-missing"},
        {"shop/means_another_abi/means_another_abi", "abi.manifest"},
        {"shop/needs_a_failure/needs_a_failure", "plugin.dependency-failed"},
        {"shop/needs_another_abi/needs_another_abi", "plan.dependency-refused"},
        {"shop/needs_the_absent/needs_the_absent", "plan.dependency-missing"},
        {"shop/offers_a_shelf_and_fails/offers_a_shelf_and_fails", "plugin.create-failed"},
        {"shop/serves_the_undescribed/serves_the_undescribed", "plugin.service-undescribed"},
        {"shop/throws_in_start/throws_in_start", "plugin.start-failed"},
        {"shop/throws_through_c/throws_through_c", "plugin.create-failed"},
        {"shop/wants_an_executable_stack/wants_an_executable_stack", "lint.executable-stack"},
        {"shop/watches_the_shelf/watches_the_shelf", "contract.unknown"},
        {"tests/e2e/asks_for_much/asks_for_much", "plan.host"},
        {"tests/e2e/for_the_editor/for_the_editor", "plan.host"},
        {"tests/e2e/needs_much/needs_much", "plan.host"},
        {"tests/e2e/refuses-to-start/refuses-to-start", "plugin.start-failed"},
        {"tests/e2e/wants-executable-stack/wants-executable-stack", "lint.executable-stack"},
    };
    return all;
}

}  // namespace tenon::conformance
