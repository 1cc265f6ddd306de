#include "host/attach.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "host/host.h"
#include "host/replay.h"
#include "host/text.h"

namespace tenon::host {

base::Result<tenon_registration*> add_handler(Point& point, NewHandler handler) {
    Table& table = point.host->table();
    if (!point.replay) return table.add(point, std::move(handler));
    std::optional<base::Result<tenon_registration*>> added;
    const Replay::Value missed = point.replay->added([&] { added.emplace(table.add(point, std::move(handler))); });
    if (*added && added->value() != nullptr) replay_to(point, *added->value(), missed);
    return std::move(*added);
}

namespace {

base::Problem bad(std::string text) {
    return {"hook.bad-options", "tenon_handler_options." + std::move(text), "See tenon_handler_options in hook.h."};
}

std::vector<std::string> names_in(const tenon_span& span) {
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < span.count; ++i) {
        tenon_str name{};
        tenon_span_get(&span, i, &name, sizeof name);
        names.emplace_back(view_of(name));
    }
    return names;
}

manifest::Phase phase_of(std::uint32_t phase) {
    switch (phase) {
        case TENON_PHASE_EARLY:
            return manifest::Phase::early;
        case TENON_PHASE_LATE:
            return manifest::Phase::late;
        case TENON_PHASE_OBSERVE:
            return manifest::Phase::observe;
        default:
            return manifest::Phase::normal;
    }
}

}  // namespace

base::Result<tenon_handler_options> read_options(const tenon_handler_options* options) {
    tenon_handler_options known = TENON_HANDLER_OPTIONS_INIT;
    if (options == nullptr) return known;
    if (options->struct_size < sizeof(std::uint32_t)) return bad("struct_size is not set");
    std::memcpy(&known, options, std::min<std::size_t>(options->struct_size / 8 * 8, sizeof known));
    if (known.phase > TENON_PHASE_OBSERVE) return bad(fmt::format("phase: there is no phase {}", known.phase));
    if (known.share > 100) return bad(fmt::format("share: {} % is more than all", known.share));
    if (known.soft_ns != 0 && known.hard_ns != 0 && known.hard_ns < known.soft_ns)
        return bad(fmt::format("hard_ns: {} ns is less than the soft budget of {} ns", known.hard_ns, known.soft_ns));
    return known;
}

manifest::HookUse use_of(const tenon_handler_options& options) {
    manifest::HookUse use;
    use.priority = options.priority;
    use.phase = phase_of(options.phase);
    use.before = names_in(options.before);
    use.after = names_in(options.after);
    if (options.soft_ns != 0) use.soft = options.soft_ns;
    if (options.hard_ns != 0) use.hard = options.hard_ns;
    if (options.share != 0) use.share = options.share;
    return use;
}

}  // namespace tenon::host
