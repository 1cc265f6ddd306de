// Hot reload in C++, over reload.h; takes a host's raw handle.
//
//     tenon::Reloaded what = tenon::reload(host.raw(), "org.acme.tax");
#ifndef TENON_RELOAD_HPP
#define TENON_RELOAD_HPP

#include <tenon/reload.h>
#include <string>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <vector>

namespace tenon {

// tenon_reload_record with strings of its own, as much of it as programs mostly ask for; the JSON has everything.
struct Reloaded {
    std::uint32_t verdict = 0;
    std::uint64_t number = 0;
    std::string plugin, trigger;
    std::string from_version, to_version;
    std::uint32_t from_generation = 0, to_generation = 0;
    std::string reason, text, fix;
    std::uint64_t phase_ns[TENON_RELOAD_PHASES] = {};
    std::uint64_t pause_ns = 0, calls_waited = 0, state_bytes = 0;
    bool unmapped = false;
    std::string unmapped_reason, unmapped_text;
    std::string json;

    static Reloaded of(const tenon_reload_record& record) {
        const auto text = [](tenon_str from) { return std::string(view(from)); };
        Reloaded out;
        out.verdict = record.verdict;
        out.number = record.number;
        out.plugin = text(record.plugin);
        out.trigger = text(record.trigger);
        out.from_version = text(record.from_version);
        out.to_version = text(record.to_version);
        out.from_generation = record.from_generation;
        out.to_generation = record.to_generation;
        out.reason = text(record.reason);
        out.text = text(record.text);
        out.fix = text(record.fix);
        for (std::uint32_t i = 0; i < TENON_RELOAD_PHASES; ++i) out.phase_ns[i] = record.phase_ns[i];
        out.pause_ns = record.pause_ns;
        out.calls_waited = record.calls_waited;
        out.state_bytes = record.state_bytes;
        out.unmapped = record.unmapped != 0;
        out.unmapped_reason = text(record.unmapped_reason);
        out.unmapped_text = text(record.unmapped_text);
        tenon_reload_write(
            &record,
            [](void* self, tenon_str line) -> std::uint32_t {
                static_cast<std::string*>(self)->append(view(line));
                return 1;
            },
            &out.json);
        return out;
    }
};

namespace detail {
inline void take_record(void* data, const tenon_reload_record* record) {
    *static_cast<Reloaded*>(data) = Reloaded::of(*record);
}
inline Reloaded reloaded(std::int32_t status, Reloaded&& record, const tenon_error& error) {
    if (status < 0 && record.verdict == 0) throw Error(error);
    return std::move(record);
}
}  // namespace detail

// What became of it; throws Error only where no reload was tried (no such plugin, bad options, not the caller's turn).
inline Reloaded reload(tenon_host* host, std::string_view plugin, const tenon_reload_options* options = nullptr) {
    Reloaded record;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_reload(host, str(plugin), options, detail::take_record, &record, &error);
    return detail::reloaded(status, std::move(record), error);
}
inline Reloaded rollback(tenon_host* host, std::string_view plugin) {
    Reloaded record;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_rollback(host, str(plugin), detail::take_record, &record, &error);
    return detail::reloaded(status, std::move(record), error);
}

// The last records, oldest first; of all plugins when `plugin` is empty.
inline std::vector<Reloaded> reloads(tenon_host* host, std::string_view plugin = "") {
    std::vector<Reloaded> all;
    const auto add = [](void* data, const tenon_reload_record* record) {
        static_cast<std::vector<Reloaded>*>(data)->push_back(Reloaded::of(*record));
    };
    tenon_host_reloads(host, str(plugin), add, &all);
    return all;
}

}  // namespace tenon

#endif
