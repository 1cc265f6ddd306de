// The order in which a worker is confined. What needs a privilege comes before it is dropped, what changes the user
// before Landlock, and the filter last, so that it does not answer in the place of the layers before it when they are
// tried out. All of it is done by the first thread while it is the only one: those that begin later inherit it.
#include <fmt/format.h>

#include <cstring>
#include <span>

#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

constexpr auto always = static_cast<Layer>(0);

struct Line {
    Layer layer;
    Step step;
};

constexpr Line before[] = {
    {layer_limits, join_groups},
    {always, close_the_rest},
    {always, open_private_copy},
    {layer_limits, limit_resources},
    {layer_namespaces, leave_namespaces_as_root},
    {layer_privileges, drop_root},
    {layer_namespaces, leave_namespaces},
    {layer_limits, limit_tasks},
    {layer_privileges, drop_capabilities},
    {always, die_with_the_host},
    {layer_privileges, hide_memory},
    {always, forbid_new_privileges},  // Landlock and filters ask for it
    {always, find_libraries},
    {layer_landlock, confine_files},
    {layer_limits, see_limits_hold},
    {layer_privileges, see_privileges_gone},
    {layer_namespaces, see_network_gone},
    {layer_landlock, see_files_refused},
    {layer_seccomp, answer_metadata},
    {layer_seccomp, filter_calls},
    {layer_seccomp, see_calls_refused},
    {layer_seccomp, see_metadata_refused},
    {layer_seccomp, begin_clerk},
};

constexpr Line after[] = {
    {layer_seccomp, wait_for_clerk},       {layer_seccomp, forbid_new_code},
    {layer_seccomp, see_second_filter},  // before it is trusted with the rest
    {layer_seccomp, see_new_code_refused}, {layer_seccomp, see_calls_refused},
    {layer_landlock, see_files_refused},
};

base::Check run(std::span<const Line> lines, Start& start) {
    for (const Line& line : lines) {
        if (line.layer != always && !start.has(line.layer)) continue;
        if (base::Check problem = line.step(start)) return problem;
    }
    return {};
}

}  // namespace

base::Check before_the_plugin(Start& start) {
    if (base::Check problem = can_enforce(start.policy, start.machine)) return problem;
    // Whether there are namespaces shows when they are asked for.
    const std::uint32_t missing = missing_layers(start.machine) & ~std::uint32_t{layer_namespaces};
    start.applied = all_layers & ~start.policy.without & ~missing;
    return run(before, start);
}

base::Check after_the_plugin(Start& start) {
    return run(after, start);
}

base::Problem layer_failed(const Start& start, Layer layer, const char* what, int error, const char* fix) {
    return {"sandbox.layer-failed",
            fmt::format("{}: its worker cannot be confined: {}: {}: {}", start.origin, to_string(layer), what,
                        std::strerror(error)),
            fix};
}

base::Problem canary_lives(const Start& start, Layer layer, const std::string& what) {
    return {"sandbox.canary",
            fmt::format("{}: its worker is not confined: with the layer {} in place it could still {}", start.origin,
                        to_string(layer), what),
            "The kernel does not do what it says; tenon doctor --system shows what it is. Use another one."};
}

}  // namespace tenon::sandbox
