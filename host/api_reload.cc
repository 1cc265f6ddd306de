// The C functions of reload.h.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "host/api_call.h"
#include "host/barrier.h"
#include "host/reload.h"
#include "host/text.h"

using namespace tenon;
using namespace tenon::host;

namespace {

std::int32_t status_of(const ReloadRecord& record) {
    if (record.verdict != TENON_REFUSED) return TENON_OK;
    if (record.problem.id == "reload.from-inside") return TENON_E_STATE;
    return record.problem.id == "reload.busy" ? std::int32_t{TENON_E_BUSY} : std::int32_t{TENON_E_FAILED};
}

std::int32_t hand_out(const base::Result<ReloadRecord>& made, tenon_reload_fn visit, void* data, tenon_error* error) {
    if (!made)
        return say(
            error,
            made.problem().id == "reload.unknown" ? std::int32_t{TENON_E_NOT_FOUND} : std::int32_t{TENON_E_STATE},
            made.problem());
    const tenon_reload_record view = made.value().view();
    if (visit != nullptr) visit(data, &view);
    const std::int32_t status = status_of(made.value());
    if (status < 0) say(error, status, made.value().problem);
    return status;
}

constexpr const char* verdicts[] = {"unknown", "reloaded", "unchanged", "refused", "on probation", "rolled back"};
constexpr const char* phases[] = {"wait",  "stage",   "check",     "canary", "load", "start",
                                  "state", "publish", "probation", "retire", "grace"};
static_assert(std::size(phases) == TENON_RELOAD_PHASES);

}  // namespace

const char* tenon_reload_verdict_name(std::uint32_t verdict) {
    return verdicts[verdict < std::size(verdicts) ? verdict : 0];
}

const char* tenon_reload_phase_name(std::uint32_t phase) {
    return phase < std::size(phases) ? phases[phase] : "unknown";
}

std::int32_t tenon_host_reload(tenon_host* host, tenon_str plugin, const tenon_reload_options* options,
                               tenon_reload_fn visit, void* data, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        const base::Result<ReloadWishes> wishes = read_wishes(*host, options, "by hand");
        if (!wishes) return say(error, TENON_E_INVALID, wishes.problem());
        const base::Result<ReloadRecord> record = reload(*host, view_of(plugin), wishes.value());
        host->reloads().watch_active();
        return hand_out(record, visit, data, error);
    });
}

std::int32_t tenon_host_rollback(tenon_host* host, tenon_str plugin, tenon_reload_fn visit, void* data,
                                 tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        return hand_out(rollback(*host, view_of(plugin), "rollback by hand"), visit, data, error);
    });
}

std::int32_t tenon_host_watch(tenon_host* host, const tenon_watch_options* options, tenon_error* error) {
    return on_turn(host, error, [&]() -> std::int32_t {
        tenon_watch_options known = TENON_WATCH_OPTIONS_INIT;
        if (options != nullptr) {
            if (options->struct_size < sizeof(std::uint32_t))
                return say(error, TENON_E_INVALID,
                           {"reload.bad-options", "tenon_watch_options.struct_size is not set",
                            "See tenon_watch_options in reload.h."});
            std::memcpy(&known, options, std::min<std::size_t>(options->struct_size / 8 * 8, sizeof known));
        }
        if (base::Check problem = host->reloads().watch(known))
            return say(error,
                       problem->id == "reload.watching" ? std::int32_t{TENON_E_STATE} : std::int32_t{TENON_E_FAILED},
                       *problem);
        host->reloads().watch_active();
        return TENON_OK;
    });
}

void tenon_host_unwatch(tenon_host* host) {
    if (host != nullptr) host->reloads().unwatch();
}

std::int32_t tenon_host_on_reload(tenon_host* host, tenon_reload_fn fn, void* data) {
    if (host == nullptr) return TENON_E_INVALID;
    host->reloads().listen(fn, data);
    return TENON_OK;
}

std::int32_t tenon_host_reloads(tenon_host* host, tenon_str plugin, tenon_reload_fn visit, void* data) {
    if (host == nullptr || visit == nullptr) return TENON_E_INVALID;
    return barrier([&] {
        host->reloads().visit(view_of(plugin), [&](const ReloadRecord& record) {
            const tenon_reload_record view = record.view();
            visit(data, &view);
        });
        return TENON_OK;
    });
}

std::int32_t tenon_reload_write(const tenon_reload_record* record, std::uint32_t (*write)(void*, tenon_str),
                                void* data) {
    if (record == nullptr || write == nullptr || record->struct_size < sizeof *record) return TENON_E_INVALID;
    return barrier([&] {
        const std::string line = to_json(*record) + "\n";
        return write(data, borrow(line)) != 0 ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_IO};
    });
}
