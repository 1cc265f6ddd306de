// One call of the plugin, as its function sees it.
#pragma once

#include <tenon/plugin.h>

#include <exception>
#include <optional>
#include <string>

#include "sandbox/worker/lane.h"

namespace tenon::sandbox::worker {

extern const tenon_call_ops call_operations;

// For the thread of the lane, until the function returns.
struct Call : tenon_call {
    Call(PluginSide& plugin, Lane& on, const Types& crossing, std::uint64_t deadline) noexcept
        : tenon_call{&call_operations}, side(plugin), lane(on), types(crossing), deadline_ns(deadline) {}

    PluginSide& side;
    Lane& lane;
    const Types types;
    const std::uint64_t deadline_ns;
    void* reply = nullptr;
    std::optional<tenon_error> nested_error;
};

inline constexpr auto no_parts = [](Composer&) {};
inline std::string_view view(tenon_str text) noexcept {
    return {text.data, text.size};
}

// Memory for values that come in with a call or an answer.
Allocator allocator(base::Arena& arena) noexcept;

// Runs a handler or a method that the host has called, and ends the call.
void invoke(PluginSide& side, void* instance, Lane& lane, const Letter& letter) noexcept;
// Runs the body of tenon_plugin_ops.run.
struct Body {
    std::int32_t (*function)(void* data, tenon_call* call) = nullptr;
    void* data = nullptr;
};
void run_body(PluginSide& side, Lane& lane, const Letter& letter) noexcept;

// How the code of a call ended: what it returned, or that it threw, with the words of a std::exception.
struct Ended {
    std::int32_t status = 0;
    bool threw = false;
    std::optional<std::string> words{};
};
// Runs code of the plugin. Nothing that it throws comes further.
template <class Function>
Ended run_foreign(Function&& function) noexcept {
    try {
        return {function()};
    } catch (const std::exception& e) {
        return {TENON_E_EXCEPTION, true, e.what()};
    } catch (...) {
        return {TENON_E_EXCEPTION, true};
    }
}
// Ends the call, with the parts that `compose` writes if it returned.
template <class Compose>
void end_call(Lane& lane, std::uint64_t call, const Ended& ended, Compose&& compose) noexcept {
    Head head;
    head.kind = ended.threw ? Kind::threw : Kind::returned;
    head.status = ended.status;
    head.call = call;
    const std::int32_t status = lane.post(head, [&](Composer& out) {
        if (!ended.threw)
            compose(out);
        else if (ended.words)
            out.text(*ended.words);
    });
    if (status == TENON_OK) return;
    head.kind = Kind::returned;
    head.status = status;
    lane.Line::post(head);
}

}  // namespace tenon::sandbox::worker
