// The road down: application or handler -> dispatch -> the plugin's function. No lookup, allocation, lock or system
// call on success.
#pragma once

#include <tenon/host.h>

#include "host/point.h"
#include "host/scope.h"
#include "host/slots.h"

namespace tenon::host {

// One dispatch on its way, on the dispatching thread's stack; what a handler sees as its tenon_call.
struct Call : tenon_call {
    tenon_scope* scope;
    Level* level;  // null: no handler runs, a plugin's own thread does (tenon_plugin_ops.run)
    // Who has called tenon_call_fail; the dispatcher then needs no words of its own.
    const tenon_registration* failed_by = nullptr;

    const tenon_registration& handler() const noexcept { return *level->running.load(std::memory_order_relaxed); }
};

// Runs the handlers of a point that were current when it began. The result is as tenon_hook_call and tenon_service_call
// say.
std::int32_t dispatch(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept;

// The functions behind every tenon_call (call.cc).
extern const tenon_call_ops call_operations;

// Records in the scope what the handler's status means, unless the handler did so itself, and tells the log at the 1st,
// 2nd, 4th, 8th ... error of the handler. Never on the way of a success.
void note_failure(Call& call, Point& point, std::int32_t status) noexcept;

// Copies as much as to.struct_size covers.
void copy_error(const tenon_error& from, tenon_error& to) noexcept;

// Inside a catch block: records the exception that a handler let out, and gives TENON_E_EXCEPTION.
std::int32_t note_exception(Call& call) noexcept;

}  // namespace tenon::host
