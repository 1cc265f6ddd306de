// A record for programs: every key is always there; share/reload.schema.json describes it.
#include "host/json.h"
#include "host/reload_record.h"
#include "host/text.h"
#include "host/time_text.h"

namespace tenon::host {

namespace {

void write_build(Json& json, std::string_view name, std::uint32_t generation, tenon_str version, tenon_str build) {
    json.name(name);
    if (generation == 0) {
        json.null();
        return;
    }
    json.object().member("generation", generation).member("version", view_of(version));
    json.member("build", view_of(build)).end_object();
}

void write_reason(Json& json, std::string_view name, tenon_str id, tenon_str text, const tenon_str* fix) {
    json.name(name);
    if (id.size == 0) {
        json.null();
        return;
    }
    json.object().member("reason", view_of(id)).member("text", view_of(text));
    if (fix != nullptr) json.member("fix", view_of(*fix));
    json.end_object();
}

}  // namespace

std::string to_json(const tenon_reload_record& record) {
    std::string text;
    Json json(text);
    json.object().member("number", record.number).member("began", time_of_day(record.began_unix));
    json.member("plugin", view_of(record.plugin)).member("trigger", view_of(record.trigger));
    json.member("verdict", tenon_reload_verdict_name(record.verdict));
    write_build(json, "from", record.from_generation, record.from_version, record.from_build);
    write_build(json, "to", record.to_generation, record.to_version, record.to_build);
    write_reason(json, "problem", record.reason, record.text, &record.fix);
    json.name("phases_us").object();
    for (std::uint32_t i = 0; i < TENON_RELOAD_PHASES; ++i)
        json.member(tenon_reload_phase_name(i), record.phase_ns[i] / 1000);
    json.end_object();
    json.member("pause_us", record.pause_ns / 1000).member("calls_waited", record.calls_waited);
    json.member("state_bytes", record.state_bytes);
    json.name("unmapped").raw(record.unmapped != 0 ? "true" : "false");
    write_reason(json, "mapped_because", record.unmapped_reason, record.unmapped_text, nullptr);
    json.end_object();
    return text;
}

}  // namespace tenon::host
