// Where exceptions end: no C function lets one out.
#pragma once

#include <tenon/status.h>

#include <cstdint>
#include <new>

namespace tenon::host {

// What `function` returns; TENON_E_NO_MEMORY or TENON_E_EXCEPTION for what it, or foreign code that it calls, throws.
template <class Function>
std::int32_t barrier(Function&& function) noexcept {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    } catch (...) {
        return TENON_E_EXCEPTION;
    }
}

}  // namespace tenon::host
