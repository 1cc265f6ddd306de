#include "host/reload_record.h"

#include <fmt/format.h>

#include "host/json.h"
#include "host/scope.h"
#include "host/text.h"

namespace tenon::host {

tenon_reload_record ReloadRecord::view() const {
    tenon_reload_record out{};
    out.struct_size = sizeof out;
    out.verdict = verdict;
    out.number = number;
    out.began_unix = began_unix;
    out.plugin = borrow(plugin);
    out.trigger = borrow(trigger);
    out.from_generation = from_generation;
    out.to_generation = to_generation;
    out.from_version = borrow(from_version);
    out.to_version = borrow(to_version);
    out.from_build = borrow(from_build);
    out.to_build = borrow(to_build);
    out.reason = borrow(problem.id);
    out.text = borrow(problem.text);
    out.fix = borrow(problem.fix);
    for (std::size_t i = 0; i < phase_ns.size(); ++i) out.phase_ns[i] = phase_ns[i];
    out.pause_ns = pause_ns;
    out.calls_waited = calls_waited;
    out.state_bytes = state_bytes;
    out.unmapped = unmapped ? 1 : 0;
    out.unmapped_reason = borrow(unmapped_reason);
    out.unmapped_text = borrow(unmapped_text);
    return out;
}

Phase::Phase(ReloadRecord& record, std::uint32_t phase) noexcept : sum_(record.phase_ns[phase]), begun_(now_ns()) {}

Phase::~Phase() {
    sum_ += now_ns() - begun_;
}

std::string build_name(std::uint64_t hash) {
    return fmt::format("{:016x}", hash);
}

}  // namespace tenon::host
