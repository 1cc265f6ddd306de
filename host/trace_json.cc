// A recording as https://ui.perfetto.dev and chrome://tracing open it. The events stand in the order of their begin, a
// caller before what it called: viewers nest those of one thread that begin at the same time in the order of the file.
#include <errno.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "host/json.h"
#include "host/trace.h"

namespace tenon::host {

namespace {

// What the events of one handler have in common: members of the event, and of its args.
struct Common {
    std::string members;
    std::string args;
};

Common common_of(const TraceName& name, int process) {
    Common out;
    Json(out.members)
        .member("name", name.handler.empty() ? name.plugin : name.plugin + "#" + name.handler)
        .member("cat", name.hook)
        .member("ph", "X")
        .member("pid", process);
    Json(out.args).member("plugin", name.plugin).member("hook", name.hook).member("handler", name.handler);
    return out;
}

std::vector<const TracedCall*> sorted(const Recording& recording) {
    std::vector<const TracedCall*> calls;
    for (const std::vector<TracedCall>& chunk : recording.calls)
        for (const TracedCall& call : chunk) calls.push_back(&call);
    std::sort(calls.begin(), calls.end(), [](const TracedCall* a, const TracedCall* b) {
        return std::tie(a->begin_ns, b->end_ns, a->depth) < std::tie(b->begin_ns, a->end_ns, b->depth);
    });
    return calls;
}

std::string microseconds(std::uint64_t ns) {
    return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
}

void write_name(Json& json, const char* what, int process, std::int32_t thread, std::string_view name) {
    json.new_line().object().member("name", what).member("ph", "M").member("pid", process).member("tid", thread);
    json.name("args").object().member("name", name).end_object().end_object();
}

void write_call(Json& json, const TracedCall& call, const Common& common, std::uint64_t origin) {
    const std::uint64_t taken = call.end_ns > call.begin_ns ? call.end_ns - call.begin_ns : 0;
    json.new_line().object().raw(common.members).member("tid", call.thread);
    json.name("ts").raw(microseconds(call.begin_ns - origin));
    json.name("dur").raw(microseconds(taken));
    json.name("args").object().raw(common.args).member("status", call.status).member("depth", call.depth);
    json.end_object().end_object();
}

}  // namespace

void write_trace(const Recording& recording, Outlet& outlet) {
    const int process = ::getpid();
    const std::vector<const TracedCall*> calls = sorted(recording);
    const std::uint64_t origin = calls.empty() ? 0 : calls.front()->begin_ns;
    std::unordered_map<const TraceName*, Common> commons;
    for (const TraceName& name : recording.names) commons.emplace(&name, common_of(name, process));

    Json json(outlet.text());
    json.object().member("displayTimeUnit", "ns").name("otherData").object();
    json.member("begin_ns", origin).member("calls", calls.size()).member("dropped", recording.dropped).end_object();
    json.name("traceEvents").array();
    write_name(json, "process_name", process, process, program_invocation_short_name);
    for (const auto& [thread, name] : recording.threads) write_name(json, "thread_name", process, thread, name);
    for (const TracedCall* const call : calls) {
        write_call(json, *call, commons.at(call->name), origin);
        if (!outlet.flow()) return;
    }
    json.new_line().end_array().end_object();
    outlet.text() += '\n';
}

}  // namespace tenon::host
