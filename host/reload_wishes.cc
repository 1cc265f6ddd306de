// What a reload is asked to do: the caller's options over the host's mode.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "host/host.h"
#include "host/reload.h"
#include "host/text.h"

namespace tenon::host {

namespace {

constexpr std::uint32_t all_flags = TENON_RELOAD_CANARY_FIRST | TENON_RELOAD_WITHOUT_CANARY |
                                    TENON_RELOAD_ALLOW_PERMISSIONS | TENON_RELOAD_ALLOW_DEPENDENCIES |
                                    TENON_RELOAD_DROP_STATE;

base::Problem bad(std::string text) {
    return {"reload.bad-options", "tenon_reload_options." + std::move(text), "See tenon_reload_options in reload.h."};
}

}  // namespace

base::Result<ReloadWishes> read_wishes(const Host& host, const tenon_reload_options* options, std::string trigger) {
    tenon_reload_options known = TENON_RELOAD_OPTIONS_INIT;
    if (options != nullptr) {
        if (options->struct_size < sizeof(std::uint32_t)) return bad("struct_size is not set");
        std::memcpy(&known, options, std::min<std::size_t>(options->struct_size / 8 * 8, sizeof known));
    }
    if ((known.flags & ~all_flags) != 0) return bad(fmt::format("flags: {:#x} is no flag", known.flags & ~all_flags));
    if ((known.flags & TENON_RELOAD_CANARY_FIRST) != 0 && (known.flags & TENON_RELOAD_WITHOUT_CANARY) != 0)
        return bad("flags: with a canary and without");
    const ReloadSettings& mode = host.settings().reload;
    ReloadWishes wishes;
    wishes.path = std::string(view_of(known.path));
    wishes.trigger = std::move(trigger);
    wishes.grants = {(known.flags & TENON_RELOAD_ALLOW_PERMISSIONS) != 0,
                     (known.flags & TENON_RELOAD_ALLOW_DEPENDENCIES) != 0};
    wishes.canary = (known.flags & TENON_RELOAD_CANARY_FIRST) != 0 ||
                    (mode.canary_first && (known.flags & TENON_RELOAD_WITHOUT_CANARY) == 0);
    wishes.without_state = (known.flags & TENON_RELOAD_DROP_STATE) != 0;
    wishes.probation_ns = known.probation_ns == 0 ? mode.probation_ns : known.probation_ns;
    if (known.probation_ns == UINT64_MAX) wishes.probation_ns = 0;
    wishes.probation_calls = known.probation_calls;
    if (known.wait_timeout_ns != 0) wishes.wait_timeout_ns = known.wait_timeout_ns;
    if (known.freeze_timeout_ns != 0) wishes.freeze_timeout_ns = known.freeze_timeout_ns;
    if (known.canary_timeout_ns != 0) wishes.canary_timeout_ns = known.canary_timeout_ns;
    return wishes;
}

}  // namespace tenon::host
