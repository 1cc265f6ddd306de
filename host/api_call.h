// How the C functions end: errors filled in, exceptions stopped.
#pragma once

#include "host/dispatch.h"
#include "host/host.h"

namespace tenon::host {

inline std::int32_t say(tenon_error* error, std::int32_t status, const base::Problem& problem) noexcept {
    base::to_error(problem, status, error);
    return status;
}

inline std::int32_t invalid(tenon_error* error, const char* what) {
    return say(error, TENON_E_INVALID, {"api.invalid-argument", what, ""});
}

// No exception leaves the library.
template <class Function>
std::int32_t guarded_call(tenon_error* error, Function&& function) noexcept {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        tenon_error plain = TENON_ERROR_INIT;
        plain.code = TENON_E_NO_MEMORY;
        if (error != nullptr) copy_error(plain, *error);
        return TENON_E_NO_MEMORY;
    } catch (const std::exception& e) {
        return say(error, TENON_E_EXCEPTION, {"api.exception", e.what(), ""});
    } catch (...) {
        return TENON_E_EXCEPTION;
    }
}

// What only one thread may do at a time.
template <class Function>
std::int32_t on_turn(tenon_host* host, tenon_error* error, Function&& function) noexcept {
    return guarded_call(error, [&]() -> std::int32_t {
        if (host == nullptr) return invalid(error, "the host is NULL");
        const Host::Turn turn(*host);
        if (!turn.taken())
            return say(error, TENON_E_BUSY,
                       {"host.busy", "the host is loading or unloading at this moment",
                        "Load and unload on one thread, and not from inside a plugin's start."});
        return function();
    });
}

}  // namespace tenon::host
